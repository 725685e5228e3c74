"""A pack is the same bytes for the same report, signed, readable by its receiver only, and says first whether a child is in danger."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import CapturingLogger

from wardline import preservation, records
from wardline.adapters.authorities.pack import NcaPack, PackAuthority
from wardline.errors import ConfigurationError, IntegrityError, ReportGoneError
from wardline.testing.authority_contract import CONTENTS, sample_report

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RECEIVER = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PEM = RECEIVER.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def maker(folder: Path, **given: Any) -> PackAuthority:
    folder.mkdir(mode=0o700, exist_ok=True)
    values: dict[str, Any] = {
        "environment": "sandbox", "clock_now": lambda: NOW, "folder": folder, "key": Ed25519PrivateKey.from_private_bytes(bytes(32)),
        "entropy": bytes,
    }  # fmt: skip
    return NcaPack(**{**values, **given})


def packed(authority: PackAuthority, report: records.Report) -> bytes:
    opened = authority.submit(report).remote_id or ""
    for file, content in zip(report.files, CONTENTS, strict=False):
        authority.attach(opened, file, content)
    authority.finish(opened)
    return authority.open_pack(opened)


def members(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_report_gives_the_same_pack_byte_for_byte(tmp_path: Path) -> None:
    first, second = (packed(maker(tmp_path / name, recipient=PEM), sample_report()) for name in ("a", "b"))
    assert first == second


def test_without_a_key_of_the_receivers_a_pack_holds_hashes_and_says_so(tmp_path: Path) -> None:
    found = members(packed(maker(tmp_path / "packs"), sample_report()))
    assert not [name for name in found if name.endswith(".sealed")]
    evidence = json.loads(found["manifest.json"])["evidence"]
    assert [each["sha256"] for each in evidence] == [hashlib.sha256(each).hexdigest() for each in CONTENTS]
    assert all(each["sealed"] is None for each in evidence)
    assert b"holds their hashes only" in found["report.html"]


def test_a_pack_of_a_report_without_a_file_says_nothing_of_files_that_lie_in_it(tmp_path: Path) -> None:
    report = replace(sample_report(), files=(), kind=records.IncidentKind.ENTICEMENT)
    for recipient in (PEM, None):
        made = maker(tmp_path / str(recipient is None), recipient=recipient)
        page = members(packed(made, report))["report.html"].decode()
        assert "in this pack" not in page


def test_a_file_opens_with_the_receivers_key_and_lies_nowhere_in_the_clear(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    authority, report = maker(folder, recipient=PEM), sample_report()
    opened = authority.submit(report).remote_id or ""
    for file, content in zip(report.files, CONTENTS, strict=True):
        authority.attach(opened, file, content)
        assert not [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]
    authority.finish(opened)
    pack = authority.open_pack(opened)
    for number, (file, content) in enumerate(zip(report.files, CONTENTS, strict=True), start=1):
        assert content not in pack
        sealed = members(pack)[f"evidence-{number}.sealed"]
        about = f"{opened}\n{file.item_id}".encode()
        assert preservation.open_sealed(sealed, RECEIVER, about=about) == content
        with pytest.raises(IntegrityError):
            preservation.open_sealed(sealed, RECEIVER, about=b"another pack")


def test_every_member_is_in_the_manifest_and_openssl_verifies_its_signature(tmp_path: Path) -> None:
    found = members(packed(maker(tmp_path / "packs", recipient=PEM), sample_report()))
    said = json.loads(found["manifest.json"])
    listed = {each["name"]: (each["sha256"], each["size_bytes"]) for each in said["members"]}
    rest = {
        name: body
        for name, body in found.items()
        if not name.startswith("manifest.") and name != "signing-key.pem"
    }
    assert listed == {name: (hashlib.sha256(body).hexdigest(), len(body)) for name, body in rest.items()}
    for name, body in found.items():
        (tmp_path / name).write_bytes(body)
    verify = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "signing-key.pem",
        "-rawin",
        "-in",
        "manifest.json",
        "-sigfile",
        "manifest.sig",
    ]
    assert subprocess.run(verify, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "manifest.json").write_bytes(found["manifest.json"] + b" ")
    assert subprocess.run(verify, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_the_page_begins_with_danger_and_then_goes_as_an_officer_reads(tmp_path: Path) -> None:
    victim = records.Party(person=records.Person(age=12))
    report = replace(sample_report(), priority=records.Priority.FIRST, victims=(victim,))
    page = members(packed(maker(tmp_path / "packs"), report))["report.html"].decode()
    wanted = (
        "Is a child in danger now?", "Yes: Test only", "Priority 1", "Victims", "Who: the account", "What, when and where", "How it was found", "Files, 2",
        "Whom to ask",
    )  # fmt: skip
    places = [page.index(each) for each in wanted]
    assert places == sorted(places)


def test_whoever_reads_it_first_is_told_what_was_taken_out_and_the_receiver_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = replace(sample_report(), masked=(("escalation", 2),), unread=("account.person.age",))
    made = maker(tmp_path / "packs")
    shown = {
        each.title: [(field.wire, field.value) for field in each.fields]
        for each in made.preview(report).sections
    }
    assert shown["Taken out of free text: a victim's data"] == [("escalation", "2 times")]
    assert shown["Left out: what the platform sent and could not be read"] == [
        ("account.person.age", "not read")
    ]
    logged = CapturingLogger()
    monkeypatch.setattr("wardline.adapters.authorities.pack.authority._log", logged)
    pack = packed(made, report)
    (told,) = logged.calls
    assert told.kwargs == {"referral": report.referral_id, "of_victims": 2, "unread": 1}
    assert not any(b"Taken out of free text" in each for each in members(pack).values())


def test_the_page_names_every_cell_for_narrow_windows_and_gives_each_hash_a_line(tmp_path: Path) -> None:
    page = members(packed(maker(tmp_path / "packs"), sample_report()))["report.html"].decode()
    cells = re.findall(r'<td data-label="Hashes">(.*?)</td>', page)
    assert len(cells) == 2
    hashes = [(each.kind.value, each.value) for each in sample_report().files[0].hashes]
    assert cells[0].split("<br>") == [" ".join(each) for each in hashes]
    assert "<td>" not in page


def test_the_page_of_a_test_says_that_it_is_no_report_and_that_of_production_does_not(tmp_path: Path) -> None:
    for environment, is_said in (("test", True), ("production", False)):
        made = maker(tmp_path / environment, environment=environment, production_confirmed=True)
        page = members(packed(made, sample_report()))["report.html"]
        assert (b"TEST. This is no report" in page) is is_said


def test_what_a_platform_sent_is_text_on_the_page_and_never_markup(tmp_path: Path) -> None:
    report = sample_report()
    report = replace(
        report, person=replace(report.person, account_reference="<script>alert(1)</script>\ud800")
    )
    found = members(packed(maker(tmp_path / "packs"), report))
    assert b"<script" not in found["report.html"]
    assert json.loads(found["report.json"])["account"]["reference"].startswith("<script>")


def test_a_name_that_turns_round_what_stands_after_it_is_written_out_on_the_page_alone(
    tmp_path: Path,
) -> None:
    report = replace(sample_report(), escalation="he said \u202eog tel")
    found = members(packed(maker(tmp_path / "packs"), report))
    assert b"Yes: he said [U+202E]og tel" in found["report.html"]
    assert "he said \u202eog tel" in json.loads(found["report.json"])["danger"]


def test_what_is_long_stands_whole_at_the_end_of_the_page_and_its_end_where_it_belongs(
    tmp_path: Path,
) -> None:
    written = "it began so " + "and went on " * 1_000 + "and ended so"
    report = replace(sample_report(), incidents=(records.Chat(client="Forum", content=written),))
    page = members(packed(maker(tmp_path / "packs"), report))["report.html"].decode()
    assert page.count("and ended so") == 2
    assert page.count("it began so") == 1
    places = [
        page.index(each)
        for each in ("12,024 characters", "Whom to ask", "What is long, whole", "it began so")
    ]
    assert places == sorted(places)


def test_the_page_says_where_no_address_is_known(tmp_path: Path) -> None:
    report = sample_report()
    bare = replace(
        report, files=tuple(replace(each, upload=None) for each in report.files),
        person=replace(report.person, ip_events=(), facts=None),
    )  # fmt: skip
    made = maker(tmp_path / "packs")
    assert b"No address is known" in members(packed(made, bare))["report.html"]
    assert b"No address is known" not in members(packed(maker(tmp_path / "others"), report))["report.html"]


def test_production_wants_both_settings_and_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        maker(tmp_path / "packs", environment="production")
    with pytest.raises(ConfigurationError):
        maker(tmp_path / "packs", recipient=b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    signing = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ConfigurationError):
        maker(tmp_path / "packs", recipient=signing)


def test_a_pack_that_nobody_carried_on_for_a_day_is_thrown_away_by_the_next(tmp_path: Path) -> None:
    times = [NOW, NOW.replace(year=2031)]  # its folder's own time is the machine's
    authority = maker(
        tmp_path / "packs",
        clock_now=lambda: times[0],
        entropy=lambda size: bytes(size - 1) + bytes([len(times)]),
    )
    authority.submit(sample_report())
    times.pop(0)
    authority.submit(sample_report())
    assert len(list((tmp_path / "packs").glob("*.open"))) == 1


@given(
    content=st.binary(max_size=2000),
    about=st.binary(max_size=80),
    secret=st.binary(min_size=32, max_size=32),
    at=st.integers(0, 10_000),
)
def test_what_is_sealed_opens_whole_or_not_at_all(
    content: bytes, about: bytes, secret: bytes, at: int
) -> None:
    sealed = preservation.seal(content, RECEIVER.public_key(), secret=secret, about=about)
    assert preservation.open_sealed(sealed, RECEIVER, about=about) == content
    place = at % len(sealed)
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    with pytest.raises(IntegrityError):
        preservation.open_sealed(changed, RECEIVER, about=about)


def test_from_nothing_that_is_kept_follows_how_a_file_was_sealed(tmp_path: Path) -> None:
    key, report = Ed25519PrivateKey.from_private_bytes(bytes(32)), sample_report()
    authority = maker(tmp_path / "packs", recipient=PEM, key=key, entropy=secrets.token_bytes)
    opened = authority.submit(report).remote_id or ""
    (made,) = (tmp_path / "packs").glob("*.open")
    sealed = []
    for _ in range(
        2
    ):  # again with all that was there the first time: the pack, the file, the installation's key
        authority.attach(opened, report.files[0], CONTENTS[0])
        sealed.append((made / "evidence-1.sealed").read_bytes())
    about = f"{opened}\n{report.files[0].item_id}".encode()
    assert [preservation.open_sealed(each, RECEIVER, about=about) for each in sealed] == [CONTENTS[0]] * 2
    assert sealed[0] != sealed[1]


def test_a_pack_that_was_begun_for_another_key_is_not_carried_on(tmp_path: Path) -> None:
    folder, report = tmp_path / "packs", sample_report()
    opened = maker(folder).submit(report).remote_id or ""
    maker(folder).attach(opened, report.files[0], CONTENTS[0])
    with pytest.raises(ReportGoneError):
        maker(folder, recipient=PEM).attach(opened, report.files[1], CONTENTS[1])
    with pytest.raises(ReportGoneError):
        maker(folder, recipient=PEM).finish(opened)


def test_nothing_of_a_pack_stays_when_it_is_deleted_after_a_crash(tmp_path: Path) -> None:
    folder, report = tmp_path / "packs", sample_report()

    def dies(name: str) -> None:
        if name == "pack:whole":
            raise KeyboardInterrupt

    authority = maker(folder, recipient=PEM, reached=dies)
    opened = authority.submit(report).remote_id or ""
    for file, content in zip(report.files, CONTENTS, strict=True):
        authority.attach(opened, file, content)
    with pytest.raises(KeyboardInterrupt):
        authority.finish(opened)
    assert [pack_id for _, pack_id in authority.packs()] == [opened]
    authority.forget_pack(opened)
    assert list(folder.iterdir()) == []


def test_what_nobody_carried_on_goes_though_no_other_pack_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    maker(folder, clock_now=lambda: datetime.now(UTC)).submit(sample_report())
    assert len(list(folder.iterdir())) == 1
    later = maker(folder, clock_now=lambda: datetime.now(UTC) + timedelta(hours=25))
    assert list(later.packs()) == []
    assert list(folder.iterdir()) == []


def test_a_key_with_which_no_secret_can_be_shared_is_refused_with_the_settings(tmp_path: Path) -> None:
    weak = X25519PublicKey.from_public_bytes(bytes(32)).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(ConfigurationError):
        maker(tmp_path / "packs", recipient=weak)


def test_other_accounts_with_the_same_file_stand_in_it_without_the_ids_of_their_cases(tmp_path: Path) -> None:
    other = records.LikeAccount(
        account_reference="account-other", platform="example", how=records.Likeness.IDENTICAL, item_id=sample_report().files[0].item_id,
        uploaded_at=NOW, decided_at=NOW, case_id="case-of-theirs", report="4711",
    )  # fmt: skip
    report = replace(sample_report(), like=records.LikeAccounts(named=(other,), more=3, at_least=True))
    found = members(packed(maker(tmp_path / "packs"), report))
    said = json.loads(found["report.json"])["like_accounts"]
    assert said == {
        "accounts": [
            {
                "reference": "account-other", "platform": "example", "how": "byte-identical", "item": other.item_id,
                "uploaded_at": "2026-03-02T12:00:00Z", "decided_at": "2026-03-02T12:00:00Z", "report": "4711",
            }
        ],
        "more": 3, "more_at_least": True,
    }  # fmt: skip
    assert b"account-other" in found["report.html"]
    assert b"Other accounts with the same files" in found["report.html"]
    assert b"case-of-theirs" not in found["report.json"] + found["report.html"]
    assert "like_accounts" not in json.loads(
        members(packed(maker(tmp_path / "none"), sample_report()))["report.json"]
    )
