"""docs/how-to/connect-a-platform.md, from its first command to its last."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from wardline.cli.app import app
from wardline.testing import pictures

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
DOCUMENT = HOW_TO / "connect-a-platform.md"
EXAMPLES = ("receiver.py", "client.py")
PATIENCE_SECONDS = 30


def blocks(language: str) -> list[str]:
    """The document's fenced blocks of one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Reader:
    """Somebody who follows the document, in a folder of their own."""

    folder: Path
    patch: pytest.MonkeyPatch
    ports: dict[str, str]
    processes: contextlib.ExitStack
    passwords: dict[str, Path] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    """What each command printed."""

    def follow(self, line: str) -> None:
        """Do what one line of the document says."""
        for there, here in self.ports.items():
            line = line.replace(there, here)
        if line.startswith("export "):
            self._export(line)
        elif line == "wardline serve":
            self._serve()
        elif line.startswith("wardline "):
            self._wardline(line)
        elif line.startswith("python receiver.py"):
            self._receive(line)
        else:
            self._shell(line)

    def _export(self, line: str) -> None:
        name, _, value = line.removeprefix("export ").partition("=")
        if name == "WARDLINE_API_KEY":
            value = re.search(r"API key of example .* (wl_\S+)", "".join(self.said.values()))[1]  # type: ignore[index]  # a failure is a failure
        self.patch.setenv(name, value.replace("$PWD", str(self.folder)))

    def _wardline(self, line: str) -> None:
        words = shlex.split(line)[1:]
        if "--as" in words:  # instead of the question on the terminal
            words += ["--password-file", str(self.passwords[words[words.index("--as") + 1]])]
        ended = CliRunner().invoke(app, words)
        assert ended.exit_code == 0, f"{line}: {ended.output}"
        self.said[line] = ended.stdout
        if (
            found := re.search(r"(?i)^password\D*?[ :]\s*(\S{20,})$", ended.stdout, re.MULTILINE)
        ) is not None:
            name = "admin" if words[0] == "init" else words[2]
            self.passwords[name] = self.folder / f"{name}.password"
            self.passwords[name].touch(mode=0o600)
            self.passwords[name].write_text(found[1], "utf-8")

    def _serve(self) -> None:
        settings = self.folder / "my-wardline" / "wardline.toml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace("#port = 8460", f"port = {self.ports['8460']}"), "utf-8")
        self._start([sys.executable, "-m", "wardline", "serve"])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                assert (
                    httpx.get(
                        f"http://127.0.0.1:{self.ports['8460']}/ready", timeout=PATIENCE_SECONDS
                    ).status_code
                    == 200
                )
                return
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _receive(self, line: str) -> None:
        self.receiver = self._start([sys.executable, *shlex.split(line)[1:]])

    def _shell(self, line: str) -> None:
        line = line.replace("python ", f"{shlex.quote(sys.executable)} ")
        ended = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{line}: {ended.stdout}{ended.stderr}"
        self.said[line] = ended.stdout

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
        )
        self.processes.callback(self._end, process)
        return process

    def _end(self, process: subprocess.Popen[str]) -> None:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        if process.stdout is not None:
            process.stdout.close()

    def heard(self) -> str:
        """Wait for the next line that the receiver prints."""
        assert self.receiver.stdout is not None
        return self.receiver.stdout.readline().strip()


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    for name in ("WARDLINE_FOLDER", "WARDLINE_URL", "WARDLINE_API_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)  # the document exports them; afterwards they are gone again
    for seed, name in enumerate(("holiday.jpg", "another.jpg")):
        (tmp_path / name).write_bytes(pictures.encode(pictures.scene(seed, (320, 240))))
    for name in EXAMPLES:
        (tmp_path / name).write_bytes((HOW_TO / "examples" / name).read_bytes())
    with contextlib.ExitStack() as processes:
        ports = {"8460": str(free_port()), "8461": str(free_port())}
        yield Reader(folder=tmp_path, patch=monkeypatch, ports=ports, processes=processes)


def answer_to(reader: Reader, command: str) -> str:
    return next(said for line, said in reader.said.items() if command in line)


def test_the_document_shows_the_examples_as_they_are() -> None:
    assert blocks("python") == [(HOW_TO / "examples" / name).read_text("utf-8") for name in EXAMPLES]


@pytest.mark.long
def test_whoever_follows_the_document_connects_a_platform(reader: Reader) -> None:
    for line in "".join(blocks("sh")).splitlines():
        reader.follow(line)
        if "another.jpg" in line:
            assert reader.heard() == "restrict-content media-holiday.jpg"

    # What a low-trust key sees is the same for both pictures.
    assert answer_to(reader, "client.py holiday.jpg") == answer_to(reader, "client.py another.jpg")
    assert '202 {"status":"accepted"}' in answer_to(reader, "client.py holiday.jpg")
    assert answer_to(reader, "case list").count("case-") == 1
    assert "No open alarms" in answer_to(reader, "alarm list")
    assert "decode sandbox" in answer_to(reader, "check")
    assert re.search(r"items received +2\n", answer_to(reader, "statistics show"))
    assert "intact" in answer_to(reader, "audit verify")


def test_the_receiver_refuses_what_is_not_signed_or_is_old(reader: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 32, "ascii")
    port = reader.ports["8461"]
    reader._receive(f"python receiver.py {port} {secret}")
    body = json.dumps(
        {"id": "action-1", "reverse": False, "action": "remove-content", "content_reference": "media-1"}
    ).encode()

    def status(timestamp: str, signature: str) -> int:
        headers = {"Wardline-Timestamp": timestamp, "Wardline-Signature": signature}
        for _ in range(200):
            with contextlib.suppress(httpx.ConnectError):
                return httpx.post(f"http://127.0.0.1:{port}/", content=body, headers=headers).status_code
            time.sleep(0.05)
        raise TimeoutError

    from wardline.adapters.platforms.signing import sign

    now, old = str(int(time.time())), str(int(time.time()) - 600)
    assert status(now, "v1=" + "0" * 64) == 403
    assert status(old, sign(b"s" * 32, old, body)) == 403
    assert status(now, sign(b"s" * 32, now, body)) == 204
    assert status(now, sign(b"s" * 32, now, body)) == 204
    assert reader.heard() == "remove-content media-1"
