"""Every setting, every route and every field of the HTTP API is on its reference page, and nothing else is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from tests.house import repository
from tests.house.test_errors import ALL
from wardline import errors, settings
from wardline.records import Scope
from wardline.web import access, problems
from wardline.web.api.cases import DecisionBody
from wardline.web.api.items import Context

REFERENCE = repository.ROOT / "docs" / "reference"


def rows(page: str, section: str) -> list[list[str]]:
    """Give the cells of the table under a heading, without its first two lines."""
    text = (REFERENCE / page).read_text("utf-8")
    part = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code(cell: str) -> list[str]:
    """Give what stands between back-quotes."""
    return re.findall(r"`([^`]+)`", cell)


# --- settings -------------------------------------------------------------------------------------------------------------------------
def leaves(kind: type[Any], where: str) -> Iterator[tuple[str, str]]:
    """Give the path of every setting below a section, with its default as the page writes it."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        hint = hints[each.name]
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if is_dataclass(inner) and isinstance(inner, type):
            yield from leaves(inner, f"{where}{each.name}.")
        elif where:  # the folder itself is not in the file
            yield f"{where}{each.name}", default_of(each)


def default_of(each: Any) -> str:
    value = each.default if each.default_factory is MISSING else each.default_factory()
    if value is MISSING:
        return "required"
    return "none" if value is None else f"`{written(value)}`"


def written(value: Any) -> str:
    match value:
        case Path() | StrEnum():
            return json.dumps(str(value))
        case tuple():
            return json.dumps(list(value))
        case _:
            return json.dumps(value)


def documented_settings() -> dict[str, list[str]]:
    sections = [each.name for each in fields(settings.Settings) if each.name != "folder"]
    return {code(row[0])[0]: row for section in sections for row in rows("settings.md", section)}


def test_every_setting_is_documented_with_its_default() -> None:
    expected = dict(leaves(settings.Settings, ""))
    assert {path: row[1] for path, row in documented_settings().items()} == expected


def test_every_number_is_documented_with_its_range() -> None:
    documented = documented_settings()
    numbers = {path for path, default in leaves(settings.Settings, "") if re.fullmatch(r"`[\d.]+`", default)}
    assert set(settings.RANGES) == numbers
    for path, (low, high) in settings.RANGES.items():
        assert documented[path][2] == f"{low} to {high}", path


def test_every_setting_has_a_meaning() -> None:
    assert [
        path for path, row in documented_settings().items() if len(row) != 4 or not row[3].endswith(".")
    ] == []


# --- the HTTP API ---------------------------------------------------------------------------------------------------------------------
def test_every_route_is_documented_with_its_scopes() -> None:
    documented = {
        (code(method)[0], code(path)[0]): code(scopes)
        for method, path, scopes, _ in rows("http.md", "Routes")
    }
    assert documented == {
        route: sorted(scope.value for scope in rule) for route, rule in access.RULES.items()
    }


def test_every_scope_is_documented() -> None:
    assert [code(row[0])[0] for row in rows("http.md", "Keys")] == [scope.value for scope in Scope]


def test_the_fields_of_an_upload_and_of_a_decision_are_documented() -> None:
    for section, form in (("An upload", Context), ("A decision", DecisionBody)):
        documented = {code(row[0])[0]: row[1] == "yes" for row in rows("http.md", section)}
        assert documented == {name: field.is_required() for name, field in form.model_fields.items()}


def test_every_error_has_the_status_that_the_page_gives_it() -> None:
    named = {each: int(status) for status, codes in rows("http.md", "Problems") for each in code(codes)}
    of_kind = {
        kind: int(status)
        for status, codes in rows("http.md", "Problems")
        for kind in re.findall(r"\[(\w+)\]", codes)
    }
    for error in ALL:
        if error is errors.WardlineError:
            continue
        kind = next(each for each in error.__mro__ if errors.WardlineError in each.__bases__)
        expected = named.get(error.code, of_kind.get(kind.__name__))
        assert problems.status_of(error.__new__(error)) == expected, error.code
    assert problems.status_of(errors.InputError("x")) == 400
