"""A library is compared as uploads are, and nothing is called clean that was not compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.pipeline.test_precision import LATE, Scripted, pdq
from wardline import intake, matching, records
from wardline.errors import ConflictError, NotAllowedError, StoreUnavailableError
from wardline.pipeline.scan import LibraryScan
from wardline.records import HashKind, Precision, Role, Unscannable
from wardline.testing import pictures
from wardline.testing.harness import Line

CONTENT = b"the bytes of a file"
ENTRY = bytes(range(32))
CERTAIN_BITS = records.WIDEST_RADIUS_BITS - matching.FAST_ERROR_BITS


@pytest.fixture
def bea(line: Line) -> records.User:
    return line.person("bea", Role.LEAD).user


@pytest.fixture
def active(line: Line, tmp_path: Path) -> records.HashList:
    path = tmp_path / "entry.csv"
    path.write_text(f"hash_type,hash\npdq,{ENTRY.hex()}\nmd5,{intake.digests(CONTENT)[0].value}\n", "ascii")
    first, second = (line.person(name, Role.ADMIN).user for name in ("ann", "bob"))
    added = line.wardline.add_list(
        path, name="known", provenance="made for a test", trust=records.ListTrust.VERIFIED, user=first
    )
    line.wardline.approve(added.approval.id, user=second)
    return added.hash_list


def begun(
    line: Line, user: records.User, fast: records.Hash, exact: records.Hash | Unscannable
) -> LibraryScan:
    return line.wardline.scan(user=user, media=Scripted(fast, exact))


def distances(compared: object) -> list[int]:
    return [each.distance_bits for each in getattr(compared, "matches")]  # noqa: B009


def test_what_is_near_by_its_fast_hash_counts_as_near_as_its_exact_one(
    line: Line, bea: records.User, active: records.HashList
) -> None:
    for fast, exact, expected in ((35, 30, [30]), (20, 25, [25]), (38, 33, []), (31, 31, [31]), (31, 32, [])):
        scan = begun(line, bea, pdq(fast), pdq(exact))
        compared = scan.compare(b"other bytes")
        assert distances(compared) == expected
        assert compared.failures == ()
        assert [each.value for each in compared.hashes if each.kind is HashKind.PDQ] == [pdq(exact).value]


def test_a_fast_hash_is_not_given_out(line: Line, bea: records.User, active: records.HashList) -> None:
    compared = begun(line, bea, pdq(200), pdq(201)).compare(b"other bytes")
    assert {each.kind for each in compared.hashes} == {HashKind.MD5, HashKind.SHA1, HashKind.SHA256}
    exact = begun(line, bea, pdq(200), pdq(201)).compare(b"other bytes", precision=Precision.EXACT)
    assert pdq(201) in exact.hashes


def test_where_the_exact_hash_fails_only_what_is_certain_is_a_match_and_nothing_is_clean(
    line: Line, bea: records.User, active: records.HashList
) -> None:
    for fast, expected in ((CERTAIN_BITS, [CERTAIN_BITS]), (CERTAIN_BITS + 1, [])):
        compared = begun(line, bea, pdq(fast), LATE).compare(b"other bytes")
        assert distances(compared) == expected
        assert compared.failures == (LATE,)


def test_a_file_that_no_decoder_reads_is_found_byte_for_byte(
    line: Line, bea: records.User, active: records.HashList
) -> None:
    scan = line.wardline.scan(user=bea)
    compared = scan.compare(CONTENT)
    assert distances(compared) == [0]
    assert [each.reason for each in compared.failures] == ["unknown format"]
    assert distances(scan.compare_hashes(intake.digests(CONTENT), why="too many bytes")) == [0]
    assert (
        scan.compare_hashes(intake.digests(b""), why="too many bytes").failures[0].reason == "too many bytes"
    )


def test_a_plain_picture_is_compared_byte_for_byte_only_and_that_is_told(
    line: Line, bea: records.User, active: records.HashList
) -> None:
    compared = begun(line, bea, pdq(0, quality=matching.MIN_PDQ_QUALITY - 1), pdq(0)).compare(b"other bytes")
    assert (compared.matches, compared.failures, compared.too_plain) == ((), (), True)
    scan = line.wardline.scan(user=bea)
    assert not scan.compare(pictures.encode(pictures.scene(3, (160, 120)))).too_plain


def test_lists_that_cannot_be_searched_are_a_failure(
    line: Line, bea: records.User, active: records.HashList, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = begun(line, bea, pdq(200), pdq(200))

    def failing(*_: object, **__: object) -> None:
        raise StoreUnavailableError("store: does not answer, expected it to")

    monkeypatch.setattr(matching.Catalogue, "find", failing)
    assert [each.source for each in scan.compare(CONTENT).failures] == ["matching"]


def test_the_log_tells_who_scanned_before_anything_is_and_what_came_of_it(
    line: Line, bea: records.User, active: records.HashList
) -> None:
    scan = line.wardline.scan(user=bea)
    line.sequence()
    assert [(entry.verb, entry.actor) for _, entry in line.wardline.entries_about(scan.id, 9)] == [
        ("scan:begun", bea.id)
    ]
    scan.end(files=12, matches=3, not_scanned=1, whole=False)
    line.sequence()
    newest = line.wardline.entries_about(scan.id, 9)[0][1]
    assert (newest.verb, newest.detail) == ("scan:ended", "12 files, 3 on a list, 1 not scanned; interrupted")
    assert line.store.cases() == []


def test_lists_that_change_are_noticed(line: Line, bea: records.User, active: records.HashList) -> None:
    scan = line.wardline.scan(user=bea)
    assert not scan.lists_changed()
    assert scan.list_names == {active.id: "known"}
    line.wardline.disable_list(active.id, user=bea)
    assert scan.lists_changed()


def test_without_an_active_list_none_begins(line: Line, bea: records.User) -> None:
    with pytest.raises(ConflictError, match="none is active"):
        line.wardline.scan(user=bea)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR])
def test_who_does_not_manage_lists_does_not_scan(line: Line, active: records.HashList, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        line.wardline.scan(user=line.person("cleo", role).user)
