"""Secrets and names planted in every field stand in no log, error, metric or table of durable work, whatever misbehaves outside.

The real program, started as an installation starts it, its output read to its end; every outside system answers with what it was sent, and with marks of its own.
That each was called, that work failed and that the logs tell of it is asserted too: of a service that did nothing nothing would come out.
"""

from __future__ import annotations

import hashlib
import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Ended, run
from tests.faults.misbehaving_outside import SERVICES, Outside, misbehaving
from tests.faults.planted import Planted, toml
from wardline import records
from wardline.kernels import pdq
from wardline.testing import pictures

_PATIENCE_SECONDS = 60
_OPEN_TABLES = frozenset({"workflow_status", "operation_outputs", "workflow_input", "workflow_output", "workflow_events", "notifications",
                          "streams", "audit_entries", "audit_loads", "audit_checkpoints", "alarms", "counts", "fences"})  # fmt: skip
"""Tables that hold ids, codes and digests only: what is in them is logged, shown to everybody, or sent to whoever hears of alarms."""


@dataclass
class Story:
    """What was planted, and everything that came out."""

    planted: Planted = field(default_factory=Planted)
    out: dict[str, bytes] = field(default_factory=dict)
    """By where it came out."""
    statuses: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    def hear(self, where: str, answer: httpx.Response) -> httpx.Response:
        """Keep an answer whole, with its headers."""
        self.statuses[where] = answer.status_code
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.out[where] = f"{headers}\n\n".encode() + answer.content
        return answer

    def ended(self, where: str, ended: Ended) -> Ended:
        """Keep what a verb printed before it failed."""
        assert ended.code != 0, where
        self.out[where] = (ended.out + ended.err).encode()
        return ended


@dataclass
class Place:
    """An installation with something planted wherever something can be."""

    story: Story
    folder: Path
    low: str
    trusted: str
    admin: str
    listed: bytes
    """A picture on its list."""

    def secret(self, name: str, content: str | None = None) -> str:
        """Write a secret file into the key folder; gives its path in the settings."""
        path = self.folder / "keys" / f"{name}.secret"
        path.touch(mode=0o600)
        path.write_text(content or self.story.planted.mark(f"secret_{name}"), "ascii")
        return f"keys/{name}.secret"

    def password_file(self, name: str) -> Path:
        return self.folder.parent / f"{name}.password"

    def run(self, *words: object) -> Ended:
        return run(*words, "--folder", self.folder, "--json")

    def run_as(self, name: str, *words: object) -> Ended:
        return self.run(
            *words,
            "--as",
            self.story.planted.marks[f"person_{name}"],
            "--password-file",
            self.password_file(name),
        )


def a_picture(seed: int, mark: str) -> bytes:
    """Draw a picture of a size that everything is done with, with a mark in its comment."""
    file = io.BytesIO()
    pictures.scene(seed, (320, 240)).save(file, "JPEG", quality=85, comment=mark.encode())
    return file.getvalue()


def good(ended: Ended) -> Any:
    assert ended.code == 0, ended.err
    return ended.json


def installed(story: Story, tmp_path: Path, outside: Outside) -> Place:
    """Make an installation by the program itself, with marks for names, passwords, addresses and secrets."""
    planted, folder = story.planted, tmp_path / "installation"

    def password(name: str) -> Path:
        path = tmp_path / f"{name}.password"
        path.touch(mode=0o600)
        path.write_text(planted.mark(f"password_{name}"), "ascii")
        return path

    made = good(
        run("init", folder, "--admin", planted.mark("person_ada"), "--admin-password-file", password("ada"), "--platform", "example",
            "--webhook-url", outside.url("platform"), "--json")
    )  # fmt: skip
    place = Place(story, folder, planted.keep("key_low", made["platforms"][0]["api_key"]), "", "", b"")
    place.admin = planted.keep("key_admin", made["administrator_key"])
    _configure(place, outside)
    place.trusted = planted.keep(
        "key_trusted", good(place.run("api-key", "create", "--platform", "example", "--trusted"))["secret"]
    )
    for name, role in (("bea", "lead"), ("mo", "moderator")):
        good(
            place.run(
                "user",
                "create",
                planted.mark(f"person_{name}"),
                "--role",
                role,
                "--password-file",
                password(name),
            )
        )
    for path in (folder / "keys").iterdir():
        if path.suffix in {".key", ".secret"}:
            planted.keep(f"file_{path.name}", path.read_bytes().strip().decode("ascii"))
    _add_list(place)
    return place


