"""``wardline init``: a new installation, also when it was interrupted."""

from __future__ import annotations

import dataclasses
import re
import stat
import tomllib
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from tests.cli.conftest import run
from wardline import settings, wiring
from wardline.cli import init as init_module
from wardline.cli.settings_text import settings_text
from wardline.records import KeyTrust, Role, Verb


def test_a_new_installation_has_an_administrator_a_platform_and_their_keys(tmp_path: Path) -> None:
    made = run(
        "init",
        tmp_path / "new",
        "--platform",
        "example",
        "--webhook-url",
        "https://platform.example/hook",
        "--json",
    )
    assert made.code == 0, made.err
    administrator, platform = made.json["administrator"], made.json["platforms"][0]
    assert platform["trust"] == "low"
    assert Path(platform["webhook_secret_file"]).is_file()
    with wiring.open_installation(settings.load(tmp_path / "new")) as installation:
        line = installation.wardline
        assert [(user.name, user.role) for user in line.parts.store.users()] == [("admin", Role.ADMIN)]
        key, user = line.authenticate(made.json["administrator_key"])
        assert user is not None
        assert user.id == administrator["id"]
        key, nobody = line.authenticate(platform["api_key"])
        assert (key.platform, key.trust, nobody) == ("example", KeyTrust.LOW, None)
        assert list(line.parts.platforms) == ["example"]
    assert len(administrator["password"]) >= 20


def test_secrets_are_for_their_owner_only_and_stand_in_no_other_file(tmp_path: Path) -> None:
    made = run(
        "init",
        tmp_path / "new",
        "--platform",
        "example",
        "--webhook-url",
        "https://platform.example/hook",
        "--json",
    )
    files = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    for path in (tmp_path / "new" / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for secret in (
        made.json["administrator"]["password"],
        made.json["administrator_key"],
        made.json["platforms"][0]["api_key"],
    ):
        assert not [path.name for path in files if secret.encode() in path.read_bytes()]


def test_the_log_begins_with_the_installation(tmp_path: Path) -> None:
    assert run("init", tmp_path / "new", "--name", "first").code == 0
    assert run("audit", "verify", "--folder", tmp_path / "new").code == 0
    with wiring.open_installation(settings.load(tmp_path / "new")) as installation:
        store = installation.wardline.parts.store
        leaves = [leaf.decode() for _, leaf, _ in store.log_entries(0, store.log_size())]
    assert Verb.INSTALLATION_CREATED in leaves[0]
    assert len(leaves) == 3  # the installation, its administrator, the administrator's key


def test_a_second_init_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    assert run("init", tmp_path / "new").code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "new" / "keys").iterdir()}
    text = (tmp_path / "new" / "wardline.toml").read_text("utf-8")
    again = run("init", tmp_path / "new", "--name", "other", "--json")
    assert again.code == 2
    assert again.error["error"] == "already-exists"
    assert {path: path.read_bytes() for path in (tmp_path / "new" / "keys").iterdir()} == before
    assert (tmp_path / "new" / "wardline.toml").read_text("utf-8") == text


@pytest.mark.parametrize("where", ["tables", "people"])
def test_an_interrupted_init_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    words = (
        "init",
        tmp_path / "new",
        "--platform",
        "example",
        "--webhook-url",
        "https://platform.example/hook",
        "--json",
    )

    def interrupted(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if where == "tables":
            patch.setattr("wardline.wiring.layout.migrate", interrupted)
        else:
            patch.setattr(init_module, "_found", interrupted)
        assert run(*words).code != 0
    keys = {path.name: path.read_bytes() for path in (tmp_path / "new" / "keys").iterdir()}
    finished = run(*words)
    assert finished.code == 0, finished.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "new" / "keys").iterdir()} == keys
    assert run("audit", "verify", "--folder", tmp_path / "new").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--platform", "example"],
        ["--webhook-url", "https://platform.example/"],
        ["--platform", "../elsewhere", "--webhook-url", "https://platform.example/"],
        ["--name", "two words"],
        ["--platform", "example", "--webhook-url", "http://platform.example/"],
    ],
)
def test_what_cannot_work_is_refused_with_advice(tmp_path: Path, words: list[str]) -> None:
    ended = run("init", tmp_path / "new", *words)
    assert ended.code == 2
    assert "What to do:" in ended.err


def test_a_platform_without_its_webhook_is_told_how_to_go_on(tmp_path: Path) -> None:
    ended = run("init", tmp_path / "new", "--platform", "example")
    assert "expected --webhook-url too" in ended.err
    assert "leave --platform out and add it later: docs/how-to/connect-a-platform.md#" in ended.err
    assert "http.md" not in ended.err
    ended = run("init", tmp_path / "new", "--webhook-url", "https://platform.example/")
    assert "expected --platform too" in ended.err
    assert not (tmp_path / "new").exists()
    made = run("init", tmp_path / "new")
    assert "No platform is connected yet" in made.out
    assert "docs/how-to/connect-a-platform.md#" in made.out


