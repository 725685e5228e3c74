"""The schema that an authority serves: looked at when a process starts and once a day, kept, and used from the next report on.

A change is an alarm, whatever it is: a person looks at what Wardline now leaves out, and at what the authority newly wants to know.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog

from wardline import ports, records
from wardline.errors import AuthorityError, InputError
from wardline.pipeline import alarms, fencing, reading
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, AuthoritySchema, Insert, Task, Verb

EVERY = timedelta(hours=24)
_UNSEEN_AFTER = timedelta(hours=48)
_log = structlog.get_logger("wardline.schemas")
_SHOWN = 6
"""Places named in an alarm; the rest are counted."""


class SchemaWatch:
    """Asks for the schema in this process's first minute, and whenever the last look is a day old."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._begun_at: datetime | None = None

    def ask_due(self) -> None:
        """Have the schema looked at if it is time. Called each minute; one that cannot be had is asked for again each minute."""
        parts = self._parts
        source = parts.authority
        if source is None or not isinstance(source, ports.SchemaSource) or fencing.stands(parts):
            return
        now, about = parts.now(), subject(source)
        seen, begun = last_seen(parts, about), self._begun_at
        if begun is not None and seen is not None and timedelta(0) <= now - seen < EVERY:
            return
        self._begun_at = begun or now
        if now - (seen or self._begun_at) > _UNSEEN_AFTER:
            message = f"The schema of {source.name} in {source.environment} cannot be had. It is asked for each minute."
            alarms.raise_alarm(parts, AlarmKind.SCHEMA_UNSEEN, about, message)
        parts.store.commit(
            entries=(), work=[Task(name="watch-schema", record_id=f"{about}@{int(now.timestamp()) // 60}")]
        )


def subject(authority: ports.Authority) -> str:
    """Say what the entries and the alarms about an authority's schema are about."""
    return f"schema-{authority.name}-{authority.environment}"


def last_seen(parts: Parts, about: str) -> datetime | None:
    """Say when the authority last gave its schema."""
    return next((entry.at for _, entry in reading.about(parts, about, 1)), None)


def look(parts: Parts, due: str, attempt: int) -> None:  # noqa: ARG001 - the signature of every task
    """Fetch the schema, keep it if it is new, and use it from here on.

    Args:
        parts: The installation's.
        due: What ``subject`` says, an at sign, and the minute that it was due in.
        attempt: Of no importance: the next minute asks again.
    """
    authority = parts.authority
    about = due.rpartition("@")[0]
    if authority is None or not isinstance(authority, ports.SchemaSource) or subject(authority) != about:
        return  # another one in the settings meanwhile
    _fetch(parts, authority, authority, about)


def is_another_since(parts: Parts, authority: ports.Authority, written_by: str | None) -> bool:
    """Fetch the schema of an authority that refused a report, and use it; say whether it is another one than the report was written by.

    Args:
        parts: The installation's.
        authority: Whoever refused.
        written_by: What ``adopt`` gave before the report was written.
    """
    if authority is not parts.authority or not isinstance(authority, ports.SchemaSource):
        return False
    found = _fetch(parts, authority, authority, subject(authority))
    if found is None:
        return False
    digest, read = found
    if isinstance(read, InputError):
        return False
    return digest != written_by if written_by else bool(read.gone or read.new or read.changed)


def _fetch(
    parts: Parts, authority: ports.Authority, source: ports.SchemaSource, about: str
) -> tuple[str, records.SchemaReading | InputError] | None:
    """Give the digest of what is served now, and what was read in it; None when it cannot be had."""
    try:
        content = source.fetch_schema()
    except AuthorityError as error:
        _log.warning("schema cannot be had", authority=authority.name, error=error.code)
        return None  # when that goes on for long, the watch tells of it
    digest = hashlib.sha256(content).hexdigest()
    return digest, _take(parts, authority, source, about, content, digest)


def _take(
    parts: Parts, authority: ports.Authority, source: ports.SchemaSource, about: str, content: bytes, digest: str
) -> records.SchemaReading | InputError:  # fmt: skip
    known = parts.store.newest_authority_schema(authority.name, authority.environment)
    entry = parts.entry(Verb.SCHEMA_SEEN, about, detail=digest)
    read = _read(source, content)
    if known is not None and known.digest == digest and (known.understood or isinstance(read, InputError)):
        parts.store.commit(entries=[entry])
        alarms.resolve_about(parts, AlarmKind.SCHEMA_UNSEEN, about)
        return (
            read  # of one that an older version could not read there is another record, once a newer one can
        )
    new = AuthoritySchema(
        id=parts.new_id("authority-schema"), authority=authority.name, environment=authority.environment, digest=digest,
        first_seen_at=parts.now(), body=content, understood=isinstance(read, records.SchemaReading),
    )  # fmt: skip
    parts.store.commit(Insert(new), entries=[entry])
    alarms.resolve_about(parts, AlarmKind.SCHEMA_UNSEEN, about)
    message = _message(authority, known, read)
    if message is not None:
        # What changed before is said in it too; an alarm that is open already would hide this change.
        alarms.resolve_about(parts, AlarmKind.SCHEMA_CHANGED, about)
        alarms.raise_alarm(parts, AlarmKind.SCHEMA_CHANGED, about, message)
    return read


def _read(source: ports.SchemaSource, content: bytes) -> records.SchemaReading | InputError:
    try:
        return source.use_schema(content)
    except InputError as error:
        return error


def _message(
    authority: ports.Authority, known: AuthoritySchema | None, read: records.SchemaReading | InputError
) -> str | None:
    """Say what is to be looked at; nothing at the first look, if the schema is the one that this version was made for."""
    of = f"The schema of {authority.name} in {authority.environment}"
    if isinstance(read, InputError):
        return f"{of} cannot be understood ({read.message}). Reports are written by the last one that could; look at it before the next."
    if known is None and not (read.gone or read.new or read.changed):
        return None
    told = f"{of} {'is not the one that this version was made for' if known is None else 'changed'}."
    lists = f"Without a place now, and left out of reports: {_named(read.gone)}. Not known to this version: {_named(read.new)}."
    return f"{told} {lists} In another form: {_named(read.changed)}."


def _named(places: tuple[str, ...]) -> str:
    if not places:
        return "nothing"
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more


def adopt(parts: Parts) -> str | None:
    """Let this process use the newest schema that could be read, whichever process fetched it. Called before a report is built.

    Gives its digest; None where none was fetched yet.
    """
    return None if parts.authority is None else adopt_for(parts, parts.authority)


def adopt_for(parts: Parts, authority: ports.Authority) -> str | None:
    """Let an authority, or one that it is rehearsed with, write by the newest schema of the installation's own."""
    if parts.authority is None or not isinstance(authority, ports.SchemaSource):
        return None
    known = parts.store.newest_authority_schema(
        parts.authority.name, parts.authority.environment, understood=True
    )
    # One that another version understood and this one does not is told already.
    if known is None or isinstance(_read(authority, known.body), InputError):
        return None
    return known.digest
