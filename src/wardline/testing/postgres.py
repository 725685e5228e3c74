"""A throw-away PostgreSQL server for tests: on a free loopback port, with its data in a temporary folder."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from wardline.errors import ConfigurationError, StoreUnavailableError

_PROGRAMS = Path("/usr/lib/postgresql")
_USER = "postgres"
_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - candidates for a folder that the server's user may enter
_START_SECONDS = 30.0
_TRIES = 3
_HASTY = ("fsync=off", "full_page_writes=off")
_DURABLE = ("shared_buffers=1GB", "max_wal_size=4GB", "checkpoint_timeout=5min")
"""What a server of some gigabytes is given; the rest is as it comes."""


def why_no_postgres() -> str | None:
    """Say why no server can be started on this machine; None when one can."""
    if _programs() is None:
        return f"no PostgreSQL server program below {_PROGRAMS} or on the path"
    if _is_root() and _account() is None:
        return f"PostgreSQL does not run as root, and there is no user {_USER}"
    return None


class PostgresServer:
    """One server with any number of databases. A context manager; ``stop`` removes everything."""

    def __init__(self, *, durable: bool = False) -> None:
        """Set up a new server and start it.

        Args:
            durable: Whether what is committed is flushed to the disk, as it is in earnest. Tests need none of it; figures do.

        Raises:
            ConfigurationError: ``why_no_postgres`` has a reason.
        """
        programs, reason = _programs(), why_no_postgres()
        if programs is None or reason is not None:
            raise ConfigurationError(f"PostgreSQL: {reason}, expected a server program")
        self._programs = programs
        self._password = secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="wardline-pg-", dir=_enterable_folder()))
        self._made = 0
        self._settings = _DURABLE if durable else _HASTY
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._create()
            self._start_on_a_free_port()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        """Give the address of a database."""
        return f"postgresql://{_USER}:{self._password}@127.0.0.1:{self._port}/{database}"

    def new_database(self, *, like: str | None = None) -> str:
        """Create a database, empty or as a copy of another that nobody is connected to, and give its address."""
        self._made += 1
        name = f"wardline_{self._made}"
        template = f' TEMPLATE "{like}"' if like else ""
        self._administer(f'CREATE DATABASE "{name}"{template}')
        return self.url(name)

    def settle(self, url: str) -> None:
        """Tidy and count the tables of a database, as the server does by itself some time after much was written."""
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            # Else what was filled in goes to the disk for minutes, beside whatever is measured.
            connection.exec_driver_sql("CHECKPOINT")

    def restart(self) -> None:
        """Stop at once, as a crash would, and start again on the same port with the same data."""
        self._end("-m", "immediate")
        self._start()

    def stop(self) -> None:
        """Stop the server and remove its data. Repeating is no error."""
        self._end("-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self) -> None:
        secret = self._folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        account = _account() if _is_root() else None
        if account is not None:
            for path in (self._folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        self._run(
            "initdb", "--pgdata", str(self._data), "--username", _USER, "--pwfile", str(secret), "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        secret.unlink()

    def _start_on_a_free_port(self) -> None:
        """Start; another program may take the free port first, hence more than one try."""
        for remaining in reversed(range(_TRIES)):
            self._port = _free_port()
            try:
                self._start()
            except StoreUnavailableError:
                if not remaining:
                    raise
            else:
                return

    def _start(self) -> None:
        command = [
            str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self._port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={self._folder}", "-c", "max_connections=200", "-c", "log_min_messages=fatal",
            *(part for each in self._settings for part in ("-c", each)),
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program of this machine, our own arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=_USER if _is_root() else None,
                group=_USER if _is_root() else None,
                extra_groups=() if _is_root() else None,
            )
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(sa.exc.OperationalError):
                self._administer("SELECT 1")
                return
            time.sleep(0.05)
        self._end("-m", "immediate")
        raise StoreUnavailableError("PostgreSQL: the test server did not start, expected it to answer")

    def _end(self, *how: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            with contextlib.suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "stop", "--pgdata", str(self._data), *how)
        process.wait(timeout=_START_SECONDS)

    def _administer(self, statement: str) -> None:
        address = sa.make_url(self.url()).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - a program of this machine, our own arguments
            [str(self._programs / program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            user=_USER if _is_root() else None,
            group=_USER if _is_root() else None,
            extra_groups=() if _is_root() else None,
        )

    @property
    def _data(self) -> Path:
        return self._folder / "data"


@cache
def shared_server() -> PostgresServer:
    """Start the server that all tests of this process share; it stops with the process."""
    server = PostgresServer()
    atexit.register(server.stop)
    return server


def _programs() -> Path | None:
    """Find the folder of the newest server's programs."""
    versions = sorted(_PROGRAMS.glob("*/bin/initdb"), key=lambda path: _number(path.parents[1].name))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 0.0


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_USER)
    except KeyError:
        return None


def _is_root() -> bool:
    """Say whether children must drop root: the server refuses to be root."""
    return os.geteuid() == 0


def _enterable_folder() -> str:
    """Find a folder for temporary files that every user may enter; those that tests are given often are not."""
    candidates = [folder for folder in (tempfile.gettempdir(), *_FOLDERS) if Path(folder).is_dir()]
    for folder in candidates:
        path = Path(folder).resolve()
        if all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents)):
            return str(path)
    return tempfile.gettempdir()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
