"""A real provider of OpenID Connect, npm's `oidc-provider`, run on loopback."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

HERE = Path(__file__).parent
CLIENT, SECRET = "wardline", "a secret: of + the client/"
_PATIENCE_SECONDS = 60
_MOST_REDIRECTS = 10


@dataclass
class RealProvider:
    """The program, and what it is told."""

    issuer: str

    def tell(self, **wanted: Any) -> None:
        """Change what it says of whom, by ``people``, and who signs in, by ``login``; ``keys`` gives it other keys."""
        httpx.post(f"{self.issuer}/tests", json=wanted, trust_env=False).raise_for_status()

    def visit(self, address: str) -> str:
        """Go where a browser was sent, sign in there, and give where it sends the browser back to."""
        with httpx.Client(trust_env=False) as browser:
            return self.visit_as(browser, address)

    def visit_as(self, browser: httpx.Client, address: str) -> str:
        """Do the same with a browser that stays signed in there."""
        for _ in range(_MOST_REDIRECTS):
            answer = browser.get(address)
            assert answer.is_redirect, f"{answer.status_code}: {answer.text[:300]}"
            address = str(answer.url.join(answer.headers["location"]))
            if urlsplit(address).netloc != urlsplit(self.issuer).netloc:
                return address
        raise AssertionError("the provider goes round in circles")

    def sign_out(self, browser: httpx.Client) -> None:
        """Sign a browser out there; the provider tells its clients before it answers."""
        page = browser.get(f"{self.issuer}/session/end")
        found = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert found, page.text[:300]
        browser.post(f"{self.issuer}/session/end/confirm", data={"xsrf": found.group(1), "logout": "yes"})


@contextmanager
def running(back: str, signed_out: str) -> Iterator[RealProvider]:
    """Run the provider for one client, which is sent back to one address, and told of signing out at another. Skips, and says what to do, when it is not installed: CI installs it, and takes a skip for a failure."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no tests at a real provider: it needs Node.js (on Debian: apt-get install nodejs npm)")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip(
            "no tests at a real provider: it is not installed: (cd tests/oidc && npm install --no-package-lock)"
        )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [node, "--no-warnings", str(HERE / "provider.js"), str(port), CLIENT, SECRET, back, signed_out]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        try:
            issuer = next((line.strip() for line in program.stdout if line.startswith("http")), "")
            assert issuer, f"the provider did not start, and ended with {program.poll()}"
            yield RealProvider(issuer)
        finally:
            program.terminate()
            program.wait(_PATIENCE_SECONDS)
