"""The description of the interface is complete and holds together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.client import Api
from wardline.web import access


@pytest.fixture
def described(api: Api) -> dict[str, Any]:
    answer = api.get("/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def references(node: Any) -> Iterator[str]:
    match node:
        case dict():
            for name, value in node.items():
                if name == "$ref":
                    yield value
                else:
                    yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_it_lists_every_route_but_itself(described: dict[str, Any]) -> None:
    listed = {(method, path) for method, path, _ in operations(described)}
    assert listed == set(access.RULES) - {("GET", "/openapi.json")}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    found = set(references(described))
    assert "#/components/schemas/Context" in found
    assert "#/components/schemas/Problem" in found
    for reference in found:
        node: Any = described
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_every_route_has_a_summary_its_own_id_and_says_how_it_refuses(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(ids)) == len(ids)
    for _, path, operation in operations(described):
        assert operation["summary"], path
        assert operation["description"], path
        assert "422" not in operation["responses"], path
        assert "application/problem+json" in operation["responses"]["default"]["content"], path
        names = {
            parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"
        }
        assert names == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path


def test_it_says_which_scopes_a_key_needs(described: dict[str, Any]) -> None:
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for method, path, operation in operations(described):
        rule = access.RULES[method, path]
        assert operation.get("x-wardline-scopes", []) == sorted(rule)
        assert ("security" in operation) == bool(rule)


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["info"]) >= {"title", "version"}
    upload = described["paths"]["/v1/items"]["post"]
    assert set(upload["requestBody"]["content"]) == {"multipart/form-data", "application/octet-stream"}
    assert described["components"]["schemas"]["Context"]["additionalProperties"] is False
    for method, path, operation in operations(described):
        for status, answer in operation["responses"].items():
            assert status == "default" or status.isdigit(), (method, path)
            assert answer["description"], (method, path, status)
