"""A small mail server on loopback: STARTTLS, TLS, sign-in, and failures on demand."""

from __future__ import annotations

import base64
import ipaddress
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class MailServer:
    """What the server does and what it got."""

    server_tls: ssl.SSLContext
    offers_starttls: bool = True
    tls_from_the_start: bool = False
    port: int = 0
    messages: list[str] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)
    signed_in: list[tuple[str, str, bool]] = field(default_factory=list)
    """User, password, and whether the connection was encrypted then."""
    refuse_next: bool = False
    refused_recipients: frozenset[str] = frozenset()


@cache
def certificate() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1. Gives the server's context and one for clients that trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=30))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    pem = (
        builder.add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.write_bytes(pem + private)
        server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode())


class _Session:
    """One connection."""

    def __init__(self, mail: MailServer, connection: socket.socket) -> None:
        self.mail, self.connection = mail, connection
        if mail.tls_from_the_start:
            self.connection = mail.server_tls.wrap_socket(connection, server_side=True)
        self.recipients: list[str] = []

    def line(self) -> str:
        text = b""
        while not text.endswith(b"\r\n"):
            byte = self.connection.recv(1)
            if not byte:
                raise ConnectionError
            text += byte
        return text.decode().rstrip("\r\n")

    def say(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())

    def run(self) -> None:
        self.say("220 mail server of the tests")
        while True:
            line = self.line()
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            self.answer(verb, line)

    def answer(self, verb: str, line: str) -> None:
        encrypted = isinstance(self.connection, ssl.SSLSocket)
        match verb:
            case "EHLO" if self.mail.offers_starttls and not encrypted:
                self.say("250-hello\r\n250 STARTTLS")
            case "EHLO":
                self.say("250-hello\r\n250 AUTH PLAIN")
            case "STARTTLS" if self.mail.offers_starttls:
                self.say("220 go on")
                self.connection = self.mail.server_tls.wrap_socket(self.connection, server_side=True)
            case "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                self.mail.signed_in.append((user, password, encrypted))
                self.say("235 welcome" if password == "right" else "535 no")
            case "MAIL" if self.mail.refuse_next:
                self.mail.refuse_next = False
                self.say("451 later, somebody@example.org is busy")
            case "RCPT":
                self.recipient(line[line.index("<") + 1 : line.index(">")])
            case "DATA":
                self.data()
            case "MAIL" | "RSET" | "NOOP":
                self.say("250 fine")
            case _:
                self.say("502 unknown")

    def recipient(self, address: str) -> None:
        refused = address in self.mail.refused_recipients
        self.say("550 unknown" if refused else "250 fine")
        if not refused:
            self.recipients.append(address)

    def data(self) -> None:
        self.say("354 go on")
        lines: list[str] = []
        while (line := self.line()) != ".":
            lines.append(line)
        self.mail.messages.append("\n".join(lines))
        self.mail.envelopes.append(self.recipients)
        self.say("250 taken")


@contextmanager
def mail_server(*, offers_starttls: bool = True, tls_from_the_start: bool = False) -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    mail = MailServer(certificate()[0], offers_starttls, tls_from_the_start)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            session = None
            with suppress(OSError):
                self.request.settimeout(10)
                session = _Session(mail, self.request)
                session.run()
            if session is not None:
                session.connection.close()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()
