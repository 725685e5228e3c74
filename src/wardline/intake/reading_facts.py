"""Read what a platform sent for a report. What cannot be read is left out, and its place noted: none of it ever refuses an upload."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from wardline import records
from wardline.errors import InputError
from wardline.records.report_people import LONGEST_TEXT, check_ip_event

INCIDENTS: dict[str, type[Any]] = {
    "web_pages": records.WebPage, "emails": records.EmailMessage, "newsgroups": records.Newsgroup, "chats": records.Chat,
    "games": records.Gaming, "telephones": records.Telephone, "offline": records.Offline, "peer_to_peer": records.PeerToPeer,
}  # fmt: skip
"""By the name that a list of them has in what is sent."""
_OTHERS: dict[str, Any] = {
    "law_enforcement": records.LawEnforcement, "devices": tuple[records.Device, ...], "metadata": tuple[records.Metadata, ...],
    "possible_proxy": bool, "supplemental": bool,
}  # fmt: skip
_NOT_OF = {
    "account": frozenset({"account_reference", "school"}),
    "recipients": frozenset({"vehicle", "third_party", "associated", "school"}),
    "victims": frozenset({"vehicle", "third_party", "group"}),
}
"""What no authority has a place for, by the role."""
_MOST_PLACES = 50
"""Noted of one upload; the rest are counted."""
_KEY = re.compile("[A-Za-z_]{1,40}")
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::([0-9]{1,5}))?")
_MILLISECONDS_FROM = 2e10
"""Numbers from here on are milliseconds since 1970, smaller ones seconds: as the framework reads them elsewhere."""
_LARGEST_ID = 10**30
"""Numbers are read as texts up to here: some platforms send their ids so."""
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class _UnreadableError(Exception):
    """A value cannot be read; its place is noted by whoever asked for it."""


def read(said: object) -> records.ReportFacts:
    """Read the field ``report`` of a context.

    Args:
        said: As JSON has it.
    """
    reading = _Reading()
    if not isinstance(said, Mapping):
        return records.ReportFacts(left_out=("report",))
    return reading.facts(said)


class _Reading:
    def __init__(self) -> None:
        self._left_out: list[str] = []

    def facts(self, said: Mapping[Any, Any]) -> records.ReportFacts:
        self._unknown(said, "", {*_NOT_OF, *INCIDENTS, *_OTHERS})
        account = self._maybe(records.Party, said.get("account"), "account")
        recipients = self._maybe(tuple[records.Party, ...], said.get("recipients"), "recipients") or ()
        victims = self._maybe(tuple[records.Party, ...], said.get("victims"), "victims") or ()
        victims = tuple(each if each.person else replace(each, person=records.Person()) for each in victims)
        people = (*((account,) if account else ()), *recipients, *victims)
        named = {mail.address for each in people if each.person is not None for mail in each.person.emails}
        incidents: list[records.Incident] = []
        for name, type_ in INCIDENTS.items():
            found = self._maybe(tuple[type_, ...], said.get(name), name) or ()  # type: ignore[valid-type]  # a type at run time
            incidents += (self._of_somebody(each, named, name) for each in found)
        others = {
            name: found
            for name, hint in _OTHERS.items()
            if (found := self._maybe(hint, said.get(name), name)) is not None
        }
        return records.ReportFacts(
            account=account, recipients=recipients, victims=victims, incidents=tuple(incidents), left_out=self._places(), **others
        )  # fmt: skip

    def _places(self) -> tuple[str, ...]:
        noted = list(dict.fromkeys(self._left_out))
        more = len(noted) - _MOST_PLACES
        return (*noted[:_MOST_PLACES], *((f"{more} more",) if more > 0 else ()))

    def _unknown(self, said: Mapping[Any, Any], place: str, known: set[str]) -> None:
        for key in said.keys() - known:
            # A name that nobody knows may be anything, a person's address too.
            self._left_out.append(f"{place}.{key if _KEY.fullmatch(str(key)) else '?'}".lstrip("."))

    def _of_somebody(self, incident: records.Incident, named: set[str], name: str) -> records.Incident:
        """Leave out e-mail addresses of nobody in the report, which an authority refuses."""
        if not isinstance(incident, records.EmailMessage | records.Newsgroup):
            return incident
        kept = tuple(each for each in incident.emails if each.address in named)
        if len(kept) < len(incident.emails):
            self._left_out.append(f"{name}: e-mail addresses of nobody in the report")
        return replace(incident, emails=kept)

    def _maybe(self, hint: Any, value: Any, place: str) -> Any:
        """Give a value, or None where there is none or it cannot be read."""
        if value is None:
            return None
        try:
            return self._value(hint, value, place)
        except _UnreadableError:
            self._left_out.append(place)
            return None

    def _value(self, hint: Any, value: Any, place: str) -> Any:
        if typing.get_origin(hint) is tuple:
            return self._list(typing.get_args(hint)[0], value, place)
        if is_dataclass(hint):
            return self._record(hint, value, place)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return _member(hint, value)
        return _PLAIN[hint](value)

    def _list(self, hint: Any, value: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise _UnreadableError
        read = (self._maybe(hint, each, f"{place}.{number}") for number, each in enumerate(value))
        found = [each for each in read if each is not None]
        kept = records.newest(found)
        if len(kept) < len(found):
            self._left_out.append(f"{place}: {len(found) - len(kept)} of {len(found)}, the newest are kept")
        return kept

    def _record(self, type_: Any, value: Any, place: str) -> Any:
        if not isinstance(value, Mapping) or not (value or type_ is records.Person):
            raise _UnreadableError
        hints = _hints(type_)
        self._unknown(value, place, set(hints))
        kept: dict[str, Any] = {}
        for name, hint in hints.items():
            if value.get(name) is None or value[name] == [] or _is_blank(value[name]):
                continue  # nothing is said, and nothing lost
            if name in _NOT_OF.get(place.partition(".")[0], ()) and place.count(".") == (place != "account"):
                self._left_out.append(f"{place}.{name}")
                continue
            found = self._maybe(hint, value[name], f"{place}.{name}")
            if name == "content" and found is not None and len(found) > LONGEST_TEXT:
                found = found[-LONGEST_TEXT:]  # of a conversation the end is the newest
                self._left_out.append(f"{place}.content: its beginning")
            if found is not None and found != ():
                kept[name] = found
        if not kept and type_ is not records.Person:
            return None  # whatever stood in it is noted
        if type_ is records.IpEvent:
            kept = _port_apart(kept)
        return self._made(type_, kept, place)

    def _made(self, type_: Any, kept: dict[str, Any], place: str) -> Any:
        """Make a record; where it may not be made as it is, with whatever may stand in it, one field after another."""
        try:
            return _make(type_, kept)
        except (InputError, TypeError):
            needed = {each.name for each in fields(type_) if each.default is MISSING}
        made = {name: kept[name] for name in kept if name in needed}
        if not _may_stand(type_, made):
            made = {name: self._some(type_, made, name, value, place) for name, value in made.items()}
        if not _may_stand(type_, made):
            raise _UnreadableError
        for name in [each for each in kept if each not in needed]:
            value = self._some(type_, made, name, kept[name], place)
            if _may_stand(type_, {**made, name: value}):
                made[name] = value
            else:
                self._left_out.append(f"{place}.{name}")
        return _make(type_, made)

    def _some(self, type_: Any, made: dict[str, Any], name: str, value: Any, place: str) -> Any:
        """Give of a list the values that may stand in a record, where not all may; everything else as it is."""
        if not isinstance(value, tuple) or _may_stand(type_, {**made, name: value}):
            return value
        may = [_may_stand(type_, {**made, name: (each,)}) for each in value]
        self._left_out += [f"{place}.{name}.{number}" for number, one in enumerate(may) if not one]
        return tuple(each for each, one in zip(value, may, strict=True) if one)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


@cache
def _hints(type_: Any) -> dict[str, Any]:
    """Give the fields of a record with their types, less what says that they may be absent."""
    return {name: _present(hint) for name, hint in typing.get_type_hints(type_).items()}


def _present(hint: Any) -> Any:
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint
    (present,) = (each for each in typing.get_args(hint) if each is not types.NoneType)
    return present


def _make(type_: Any, values: dict[str, Any]) -> Any:
    made = type_(**values)
    if isinstance(made, records.IpEvent):  # which is not checked on being made
        check_ip_event(made)
    return made


def _may_stand(type_: Any, values: dict[str, Any]) -> bool:
    try:
        _make(type_, values)
    except (InputError, TypeError):
        return False
    return True


def _port_apart(kept: dict[str, Any]) -> dict[str, Any]:
    """Read an address that stands together with its port, as logs have it."""
    found = _WITH_PORT.fullmatch(kept.get("ip_address", ""))
    if found is None:
        return kept
    port = {"port": int(found[3])} if found[3] else {}
    return {**port, **kept, "ip_address": found[1] or found[2]}


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_ID:
        return str(value)
    if not isinstance(value, str):
        raise _UnreadableError
    return _UNPRINTED.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        found = _BOOLEANS.get(value.strip().lower())
    else:
        found = bool(value) if value in (0, 1) else None
    if found is None:
        raise _UnreadableError
    return found


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise _UnreadableError
    return int(number)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _UnreadableError
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise _UnreadableError from None
    if not math.isfinite(number):
        raise _UnreadableError
    return number


def _moment(value: Any) -> datetime:
    """Read a time with a zone, in whole seconds: an authority gets no smaller ones, and two of them must be in order there too."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
        else:
            seconds = _number(value)
            moment = datetime.fromtimestamp(
                seconds / 1000 if abs(seconds) >= _MILLISECONDS_FROM else seconds, UTC
            )
        if moment.tzinfo is None:
            raise _UnreadableError
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        raise _UnreadableError from None


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise _UnreadableError
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise _UnreadableError from None


def _member(hint: type[StrEnum], value: Any) -> StrEnum:
    try:
        return hint(value)
    except ValueError:
        raise _UnreadableError from None


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    str: _text, bool: _boolean, int: _whole, float: _number, datetime: _moment, date: _day,
}  # fmt: skip