def _configure(place: Place, outside: Outside) -> None:
    mark, email = place.story.planted.mark, place.story.planted.email
    settings = place.folder / "wardline.toml"
    text = settings.read_text("utf-8")
    sections: dict[str, dict[str, Any]] = {
        "review": {"undo_seconds": 0},
        "review.opinions": {"gravest": False, "random_percent": 0.0},
        "accounts": {"address": "http://localhost:8460"},
        "referral": {
            "authority": "ncmec", "sandbox_url": outside.url("authority"), "username": mark("authority_user"),
            "password_file": place.secret("authority"),
        },
        "referral.reporter": {
            "first_name": mark("reporter_first"), "last_name": mark("reporter_last"), "email": email("reporter_email"),
            "platform": mark("reporter_platform"), "phone": "+1 555 0100 777", "contact_email": email("contact_email"),
            "company_template": mark("company_template"), "legal_url": f"https://{mark('legal_url')}.example/",
        },
    }  # fmt: skip
    for name, values in sections.items():
        lines = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
        assert f"[{name}]\n" in text, name
        text = text.replace(f"[{name}]\n", f"[{name}]\n{lines}\n", 1)
    text = text.replace(
        "[automation]\n", "[automation]\n[[automation.scopes]]\nname = \"posts\"\nsurfaces = [\"post\"]\ndetectors = [\"det\"]\n", 1
    )  # fmt: skip
    many: list[tuple[str, dict[str, Any]]] = [
        ("detectors", {
            "name": "det", "adapter": "http", "version": "1", "secret_file": place.secret("detector"),
            "options": {"url": outside.url("detector"), "score": "/score", "header": "Authorization", "header_prefix": mark("header_prefix"),
                        "seconds": "2", "retries": "0"},
        }),
        ("notifiers", {
            "name": "hook", "adapter": "webhook", "secret_file": place.secret("notifier"), "options": {"url": outside.url("notifier")},
        }),
        ("notifiers", {
            "name": "letters", "adapter": "smtp", "secret_file": place.secret("mail"),
            "options": {"host": "127.0.0.1", "port": str(outside.mail_port), "sender": email("mail_sender"), "recipients": email("mail_recipient"),
                        "user": mark("mail_user"), "security": "plain"},
        }),
        ("audit.witnesses", {
            "name": "far", "adapter": "webhook", "secret_file": place.secret("witness"), "options": {"url": outside.url("witness")},
        }),
        ("matching.exchanges", {
            "name": "swap", "adapter": "ncmec", "secret_file": place.secret("exchange"),
            "options": {"environment": "Industry", "username": mark("exchange_user"), "sandbox_url": outside.url("exchange")},
        }),
        ("accounts.oidc", {
            "name": "idp", "issuer": outside.url("provider"), "client_id": mark("client_id"), "secret_file": place.secret("provider"),
        }),
    ]  # fmt: skip
    for name, values in many:
        lines = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
        text += f"\n[[{name}]]\n{lines}\n"
    settings.write_text(text, "utf-8")


def _add_list(place: Place) -> None:
    """Add and activate a list that knows one picture, with its digests planted."""
    planted, tmp = place.story.planted, place.folder.parent
    place.listed = a_picture(1, planted.mark("comment_listed"))
    digest = planted.keep("listed_sha256", hashlib.sha256(place.listed).hexdigest())
    planted.keep("listed_md5", hashlib.md5(place.listed, usedforsecurity=False).hexdigest())
    exact, _ = pdq.exact(_luma(place.listed))
    near = planted.keep("listed_pdq", exact.hex())
    path = tmp / "list.csv"
    path.write_text(f"hash_type,hash\nsha256,{digest}\npdq,{near}\n", "ascii")
    terms = ("--provenance", planted.mark("provenance"), "--trust", "verified")
    added = good(place.run_as("bea", "hash-list", "add", path, "--name", planted.mark("list_name"), *terms))
    good(place.run_as("ada", "hash-list", "activate", added["hash_list"]["id"]))
    broken = tmp / "broken.csv"
    broken.write_text(
        f"hash_type,hash\nsha256,{planted.mark('malformed_entry')}\n{planted.mark('malformed_kind')},00\n",
        "ascii",
    )
    ended = place.run_as("bea", "hash-list", "add", broken, "--name", "broken", *terms)
    place.story.out["verb: a malformed list"] = (ended.out + ended.err).encode()


