"""A list that is fetched from an exchange, on real durable work and a real store: it comes by itself, and changes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.waiting import until
from wardline import records, wiring
from wardline.pipeline import exchanging, people
from wardline.records import Hash, HashKind, ListMeaning, ListTerms, ListTrust, Role
from wardline.testing import postgres
from wardline.wiring import Installation, create_installation, create_secret

_SETTINGS = """
[store]
adapter = "{adapter}"
{url_file}
[[matching.exchanges]]
name = "desk"
adapter = "local"
options = {{ path = "desk.csv" }}
interval_minutes = 1
"""
_NEEDS_POSTGRES = pytest.mark.skipif(
    postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres())
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, _NEEDS_POSTGRES])])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    url_file = ""
    if request.param == "postgres":
        create_secret(tmp_path / "url", postgres.shared_server().new_database().encode())
        url_file = f'url_file = "{tmp_path / "url"}"'
    text = _SETTINGS.format(adapter=request.param, url_file=url_file)
    with wiring.open_installation(create_installation(tmp_path / "here", text)) as made:
        yield made


@pytest.mark.long
def test_a_list_comes_and_changes_as_its_exchange_does(installation: Installation) -> None:
    wardline, desk = installation.wardline, installation.settings.folder / "desk.csv"
    ann, bob = (
        people.create_user(wardline.parts, name, Role.ADMIN, "long enough a password")
        for name in ("ann", "bob")
    )
    desk.write_text(_lines(1, 2), "ascii")
    terms = ListTerms(trust=ListTrust.UNVERIFIED, meaning=ListMeaning.HOUSE_RULES)
    work = installation.durable_work(poll_seconds=0.05)
    work.start()
    try:
        known = wardline.subscribe("desk", name="desk", provenance="a test", terms=terms, user=ann).hash_list
        # Its first reading is the caller's to do; one that a caller left undone is taken up by the schedule, as any other.
        first = wardline.parts.store.syncs_of(known.id, most=1)[0]
        wardline.parts.store.commit(entries=(), work=[records.Task(name="sync-list", record_id=first.id)])
        until(lambda: wardline.parts.store.hash_list(known.id).entries == 2)
        proposed = wardline.parts.store.approvals(state=records.ApprovalState.PROPOSED)
        wardline.approve(proposed[0].id, user=bob)
        assert _found(installation, 1, 2, 3) == [1, 2]
        desk.write_text(_lines(2, 3), "ascii")
        exchanging.ask(wardline.parts, known.id, user=ann)
        until(lambda: len(_waiting(installation, known)) == 0)
        assert _found(installation, 1, 2, 3) == [2, 3]
    finally:
        work.stop()
    assert wardline.verify_audit().ok


def _waiting(installation: Installation, known: records.HashList) -> list[records.ListSync]:
    newest = installation.wardline.parts.store.syncs_of(known.id, most=9)
    return [each for each in newest if each.state is records.SyncState.WAITING]


def _lines(*numbers: int) -> str:
    return "".join(["hash_type,hash\n", *(f"md5,{number:032x}\n" for number in numbers)])


def _found(installation: Installation, *numbers: int) -> list[int]:
    lookup = installation.wardline._lookup
    lookup.refresh()
    return [n for n in numbers if lookup.match((Hash(kind=HashKind.MD5, value=f"{n:032x}"),))]
