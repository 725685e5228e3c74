"""``/health``, ``/ready`` and ``/metrics``."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wardline.pipeline import Wardline
from wardline.web import access

router = APIRouter(tags=["service"])

_Wardline = Annotated[Wardline, Depends(access.wardline)]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Any other word that a caller makes up counts as one, so that nobody fills the memory with labels."""


class Metrics:
    """Numbers about the service itself: routes and times, never content, names or hashes."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "wardline_requests", "Requests", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "wardline_request_seconds", "Time to answer", ("method", "route"), registry=self.registry
        )
        self.alarms = Gauge("wardline_open_alarms", "Open alarms", registry=self.registry)


class Measured:
    """Counts and times each request under its route, so that no id becomes a label."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            metrics: Metrics = scope["app"].state.metrics
            method = scope["method"] if scope["method"] in _METHODS else "other"
            metrics.requests.labels(method, route, status).inc()
            metrics.seconds.labels(method, route).observe(time.perf_counter() - started)


class Health(BaseModel):
    status: str


@router.get("/health")
async def health() -> Health:
    """Say that the process answers."""
    return Health(status="ok")


@router.get("/ready")
def ready(wardline: _Wardline) -> Health:
    """Say that the store answers, so that uploads can be taken."""
    wardline.parts.store.last_checkpoint()
    return Health(status="ready")


@router.get("/metrics", response_class=Response)
def metrics(request: Request, wardline: _Wardline) -> Response:
    """Give the numbers in Prometheus' text format."""
    kept: Metrics = request.app.state.metrics
    kept.alarms.set(len(wardline.parts.store.open_alarms()))
    return Response(generate_latest(kept.registry), media_type="text/plain; version=0.0.4")