def _luma(content: bytes) -> Any:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def about(planted: Planted, who: str, **fields: Any) -> dict[str, Any]:
    """Make the context of an upload, with a mark in everything that a platform can fill."""
    mark, email = planted.mark, planted.email
    planted.marks[f"{who}_ip"] = "2001:db8:7a71:51::dead"
    person = {
        "first_name": mark(f"{who}_first"), "last_name": mark(f"{who}_last"), "emails": [{"address": email(f"{who}_email")}],
        "phones": [{"number": "15550100778"}], "addresses": [{"street": mark(f"{who}_street"), "city": mark(f"{who}_city")}],
    }  # fmt: skip
    when = "2026-01-02T03:04:05Z"
    given = {
        "account_reference": mark(f"{who}_account"), "content_reference": mark(f"{who}_content"), "surface": "post", "visibility": "public",
        "uploaded_at": when, "region": "US", "ip_address": planted.marks[f"{who}_ip"], "port": 50123, "file_name": f"{mark(f'{who}_file')}.jpg",
        "url": f"https://{mark(f'{who}_host')}.example/{mark(f'{who}_url')}",
        "report": {
            "account": {
                "screen_name": mark(f"{who}_screen"), "display_names": [mark(f"{who}_display")], "person": person,
                "profile_urls": [f"https://forum.example/{mark(f'{who}_profile')}"],
                "ip_events": [{"ip_address": planted.marks[f"{who}_ip"], "event": "Login", "at": when}],
            },
            "recipients": [{"account_reference": mark(f"{who}_recipient")}],
            "victims": [{"person": {"age": 12, "first_name": mark(f"{who}_victim")}, "account_reference": mark(f"{who}_victim_account")}],
            "chats": [{"client": mark(f"{who}_client"), "content": mark(f"{who}_chat")}],
            "devices": [{"id_type": mark(f"{who}_device_type"), "id_value": mark(f"{who}_device")}],
            "metadata": [{"kind": "EXIF", "pairs": [{"name": mark(f"{who}_tag"), "value": mark(f"{who}_value")}]}],
        },
    }  # fmt: skip
    return given | fields


def upload(
    story: Story, where: str, url: str, key: str, content: bytes, context: dict[str, Any]
) -> httpx.Response:
    """Send an upload under an idempotency key that is planted too."""
    files = {
        "context": (None, json.dumps(context).encode(), "application/json"),
        "file": (f"{story.planted.mark(f'{len(story.out)}_part_name')}.jpg", content, "image/jpeg"),
    }
    headers = {
        "Authorization": f"Bearer {key}",
        "Idempotency-Key": story.planted.mark(f"{len(story.out)}_idempotency"),
    }
    return story.hear(
        where, httpx.post(f"{url}/v1/items", files=files, headers=headers, timeout=_PATIENCE_SECONDS)
    )


def wrong_requests(place: Place, url: str) -> None:
    """Ask for what is not there and send what is malformed, with marks in it; every answer must be a refusal."""
    story, low = place.story, {"Authorization": f"Bearer {place.low}"}
    mark = story.planted.mark
    fine = about(story.planted, "refused")
    for name, value in (
        ("visibility", mark("bad_visibility")), ("uploaded_at", mark("bad_time")), ("ip_address", mark("bad_ip")), ("port", mark("bad_port")),
        ("region", mark("bad_region")), ("url", mark("bad_url") * 200),
        (mark("unknown_field"), mark("unknown_value")), ("surface", mark("long_surface") * 9), ("language", mark("bad_language")),
    ):  # fmt: skip
        where = f"answer: refused {len(story.out)}"
        assert upload(story, where, url, place.low, b"x", fine | {name: value}).status_code >= 400, name
    for report in (
        {mark("bad_part"): mark("bad_part_value")},
        {"account": {"location": {"country": mark("bad_country")}}},
        {
            "account": {
                "person": {"emails": [{"address": mark("bad_email"), "verified_at": mark("bad_when")}]}
            }
        },
        {"account": {"person": {"date_of_birth": mark("bad_birth")}}},
        {"devices": [{"id_type": "IMEI", mark("bad_device"): 1}]},
    ):
        # What cannot be read of it is left out, and no upload is refused for that.
        where = f"answer: left out {len(story.out)}"
        about_it = fine | {"report": report}
        assert upload(story, where, url, place.low, b"x", about_it).status_code == 202
    asked: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("a key of nobody", "GET", "/v1/cases", {"headers": {"Authorization": f"Bearer wl_{mark('key_of_nobody')}"}}),
        ("no case", "GET", f"/v1/cases/{mark('case_id')}", {"headers": low}),
        ("no path", "GET", f"/{mark('path')}?{mark('query')}={mark('query_value')}", {"headers": low}),
        ("no JSON", "POST", "/v1/flags", {"headers": low, "content": mark("no_json"), }),
        ("a flag", "POST", "/v1/flags", {"headers": low, "json": {"reason": mark("flag_reason"), "item_id": mark("flag_item")}}),
        ("an appeal", "POST", "/v1/appeals", {"headers": low, "json": {"text": mark("appeal_text"), "action_id": mark("appeal_action")}}),
        ("no item", "GET", f"/v1/items/{mark('item_id')}", {"headers": low}),
        ("a method", "DELETE", f"/v1/items/{mark('deleted')}", {"headers": low}),
        ("a header", "POST", "/v1/items", {"headers": {**low, "Wardline-Context": mark("header_context")}, "content": b"x"}),
        ("no key at all", "POST", "/v1/items", {"content": mark("body_of_nobody")}),
    )  # fmt: skip
    for where, method, path, request in asked:
        answer = story.hear(f"answer: {where}", httpx.request(method, f"{url}{path}", **request))
        assert answer.status_code >= 400, where
    story.hear(
        "answer: a wrong password",
        httpx.post(
            f"{url}/sign-in", data={"name": mark("name_of_nobody"), "password": mark("wrong_password")}, headers={"Origin": url}
        ),
    )  # fmt: skip


