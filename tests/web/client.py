"""How the web tests call the API."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from wardline.testing.harness import START

PROBLEM = "application/problem+json"
PREFIX = "https://wardline.invalid/problems/"


def context(**fields: Any) -> dict[str, Any]:
    """Make the context of an upload; a field of None is left out."""
    given = {
        "account_reference": "account-1", "content_reference": "post-1", "surface": "post", "visibility": "public",
        "uploaded_at": START.isoformat(),
    } | fields  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def multipart(content: bytes, about: dict[str, Any]) -> dict[str, tuple[str | None, bytes, str]]:
    """Make the parts of an upload."""
    return {
        "context": (None, json.dumps(about).encode(), "application/json"),
        "file": ("picture.jpg", content, "image/jpeg"),
    }


@dataclass
class Api:
    """The application, called as the outside calls it: through ASGI, without a socket. Safe to call from many threads."""

    app: FastAPI

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request as it is."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://wardline.test") as client:
                return await client.request(method, path, **request)

        return asyncio.run(sent())

    def call(self, method: str, path: str, secret: str | None = None, **request: Any) -> httpx.Response:
        """Call a route with a key."""
        headers = dict(request.pop("headers", {}))
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        return self.send(method, path, headers=headers, **request)

    def get(self, path: str, secret: str | None = None, **request: Any) -> httpx.Response:
        return self.call("GET", path, secret, **request)

    def post(self, path: str, secret: str | None = None, **request: Any) -> httpx.Response:
        return self.call("POST", path, secret, **request)

    def upload(
        self, secret: str, content: bytes, *, key: str | None = None, raw: bool = False, **fields: Any
    ) -> httpx.Response:
        """Submit an upload, as multipart or as a raw body."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        about = context(**fields)
        if not raw:
            return self.post("/v1/items", secret, files=multipart(content, about), headers=headers)
        headers |= {"Content-Type": "application/octet-stream", "Wardline-Context": json.dumps(about)}
        return self.post("/v1/items", secret, content=content, headers=headers)


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    """Require an RFC 9457 problem with this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["type"] == PREFIX + code
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
