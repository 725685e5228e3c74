"""The description of the interface: FastAPI's, with what it cannot know."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from wardline.web import access
from wardline.web.api.flags import FlagBody
from wardline.web.api.incidents import IncidentBody
from wardline.web.api.items import Context

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `type` ends in the stable code of docs/reference/errors.md",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_REFUSED: dict[str, Any] = {
    "description": "A problem; docs/reference/http.md says which",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_METHODS = ("get", "post", "put")


def of(app: FastAPI) -> dict[str, Any]:
    """Describe an application in OpenAPI 3.1. Made once, at the first call."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def _made(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    # What is not of the expected form is answered as a problem, not in FastAPI's own form.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    # Bodies that are read by hand, so that FastAPI does not know of them.
    for body in (Context, FlagBody, IncidentBody):
        form = body.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(form.pop("$defs", {}))
        schemas[body.__name__] = form
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, methods in made["paths"].items():
        for method in _METHODS:
            if method in methods:
                _complete(methods[method], access.RULES.get((method.upper(), path), access.PUBLIC))
    return made


def _complete(operation: dict[str, Any], scopes: frozenset[Any]) -> None:
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = _REFUSED
    if scopes:
        operation["security"] = [{"key": []}]
        operation["x-wardline-scopes"] = sorted(scopes)