def live(place: Place, outside: Outside) -> None:
    """Start the real service, let everything happen, and end it in good order."""
    story, tmp = place.story, place.folder.parent
    command = [
        sys.executable,
        "-m",
        "wardline",
        "serve",
        "--folder",
        str(place.folder),
        "--port",
        "0",
        "--json",
    ]
    with (tmp / "stdout").open("wb") as stdout, (tmp / "stderr").open("wb") as stderr, subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=stderr
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            stdout.write(first)
            _happen(place, json.loads(first)["url"], outside)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(_PATIENCE_SECONDS)
            stdout.write(process.stdout.read() if process.stdout is not None else b"")
    for name in ("stdout", "stderr"):
        story.out[f"serve: {name}"] = (tmp / name).read_bytes()
    assert code == 0, story.out["serve: stderr"][-2000:]


def _happen(place: Place, url: str, outside: Outside) -> None:
    story = place.story
    planted = story.planted
    assert (
        upload(story, "answer: a match", url, place.low, place.listed, about(planted, "match")).status_code
        == 202
    )
    damaged = place.listed[:900] + planted.mark("damaged").encode()
    assert (
        upload(story, "answer: damaged", url, place.low, damaged, about(planted, "damaged")).status_code
        == 202
    )
    flagged = a_picture(3, planted.mark("comment_flagged"))
    context = about(planted, "flagged", flag=planted.mark("flag"))
    assert (
        upload(story, "answer: flagged", url, place.trusted, flagged, context).json()["outcome"] == "review"
    )
    tell_incidents(place, url)
    wrong_requests(place, url)
    story.hear("answer: provider", httpx.post(f"{url}/sign-in/with/idp", headers={"Origin": url}))
    story.hear(
        "answer: from the provider",
        httpx.get(
            f"{url}/sign-in/with/idp/back",
            params={"code": planted.mark("code"), "state": planted.mark("state")},
        ),
    )
    matched = next(each for each in good(place.run("case", "list")) if each["restricted"])
    note = ("--note", planted.mark("note"))
    good(
        place.run_as(
            "mo", "case", "decide", matched["id"], "--outcome", "violation", "--category", "A2", *note
        )
    )
    requests_about(place, matched, outside)
    exchange = (
        "--exchange",
        "swap",
        "--name",
        "swapped",
        "--provenance",
        planted.mark("swapped"),
        "--trust",
        "unverified",
    )
    story.ended("verb: an exchange that misbehaves", place.run_as("bea", "hash-list", "add", *exchange))
    for service in SERVICES:
        assert outside.wait_for(service, 1, _PATIENCE_SECONDS), (
            f"{service} was never called: {dict(outside.calls)}"
        )
    for service in ("platform", "authority"):
        assert outside.wait_for(service, 2, _PATIENCE_SECONDS), f"{service}: {dict(outside.calls)}"
    key = {"Authorization": f"Bearer {place.admin}"}
    for path in ("/metrics", "/health", "/ready"):
        assert story.hear(f"answer: {path}", httpx.get(f"{url}{path}", headers=key)).status_code == 200


