"""Each verb's happy path and its mistakes, on a real installation."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PASSWORD, Place, run
from wardline import kernels, records, settings, wiring
from wardline.cli import preconditions
from wardline.kernels import native

AddList = Callable[..., str]


def test_check_finds_that_everything_is_there(place: Place) -> None:
    ended = place.run("check", "--json")
    assert ended.code == 0, ended.out
    states = {each["name"]: each["state"] for each in ended.json["checks"]}
    assert ended.json["ok"] is True
    assert {
        states[name]
        for name in ("settings", "keys", "store", "decode sandbox", "disk", "people", "platforms", "clock")
    } <= {"ok", "note"}
    assert states["hash lists"] == "note"


def test_check_says_what_to_do_about_a_key_that_others_may_read(place: Place) -> None:
    (place.folder / "keys" / "vault.key").chmod(0o644)
    ended = place.run("check")
    assert ended.code == 1
    assert "chmod 600" in ended.out


def test_check_finds_a_platform_without_a_webhook(place: Place) -> None:
    assert place.run("api-key", "create", "--platform", "other").code == 0
    ended = place.run("check", "--json")
    assert ended.code == 1
    assert [each["name"] for each in ended.json["checks"] if each["state"] == "failed"] == ["platforms"]


@pytest.mark.parametrize(
    ("choice", "built", "state", "says"),
    [
        ("auto", True, "ok", "compiled"),
        ("auto", False, "note", "Install a C compiler"),
        ("reference", True, "note", "as the settings want"),
        ("fast", False, "failed", 'kernels = "auto"'),
    ],
)
def test_check_says_which_kernels_serve(
    place: Place, choice: str, built: bool, state: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kernels.selected()
    path = place.folder / "wardline.toml"
    chosen = path.read_text("utf-8").replace('#kernels = "auto"', f'kernels = "{choice}"')
    path.write_text(chosen, "utf-8")
    monkeypatch.setattr(native, "built", lambda room: object() if built else None)
    try:
        with wiring.open_installation(settings.load(place.folder)):
            found = preconditions.kernels_in_use()
    finally:
        kernels.select(before)
    assert found.state == state
    assert says in f"{found.detail} {found.advice}"


def test_check_finds_tables_of_another_version(place: Place) -> None:
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    ended = place.run("check")
    assert ended.code == 1
    assert "wardline migrate" in ended.out


def test_an_unknown_key_in_the_settings_is_named_with_the_right_one(place: Place) -> None:
    path = place.folder / "wardline.toml"
    path.write_text(path.read_text("utf-8") + "\n[servr]\nport = 1\n", "utf-8")
    ended = place.run("user", "list")
    assert ended.code == 2
    assert "unknown key servr, expected server" in ended.err
    assert "What to do:" in ended.err
    assert place.run("user", "list", "--json").error["error"] == "configuration"


def test_a_folder_without_an_installation_is_named(tmp_path: Path) -> None:
    ended = run("case", "list", "--folder", tmp_path, "--json")
    assert ended.code == 2
    assert ended.error == {
        "error": "not-initialised", "message": f"installation {tmp_path}: no wardline.toml, expected one",
        "advice": "Run `wardline init` in the folder that shall hold the installation.",
    }  # fmt: skip


def test_the_folder_may_come_from_the_environment(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_FOLDER", str(place.folder))
    assert [each["name"] for each in run("user", "list", "--json").json] == ["ada", "bea", "mo"]


def test_migrating_tables_that_are_up_to_date_changes_nothing(place: Place) -> None:
    assert place.run("migrate", "--json").json == {"migrated": True}
    assert place.run("check").code == 0


def test_people_are_added_listed_and_locked_out(place: Place) -> None:
    made = place.run("user", "create", "kim", "--role", "auditor", "--generate", "--json")
    assert made.code == 0
    assert len(made.json["password"]) >= 20
    assert "password_hash" not in made.json
    assert place.run("user", "disable", "kim").code == 0
    kim = next(each for each in place.run("user", "list", "--json").json if each["name"] == "kim")
    assert (kim["role"], kim["disabled"]) == ("auditor", True)
    assert PASSWORD not in place.run("user", "list").out


def test_a_name_is_given_once_and_an_unknown_one_is_named(place: Place) -> None:
    assert place.run("user", "create", "bea", "--role", "lead", "--generate").code == 2
    assert place.run("user", "disable", "nobody", "--json").error["error"] == "not-found"


def test_without_a_terminal_a_password_must_come_from_a_file(place: Place) -> None:
    ended = place.run("user", "create", "kim", "--role", "lead")
    assert ended.code == 2
    assert "--password-file" in ended.err


def test_a_password_file_that_others_may_read_is_refused(place: Place) -> None:
    place.password_file.chmod(0o640)
    ended = place.run("user", "create", "kim", "--role", "lead", "--password-file", place.password_file)
    assert ended.code == 2
    assert "0640" in ended.err


def test_keys_are_made_listed_and_revoked(place: Place) -> None:
    made = place.run("api-key", "create", "--user", "mo", "--label", "desk", "--json")
    assert made.json["scopes"] == ["cases"]
    assert made.json["secret"].startswith("wl_")
    listed = place.run("api-key", "list", "--json").json
    assert made.json["secret"] not in str(listed)
    assert "secret_digest" not in str(listed)
    assert place.run("api-key", "revoke", made.json["id"]).code == 0
    assert (
        next(each for each in place.run("api-key", "list", "--json").json if each["id"] == made.json["id"])[
            "disabled"
        ]
        is True
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "invalid-input"),
        (["--platform", "example", "--user", "mo"], "invalid-input"),
        (["--user", "mo", "--scope", "audit"], "not-allowed"),
        (["--user", "nobody"], "not-found"),
        (["--platform", "example", "--scope", "cases"], "invalid-input"),
        (["--user", "mo", "--trusted"], "invalid-input"),
    ],
)
def test_a_key_for_what_cannot_be_is_refused(place: Place, words: list[str], code: str) -> None:
    ended = place.run("api-key", "create", *words, "--json")
    assert (ended.code, ended.error["error"]) == (2, code)


def test_a_list_needs_two_people(place: Place, listed: AddList) -> None:
    list_id = listed()
    own = place.run_as("bea", "hash-list", "activate", list_id, "--json")
    assert (own.code, own.error["error"]) == (2, "second-person")
    assert place.run("hash-list", "show", "practice", "--json").json["state"] == "proposed"
    active = place.run_as("ada", "hash-list", "activate", "practice", "--json")
    assert active.json["active"] is True
    assert [each["state"] for each in place.run("hash-list", "list", "--json").json] == ["active"]


def test_a_list_is_switched_off_by_one_and_on_again_by_two(place: Place, listed: AddList) -> None:
    list_id = listed()
    place.run_as("ada", "hash-list", "activate", list_id)
    assert place.run_as("bea", "hash-list", "disable", "practice", "--json").json["state"] == "disabled"
    proposed = place.run_as("bea", "hash-list", "activate", "practice", "--json").json
    assert proposed["active"] is False
    refused = place.run_as("ada", "approval", "refuse", proposed["approval"]["id"], "--json")
    assert refused.json["state"] == "refused"
    again = place.run_as("ada", "hash-list", "activate", "practice", "--json").json["approval"]["id"]
    assert place.run_as("bea", "approval", "approve", again).code == 0
    assert place.run("hash-list", "show", list_id, "--json").json["state"] == "active"
    assert place.run("approval", "list", "--state", "proposed", "--json").json == []


def test_a_list_is_read_again_by_one_person_and_says_what_changed(place: Place, listed: AddList) -> None:
    list_id = listed(extra=f"md5,{'a' * 32}\n")
    path = place.folder.parent / "news.csv"
    path.write_text(f"hash_type,hash\nmd5,{'a' * 32}\nmd5,{'b' * 32}\nmd5,zz\n", "ascii")
    synced = place.run_as("bea", "hash-list", "sync", "practice", path, "--json").json
    assert [synced[key] for key in ("added", "marked", "removed")] == [1, 0, 1]
    assert synced["skipped"] == [{"line": 4, "reason": "hash is not hexadecimal of the length its type has"}]
    assert (synced["hash_list"]["id"], synced["hash_list"]["entries"]) == (list_id, 2)
    told = place.run_as("bea", "hash-list", "sync", list_id, path).out
    assert "practice has 2 entries: 0 are new, 0 have another category, 0 are gone." in told
    assert "line 4" in told
    assert place.run_as("mo", "hash-list", "sync", list_id, path).code == 2


def test_malformed_lines_are_skipped_and_named_by_number(place: Place) -> None:
    path = place.folder.parent / "list.csv"
    path.write_text("hash_type,hash\nmd5,xyz\nmd5," + "a" * 32 + "\nother,1\n", "ascii")
    words = (
        "hash-list",
        "add",
        path,
        "--name",
        "mixed",
        "--provenance",
        "made by the tests",
        "--trust",
        "unverified",
    )
    added = place.run_as("bea", *words)
    assert added.code == 0
    assert "line 2:" in added.out
    assert "line 4:" in added.out
    assert place.run("hash-list", "show", "mixed", "--json").json["entries"] == 1


def test_a_list_with_other_columns_is_refused(place: Place) -> None:
    path = place.folder.parent / "list.csv"
    path.write_text("a,b\n1,2\n", "ascii")
    ended = place.run_as(
        "bea", "hash-list", "add", path, "--name", "x", "--provenance", "y", "--trust", "verified", "--json"
    )
    assert (ended.code, ended.error["error"]) == (2, "invalid-input")


@pytest.mark.parametrize(("user", "code"), [("mo", "not-allowed"), ("nobody", "not-authenticated")])
def test_lists_are_for_those_whose_role_allows_it(
    place: Place, listed: AddList, user: str, code: str
) -> None:
    list_id = listed()
    ended = place.run_as(user, "hash-list", "activate", list_id, "--json")
    assert (ended.code, ended.error["error"]) == (2, code)


def test_another_password_and_a_locked_out_person_look_alike(place: Place, listed: AddList) -> None:
    list_id = listed()
    place.run(
        "user", "create", "second-admin", "--role", "admin", "--generate"
    )  # the last one could not be locked out
    assert place.run("user", "disable", "ada").code == 0
    locked_out = place.run_as("ada", "hash-list", "activate", list_id, "--json").error
    place.password_file.write_text("another password", "ascii")
    assert place.run_as("bea", "hash-list", "activate", list_id, "--json").error == locked_out


def test_a_picture_on_a_verified_list_is_restricted_and_its_case_can_be_seen(
    place: Place, listed: AddList
) -> None:
    place.run_as("ada", "hash-list", "activate", listed())
    ended = place.run(
        "submit",
        place.picture(1),
        place.picture(2),
        "--account",
        "account-1",
        "--api-key-file",
        place.key_file("trusted"),
        "--json",
    )
    assert ended.code == 1
    assert [each["outcome"] for each in ended.json] == ["restricted", "released"]
    case = place.run("case", "list", "--json").json[0]
    shown = place.run("case", "show", case["id"], "--json")
    assert shown.json["item_ids"] == [ended.json[0]["item_id"]]
    assert [each["kind"] for each in shown.json["actions"]] == ["restrict-content"]
    assert (
        "account-1"
        not in shown.out + place.run("case", "show", case["id"]).out + place.run("case", "list").out
    )
    assert [each["basis"] for each in place.run("hold", "list", "--json").json] == ["provisional"]
    assert place.run("statistics", "show", "--json").json["totals"]["items_received"] == 2


def test_a_low_trust_key_learns_nothing(
    place: Place, listed: AddList, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.run_as("ada", "hash-list", "activate", listed())
    monkeypatch.setenv("WARDLINE_API_KEY", place.keys["low"])
    ended = place.run("submit", place.picture(1), "--account", "account-1", "--json")
    assert (ended.code, ended.json) == (0, [{"file": str(place.picture(1)), "status": "accepted"}])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--uploaded-at", "yesterday"], "invalid-input"),
        (["--uploaded-at", "2026-01-01T00:00:00"], "invalid-input"),
        (["--visibility", "private"], "no-legal-basis"),
        (["--ip-address", "nowhere"], "invalid-input"),
    ],
)
def test_an_upload_with_a_wrong_context_is_refused(place: Place, words: list[str], code: str) -> None:
    ended = place.run(
        "submit",
        place.picture(2),
        "--account",
        "a",
        "--api-key-file",
        place.key_file("trusted"),
        *words,
        "--json",
    )
    assert (ended.code, ended.error["error"]) == (2, code)


def test_an_upload_needs_a_platforms_key_and_a_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        place.run("submit", place.picture(2), "--account", "a", "--json").error["error"]
        == "not-authenticated"
    )
    missing = place.run(
        "submit", "missing.jpg", "--account", "a", "--api-key-file", place.key_file("trusted"), "--json"
    )
    assert missing.error["error"] == "invalid-input"
    person = place.run("api-key", "create", "--user", "mo", "--json").json["secret"]
    monkeypatch.setenv("WARDLINE_API_KEY", person)
    assert place.run("submit", place.picture(2), "--account", "a", "--json").error["error"] == "not-allowed"


def test_an_empty_file_goes_to_a_person(place: Place) -> None:
    empty = place.folder.parent / "empty.jpg"
    empty.touch()
    ended = place.run(
        "submit", empty, "--account", "a", "--api-key-file", place.key_file("trusted"), "--json"
    )
    assert (ended.code, ended.json[0]["outcome"]) == (1, "review")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["case", "show", "case-1"], "invalid-input"),
        (["case", "show", "case-" + "0" * 26], "not-found"),
        (["referral", "show", "referral-" + "0" * 26], "not-found"),
        (["hash-list", "show", "nothing"], "not-found"),
        (["api-key", "revoke", "api-key-" + "0" * 26], "not-found"),
        (["statistics", "show", "--from", "2026-02-02", "--to", "2026-02-01"], "invalid-input"),
    ],
)
def test_what_is_not_there_is_named(place: Place, words: list[str], code: str) -> None:
    ended = place.run(*words, "--json")
    assert (ended.code, ended.error["error"]) == (2, code)


@pytest.mark.parametrize(
    "verb", ["user", "api-key", "hash-list", "approval", "case", "referral", "hold", "alarm"]
)
def test_every_list_can_be_read_by_people_and_by_programs(place: Place, verb: str) -> None:
    ended = place.run(verb, "list")
    assert (ended.code, ended.err) == (0, "")
    assert isinstance(place.run(verb, "list", "--json").json, list)


def test_alarms_are_listed_and_resolved_by_those_who_may(place: Place) -> None:
    from wardline import settings, wiring
    from wardline.pipeline import alarms

    with wiring.open_installation(settings.load(place.folder)) as installation:
        alarms.raise_alarm(installation.wardline.parts, records.AlarmKind.DISK_FULL, "disk", "Nearly full.")
    alarm = place.run("alarm", "list", "--json").json[0]
    assert alarm["kind"] == "disk-full"
    assert place.run_as("mo", "alarm", "resolve", alarm["id"]).code == 2
    assert place.run_as("bea", "alarm", "resolve", alarm["id"]).code == 0
    assert place.run("alarm", "list", "--json").json == []


UNKNOWN = "alarm-01m8fsekbw09pjt133xd3q141q"


def test_several_refused_actions_are_sent_again_at_once_and_what_cannot_be_is_named(place: Place) -> None:
    from wardline import enforcement, settings, wiring
    from wardline.pipeline import alarms

    with wiring.open_installation(settings.load(place.folder)) as installation:
        parts = installation.wardline.parts
        told = []
        for number in (1, 2):
            action = records.Action(
                id=parts.new_id("action"), case_id=parts.new_id("case"), kind=records.ActionKind.REMOVE_CONTENT, platform="example", account_reference="a",
                content_reference=f"post-{number}", created_at=parts.now(),
            )  # fmt: skip
            refused = enforcement.refused(action)
            taken, failed = records.Verb.ACTION_TAKEN, records.Verb.ACTION_FAILED
            parts.store.commit(records.Insert(action), entries=[parts.entry(taken, action.id)])
            parts.store.commit(records.Replace(refused), entries=[parts.entry(failed, action.id)])
            alarms.raise_alarm(parts, records.AlarmKind.WEBHOOK_UNDELIVERED, action.id, "It was refused.")
            told.append(action.id)
        alarms.raise_alarm(parts, records.AlarmKind.DISK_FULL, "disk", "Nearly full.")
    listed = {each["subject_id"]: each["id"] for each in place.run("alarm", "list", "--json").json}
    ended = place.run_as(
        "bea", "alarm", "send-again", listed[told[0]], listed["disk"], UNKNOWN, listed[told[1]]
    )
    assert ended.code == 2
    assert listed["disk"] in ended.err
    assert UNKNOWN in ended.err
    assert all(f"{each} is sent again" in ended.out for each in told)
    assert [each["kind"] for each in place.run("alarm", "list", "--json").json] == ["disk-full"]


def test_the_log_verifies_and_a_changed_record_ends_with_four(place: Place) -> None:
    fine = place.run("audit", "verify", "--json")
    assert fine.code == 0
    assert fine.json["ok"] is True
    assert fine.json["entries"] == fine.json["signed_now"] > 0
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        connection.execute("UPDATE users SET role = 'admin' WHERE name = 'mo'")
    connection.close()
    drifted = place.run("audit", "verify", "--json")
    assert (drifted.code, drifted.json["ok"]) == (4, False)
    assert len(drifted.json["drifted"]) == 1


def test_a_changed_entry_is_found_and_named(place: Place) -> None:
    assert place.run("audit", "verify").code == 0
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        connection.execute("UPDATE audit_entries SET leaf = CAST('{}' AS BLOB) WHERE position = 2")
    connection.close()
    found = place.run("audit", "verify", "--json")
    assert (found.code, found.json["first_bad"]) == (4, 2)
    assert "does NOT verify" in place.run("audit", "verify").out


def test_a_log_that_was_cut_off_is_found(place: Place) -> None:
    assert place.run("audit", "verify").code == 0
    with sqlite3.connect(place.folder / "data" / "wardline.sqlite") as connection:
        connection.execute("DELETE FROM audit_entries WHERE position >= 4")
    connection.close()
    assert place.run("audit", "verify", "--json").code == 4


def test_the_service_is_not_offered_to_other_machines_unencrypted(place: Place) -> None:
    path = place.folder / "wardline.toml"
    path.write_text(path.read_text("utf-8").replace('#host = "127.0.0.1"', 'host = "0.0.0.0"'), "utf-8")
    ended = place.run("serve", "--json")
    assert (ended.code, ended.error["error"]) == (2, "refused")
    assert "--behind-tls-proxy" in ended.error["advice"]


def test_files_of_the_installation_are_for_their_owner_only(place: Place) -> None:
    database = place.folder / "data" / "wardline.sqlite"
    assert database.stat().st_mode & 0o077 == 0
