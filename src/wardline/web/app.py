"""The application: routes, their rules, the edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from wardline.errors import WardlineError
from wardline.pipeline import Wardline
from wardline.web import access, console, description, problems
from wardline.web.api import (
    alarms,
    appeals,
    approvals,
    audit,
    case_passing,
    cases,
    certificates,
    clusters,
    exports,
    filing,
    flags,
    hash_lists,
    health,
    hold_exports,
    incidents,
    items,
    preservations,
    records_kept,
    report_ways,
    statistics,
    taking,
    wellbeing,
)
from wardline.web.edge import Edge, Room
from wardline.web.hands import Hands

UPLOAD_PATHS = frozenset({"/v1/items", "/v1/flags", "/v1/incidents"})
_UPLOAD_THREADS = 40


def create_app(wardline: Wardline, *, low_trust_answer_seconds: float = 0.1) -> FastAPI:
    """Make the ASGI application of one installation.

    Args:
        wardline: The installation; the caller closes it.
        low_trust_answer_seconds: Grid on which low-trust keys get their answers.
    """
    app = _Application(
        title="Wardline", version="1", docs_url=None, redoc_url=None, redirect_slashes=False, dependencies=[Depends(access.authorise)],
        description="Child-safety operations: uploads in, decisions by people, reports to the authorities.", lifespan=_until_all_is_done,
    )  # fmt: skip
    app.state.wardline = wardline
    app.state.limiter = access.Limiter()
    app.state.low_trust_answer_seconds = low_trust_answer_seconds
    app.state.hands = Hands(_UPLOAD_THREADS)
    app.state.metrics = health.Metrics()
    # The rule that the application itself has is for a route that somebody adds to it.
    app.router.routes.extend(_machine_face().routes)
    # The console has rules of its own, one on each page: people come in with a session, programs with a key.
    app.router.routes.extend(console.routes(wardline))
    app.add_exception_handler(WardlineError, problems.of_error)
    app.add_exception_handler(RequestValidationError, problems.of_validation)
    app.add_exception_handler(HTTPException, problems.of_http)
    uploads = taking.Taking(
        wardline=wardline, limiter=app.state.limiter, hands=app.state.hands, low_trust_answer_seconds=low_trust_answer_seconds
    )  # fmt: skip
    edge = partial(
        Edge, upload_paths=UPLOAD_PATHS, max_upload_bytes=wardline.parts.rules.max_bytes, room=Room()
    )
    app.uploads = edge(health.Measured(uploads))
    app.add_middleware(health.Measured)
    app.add_middleware(edge)
    app.openapi = lambda: description.of(app)  # type: ignore[method-assign]  # FastAPI's own way to describe an application otherwise
    return app


class _Application(FastAPI):
    """The framework's, which uploads pass by."""

    uploads: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if taking.is_upload(scope):
            scope["app"] = self
            await self.uploads(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def _until_all_is_done(app: FastAPI) -> AsyncIterator[None]:
    """Wait at the end for uploads that are under way, so that what they rest on is not closed under them."""
    yield
    await asyncio.to_thread(app.state.hands.close)


@cache
def _machine_face() -> APIRouter:
    """Give the routes for programs. They know no installation, so that all applications of this process share them: FastAPI works out
    their forms when the first request comes, which takes longer than everything else about an application."""
    face = APIRouter(dependencies=[Depends(access.authorise)])
    for room in (
        items,
        incidents,
        flags,
        appeals,
        cases,
        case_passing,
        clusters,
        hash_lists,
        approvals,
        certificates,
        preservations,
        records_kept,
        report_ways,
        filing,
        hold_exports,
        exports,
        alarms,
        statistics,
        audit,
        wellbeing,
        health,
    ):
        face.include_router(room.router)
    return face