def tell_incidents(place: Place, url: str) -> None:
    """Tell of an incident of each kind, in words with marks, and of some that are refused."""
    mark = place.story.planted.mark
    for kind in sorted(set(records.IncidentKind) - {records.IncidentKind.FILES}):
        told = {
            "kind": kind, "account_reference": mark(f"{kind}_account"), "incident_reference": mark(f"{kind}_incident"), "surface": "post",
            "visibility": "public", "happened_at": "2026-01-02T03:04:05Z", "what_happened": mark(f"{kind}_words"),
            "messages": [{"by": mark(f"{kind}_by"), "text": mark(f"{kind}_text")}], "flag": mark(f"{kind}_flag"),
            "report": {"victims": [{"account_reference": mark(f"{kind}_victim")}]},
        }  # fmt: skip
        for where, changes, key in (
            ("taken", {}, place.trusted), ("of low trust", {"account_reference": mark(f"{kind}_low")}, place.low),
            ("refused", {"happened_at": mark(f"{kind}_time")}, place.trusted), ("unknown", {mark(f"{kind}_field"): mark(f"{kind}_value")}, place.low),
        ):  # fmt: skip
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": mark(f"{kind}_{where}_key")}
            answer = httpx.post(
                f"{url}/v1/incidents", json=told | changes, headers=headers, timeout=_PATIENCE_SECONDS
            )
            place.story.hear(f"answer: {kind} {where}", answer)
            expected = 400 if where in {"refused", "unknown"} else 202
            assert answer.status_code == expected, (kind, where, answer.text)


