"""A provider on loopback that says whatever a test wants: what a real one would never give."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT, SECRET = "wardline", "a secret of the client"


@dataclass
class FalseProvider:
    """What it answers."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    published: list[ECKey] = field(default_factory=list)
    """The keys that it gives out; its own where there are none."""
    about: dict[str, Any] = field(default_factory=dict)
    """Changes to what it says of itself."""
    token: Callable[[], str] = lambda: ""
    """The id token of the next answer."""
    status: int = 200
    location: str = ""
    padding: int = 0
    asked: list[str] = field(default_factory=list)

    def signed(self, key: Any = None, algorithm: str = "ES256", **claims: Any) -> str:
        """Sign a token."""
        used = key or self.key
        header = {"alg": algorithm} | ({"kid": used.kid} if used.kid else {})
        return jwt.encode(header, claims, used, algorithms=[algorithm])

    def answer(self, path: str) -> dict[str, Any]:
        """Give what stands under an address."""
        at = self.issuer
        match path:
            case "/.well-known/openid-configuration":
                plain = {
                    "issuer": at, "authorization_endpoint": f"{at}/auth", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/keys",
                    "end_session_endpoint": f"{at}/end",
                }  # fmt: skip
                return {name: value for name, value in (plain | self.about).items() if value is not None}
            case "/keys":
                return {"keys": [each.as_dict(private=False) for each in self.published or [self.key]]}
            case _:
                return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}


SHARED = OctKey.import_key(SECRET)


@contextmanager
def serving() -> Iterator[FalseProvider]:
    """Serve a provider on a free port."""
    provider = FalseProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            body = json.dumps(provider.answer(self.path)).encode() + b" " * provider.padding
            moved = provider.location and self.path != "/.well-known/openid-configuration"
            self.send_response(302 if moved else provider.status)
            if moved:
                self.send_header("Location", provider.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