def test_a_platform_that_comes_later_is_told_of_at_each_step(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert run("init", folder).code == 0
    made = run("api-key", "create", "--platform", "example", "--folder", folder)
    assert made.code == 0
    assert "connect-a-platform.md#another-platform" in made.err
    checked = run("check", "--folder", folder)
    assert "with its secret: docs/how-to/connect-a-platform.md#another-platform" in checked.out
    section = '\n[[platforms]]\nname = "example"\nurl = "https://platform.example/"\nsecret_file = "keys/example.secret"\n'
    with (folder / "wardline.toml").open("a", encoding="utf-8") as file:
        file.write(section)
    for command in ("check", "serve"):
        ended = run(command, "--folder", folder)
        assert ended.code != 0
        assert "example.secret is not there" in ended.out + ended.err
        assert "Make one" in ended.out + ended.err
    wiring.create_secret(folder / "keys" / "example.secret", b"sixteen bytes or more")
    checked = run("check", "--folder", folder)
    assert checked.code == 0
    assert "example: key and webhook" in checked.out


def test_settings_that_are_there_already_are_not_taken_for_what_was_asked(tmp_path: Path) -> None:
    folder, words = (
        tmp_path / "new",
        ("--platform", "example", "--webhook-url", "https://platform.example/hook"),
    )
    folder.mkdir()
    (folder / "wardline.toml").write_text(settings_text("x", None), "utf-8")
    ended = run("init", folder, *words)
    assert ended.code == 2
    assert "has a wardline.toml and no keys" in ended.err
    assert "move wardline.toml away" in ended.err
    (folder / "wardline.toml").unlink()
    assert run("init", folder).code == 0
    ended = run("init", folder, *words)
    assert ended.code == 2
    assert "has no platform example with this address" in ended.err
    assert "add the platform: docs/how-to/connect-a-platform.md#" in ended.err


def test_a_password_that_is_too_short_is_refused_and_init_can_be_repeated(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("short", "ascii")
    assert run("init", tmp_path / "new", "--admin-password-file", file).code == 2
    assert run("init", tmp_path / "new").code == 0


def _uncommented(text: str) -> str:
    return re.sub(r"^#(?=\[\[|\w+ = )", "", text, flags=re.MULTILINE)


def _keys_of(kind: type[Any]) -> set[str]:
    keys: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        inner = next(
            (each for each in (hint, *get_args(hint)) if isinstance(each, type) and is_dataclass(each)), None
        )
        keys |= _keys_of(inner) if inner else {name}
    return keys


def test_the_settings_file_shows_every_setting() -> None:
    table = tomllib.loads(_uncommented(settings_text("x", None)))

    def names(value: Any) -> set[str]:
        inner = value.items() if isinstance(value, dict) else ()
        lists = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        return (
            {key for key, _ in inner}
            | {name for _, each in inner for name in names(each)}
            | {n for each in lists for n in names(each)}
        )

    assert _keys_of(settings.Settings) - {"folder"} <= names(table)


def test_the_defaults_in_the_settings_file_are_the_defaults(tmp_path: Path) -> None:
    bare = settings.parse(tmp_path, settings_text("wardline", None))
    shown = settings.parse(tmp_path, _uncommented(settings_text("wardline", None)))
    assert bare == settings.Settings(folder=tmp_path.resolve())
    for section in ("installation", "server", "triage", "alarms"):
        assert getattr(shown, section) == getattr(bare, section)
    # A vault in a folder has no secret, and the file shows where another one's would be.
    assert dataclasses.replace(shown.preservation, vault_secret_file=None) == bare.preservation
    # The queue, the profile and the exchange are examples: there is no default.
    assert dataclasses.replace(shown.review, queues=()) == bare.review
    assert dataclasses.replace(shown.matching, category_profiles={}, exchanges=()) == bare.matching
    assert dataclasses.replace(shown.intake, private_scanning=bare.intake.private_scanning) == bare.intake
    assert (shown.store.adapter, shown.referral.environment) == (
        bare.store.adapter,
        bare.referral.environment,
    )


@pytest.mark.parametrize("name", ['a "quoted" one', "back\\slash", "tab\tand\x7f"])
def test_names_are_written_so_that_toml_reads_them_back(name: str) -> None:
    table = tomllib.loads(settings_text("x", (name, "https://platform.example/", "keys/x.secret")))
    assert table["platforms"][0]["name"] == name