def _between_tries(place: Place, *words: str) -> Ended:
    """Have a lead do something with a report; again while one of the tries to send it is under way, for then it takes nothing."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        ended = place.run_as("bea", *words)
        is_under_way = "opening, expected one of which nothing was sent yet" in ended.err
        if not is_under_way or time.monotonic() > deadline:
            return ended


def requests_about(place: Place, case: dict[str, Any], outside: Outside) -> None:
    """Record what agencies ask for, facts, causes and references, and bring evidence into a bucket that misbehaves."""
    story, mark = place.story, place.story.planted.mark

    def asker(name: str) -> tuple[str, ...]:
        return (
            "--agency", mark(f"{name}_agency"), "--reference", mark(f"{name}_reference"), "--contact", place.story.planted.email(f"{name}_contact"),
        )  # fmt: skip

    asked = good(
        place.run_as("bea", "preservation", "record", "--basis", "us-2703f", "--case", case["id"], *asker("kept"))
    )  # fmt: skip
    asked_id = (asked.get("preservation") or asked)["id"]
    longer = ("--reason", mark("kept_longer"))
    good(place.run_as("bea", "preservation", "extend", asked_id, *longer))
    good(place.run_as("bea", "preservation", "end", asked_id, "--reason", mark("kept_no_more")))
    destroyed = (
        "destruction",
        "propose",
        case["item_ids"][0],
        *asker("destroyed"),
        "--reason",
        mark("destroyed_why"),
    )
    story.ended("verb: a destruction despite holds", place.run_as("bea", *destroyed))
    referral = good(place.run("referral", "list"))[0]
    for kind in ("location", "identifier", "linked-account", "danger"):
        fact = ("--kind", kind, "--text", mark(f"fact_{kind}"))
        good(_between_tries(place, "referral", "add-fact", referral["id"], *fact))
    recorded = ("referral", "record", referral["id"], "--reference", mark("portal_reference"))
    story.ended("verb: a reference of no pack", place.run_as("bea", *recorded))
    exported = (
        "export",
        "vics",
        "--reason",
        "police-request",
        "--reference",
        mark("export_reference"),
        "--profile",
        "none-such",
    )
    story.ended("verb: an export", place.run_as("bea", *exported, "--case", case["id"]))
    place.secret("objects", f"{mark('access_key')}\n{mark('secret_key')}\n")
    text = (place.folder / "wardline.toml").read_text("utf-8")
    other = place.folder.parent / "other.toml"
    options = {"endpoint": outside.address, "region": "eu-central-1", "bucket": "objects", "attempts": "1"}
    kept = {"vault": "s3", "vault_secret_file": "keys/objects.secret", "vault_options": options}
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in kept.items())
    other.write_text(text.replace("[preservation]\n", f"[preservation]\n{lines}\n", 1), "utf-8")
    story.ended("verb: a bucket that misbehaves", place.run_as("bea", "vault", "copy", "--to", other))


def failing_verbs(place: Place) -> None:
    """Let verbs of the command line fail beside what holds secrets."""
    story, tmp = place.story, place.folder.parent
    mark = story.planted.mark

    def wrong(name: str, content: str) -> Path:
        path = tmp / name
        path.touch(mode=0o600)
        path.write_text(content, "ascii")
        return path

    story.ended(
        "verb: a wrong password",
        place.run("case", "decide", "case-1", "--outcome", "cannot-tell", "--as", story.planted.marks["person_mo"],
                  "--password-file", wrong("wrong.password", mark("wrong_password_of_verb"))),
    )  # fmt: skip
    key = wrong("wrong.key", f"wl_{mark('wrong_key_of_verb')}")
    picture = tmp / "picture.jpg"
    picture.write_bytes(place.listed)
    submitted = (
        "submit",
        picture,
        "--account",
        mark("verb_account"),
        "--content-reference",
        mark("verb_content"),
    )
    story.ended("verb: a wrong key", place.run(*submitted, "--api-key-file", key))
    story.ended("verb: a bad kind", place.run_as("mo", "hash-list", "disable", "hash-list-1"))
    settings = place.folder / "wardline.toml"
    text = settings.read_text("utf-8")
    for name, broken in (
        ("an unknown setting", f'{text}\n[[notifiers]]\nadapter = "smtp"\nname = "x"\npassword = "{mark("inline_password")}"\n'),
        ("no TOML", f'{text}\nx = "{mark("unclosed")}\n'),
        ("a wrong kind", text.replace("undo_seconds = 0", f'undo_seconds = "{mark("wrong_kind")}"')),
        ("a bad address", text.replace('adapter = "webhook"\n', 'adapter = "webhook"\n', 1).replace(
            "[referral]\n", "[referral]\n", 1).replace("http://127.0.0.1:", f"http://{mark('user_in_url')}:{mark('password_in_url')}@127.0.0.1:")),
    ):  # fmt: skip
        settings.write_text(broken, "utf-8")
        story.ended(f"verb: {name}", place.run("check"))
    settings.write_text(text, "utf-8")
    vault = place.folder / "keys" / "vault.key"
    right = vault.read_bytes()
    vault.write_text(mark("malformed_vault_key"), "ascii")
    story.ended("verb: a malformed master key", place.run("check"))
    vault.write_bytes(right)


def rows(database: Path) -> Iterator[tuple[str, bytes]]:
    """Give each table that holds no names, with all that it holds."""
    with closing(sqlite3.connect(database)) as connection:
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        for name in sorted(names & _OPEN_TABLES):
            found = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - names of tables of our own
            told = [each if isinstance(each, bytes) else str(each).encode() for row in found for each in row]
            yield name, b"\n".join(told)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    told, folder = Story(), tmp_path_factory.mktemp("planted")
    with misbehaving(told.planted) as outside:
        place = installed(told, folder, outside)
        live(place, outside)
        told.calls = dict(outside.calls)
    failing_verbs(place)
    for name, content in rows(next((place.folder / "data").glob("*.sqlite"))):
        told.out[f"table: {name}"] = content
    return told


@pytest.mark.long
def test_every_outside_system_was_called_and_the_logs_tell_that_it_failed(story: Story) -> None:
    assert set(SERVICES) <= set(story.calls)
    lines = [json.loads(line) for line in story.out["serve: stderr"].splitlines()]
    assert lines
    assert {"error", "warning"} & {line["level"] for line in lines}
    assert story.out["table: workflow_status"]
    assert story.out["table: audit_entries"]
    assert story.out["table: alarms"]
    assert story.out["answer: /metrics"].count(b"wardline_") > 5
    assert len(story.planted.marks) > 300


@pytest.mark.long
def test_nothing_that_was_planted_comes_out(story: Story) -> None:
    found = {
        where: names for where, content in story.out.items() if (names := story.planted.found_in(content))
    }
    assert found == {}


def test_marks_are_found_plain_folded_in_hex_and_in_base_64() -> None:
    import base64

    planted = Planted()
    mark = planted.mark("it")
    forms = [mark.encode(), mark.upper().encode(), mark.encode().hex().encode()]
    forms += [base64.b64encode(b"x" * before + mark.encode() + b"tail") for before in range(4)]
    for form in forms:
        assert planted.found_in(b"before " + form + b" after") == ["it"]
    assert planted.found_in(b"nothing") == []
