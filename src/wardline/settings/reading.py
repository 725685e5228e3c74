"""From the text of wardline.toml to one frozen value."""

from __future__ import annotations

import re
import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from wardline.errors import ConfigurationError, NotInitialisedError
from wardline.records import GENERAL_QUEUE, CategoryProfile
from wardline.review import QueueRule
from wardline.settings import filing
from wardline.settings.ranges import RANGES
from wardline.settings.whole import Settings

FILE_NAME = "wardline.toml"

_CATEGORY = re.compile(r"0|[1-9][0-9]{0,8}|none")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")


def load(folder: Path) -> Settings:
    """Read ``wardline.toml`` in a folder.

    Raises:
        NotInitialisedError: There is none.
        ConfigurationError: Not TOML, an unknown key, or a value of the wrong kind; the message names the key.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NotInitialisedError(f"installation {folder}: no {FILE_NAME}, expected one") from None
    return parse(folder, text)


def parse(folder: Path, text: str) -> Settings:
    """Read the text of a settings file that shall lie in a folder. Raises ``ConfigurationError``; see ``load``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{FILE_NAME}: not TOML ({error}), expected TOML 1.0") from None
    if "folder" in table:
        raise ConfigurationError(
            f"{FILE_NAME}: unknown key folder, expected none: paths start where the file lies"
        )
    settings: Settings = _build(Settings, {**filing.with_hours(table), "folder": str(folder.resolve())}, "")
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Refuse values that nothing could work with; what an adapter needs to hear it checks itself."""
    for path, (low, high) in RANGES.items():
        if not all(low <= value <= high for value in values_of(settings, path)):
            raise ConfigurationError(f"{FILE_NAME}: {path} is outside its range, expected {low} to {high}")
    if not _NAME.fullmatch(settings.installation.name):
        raise ConfigurationError(
            f"{FILE_NAME}: installation.name has other characters, expected letters, digits, dots and dashes"
        )
    for section, named in _named(settings):
        names = [each.name for each in named]
        if len(set(names)) < len(names):
            raise ConfigurationError(f"{FILE_NAME}: {section} has one name twice, expected each once")
    for rule in settings.review.queues:
        _check_queue(rule)
    for problem in filing.problems(settings.referral.region_clocks, settings.referral.emergency):
        raise ConfigurationError(f"{FILE_NAME}: {problem}")
    sent = settings.referral
    for problem in filing.duty_problems(sent.authority, sent.packs, sent.duties):
        raise ConfigurationError(f"{FILE_NAME}: {problem}")
    for problem in filing.batch_problems(sent.authority, sent.viral_batches, sent.duties):
        raise ConfigurationError(f"{FILE_NAME}: {problem}")
    for name, profile in settings.matching.category_profiles.items():
        _check_profile(f"{FILE_NAME}: matching.category_profiles.{name}", profile)


def values_of(settings: Settings, path: str) -> list[float]:
    """Give every value of a setting: one, or one for each table of its section."""
    found: list[Any] = [settings]
    for name in path.split("."):
        inner = [getattr(each, name) for each in found]
        found = [each for value in inner for each in (value if isinstance(value, tuple) else (value,))]
    return found


def _named(settings: Settings) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return (
        ("platforms", settings.platforms),
        ("notifiers", settings.notifiers),
        ("audit.witnesses", settings.audit.witnesses),
        ("matching.exchanges", settings.matching.exchanges),
        ("accounts.oidc", settings.accounts.oidc),
        ("review.queues", settings.review.queues),
        ("detectors", settings.detectors),
        ("automation.scopes", settings.automation.scopes),
    )


def _check_queue(rule: QueueRule) -> None:
    if not _NAME.fullmatch(rule.name) or rule.name == GENERAL_QUEUE:
        raise ConfigurationError(
            f"{FILE_NAME}: review.queues has a name that none may have, expected letters, digits, dots and dashes, and not {GENERAL_QUEUE}"
        )
    if not all(_NAME.fullmatch(skill) for skill in rule.skills):
        raise ConfigurationError(
            f"{FILE_NAME}: a skill of review.queues {rule.name} has other characters, expected letters, digits, dots and dashes"
        )


def _check_profile(where: str, profile: CategoryProfile) -> None:
    if not profile.document.strip() or not profile.categories:
        raise ConfigurationError(f"{where} is empty, expected a document and categories")
    # A number with a zero before it would never be found, and so mean nothing without anybody noticing.
    if not all(_CATEGORY.fullmatch(number) for number in profile.categories):
        raise ConfigurationError(
            f"{where}.categories has a key that is no category, expected whole numbers or none"
        )


def _build(kind: type[Any], table: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    known = [each.name for each in fields(kind)]
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ConfigurationError(
                f"{FILE_NAME}: unknown key {where}{key}, expected {near[0] if near else ' or '.join(known)}"
            )
    values = {key: _value(hints[key], value, where + key) for key, value in table.items()}
    missing = [
        e.name
        for e in fields(kind)
        if e.name not in values and e.default is MISSING and e.default_factory is MISSING
    ]
    if missing:
        raise ConfigurationError(f"{FILE_NAME}: {where}{missing[0]} is missing, expected a value")
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(choice for choice in get_args(hint) if choice is not type(None))
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return _build(hint, value, where + ".")
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], each, f"{where}[{place}]") for place, each in enumerate(value))
    if get_origin(hint) is dict and isinstance(value, dict):
        return {key: _value(get_args(hint)[1], each, f"{where}.{key}") for key, each in value.items()}
    if isinstance(hint, type) and issubclass(hint, StrEnum) and isinstance(value, str) and value in set(hint):
        return hint(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not is_dataclass(hint) and type(value) is hint:
        return value
    raise ConfigurationError(
        f"{FILE_NAME}: {where} has the wrong kind of value, expected {_kind_words(hint)}"
    )


def _kind_words(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " or ".join(f'"{choice}"' for choice in hint)
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}
    return words.get(hint, "a table")
