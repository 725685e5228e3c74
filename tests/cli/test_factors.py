"""Accounts elsewhere and security keys, on the command line."""

from __future__ import annotations

from tests.cli.conftest import Place
from wardline import records, settings, wiring
from wardline.testing import store_records as make


def _given(place: Place) -> tuple[records.Identity, records.Passkey]:
    """Give somebody an account elsewhere and a key."""
    with wiring.open_installation(settings.load(place.folder)) as installation:
        store = installation.wardline.parts.store
        user = store.user_named("mo")
        assert user is not None
        identity, passkey = make.identity(user_id=user.id), make.passkey(user_id=user.id)
        store.commit(
            records.Insert(identity), records.Insert(passkey),
            entries=[installation.wardline.parts.entry(records.Verb.IDENTITY_LINKED, identity.id)],
        )  # fmt: skip
    return identity, passkey


def test_what_somebody_has_beside_a_password_is_shown_without_the_keys_themselves(place: Place) -> None:
    assert "A password, and nothing else." in place.run("user", "identities", "mo").out
    identity, passkey = _given(place)
    shown = place.run("user", "identities", "mo", "--json")
    assert [each["id"] for each in shown.json["identities"]] == [identity.id]
    assert [each["id"] for each in shown.json["passkeys"]] == [passkey.id]
    assert passkey.credential_id not in shown.out
    assert place.run("user", "identities", "nobody", "--json").error["error"] == "not-found"


def test_a_link_is_taken_away_and_so_are_lost_keys(place: Place) -> None:
    identity, _ = _given(place)
    left = place.run("user", "identities", "mo", "--unlink", identity.id, "--json").json
    assert left["identities"] == []
    assert (
        place.run("user", "identities", "mo", "--unlink", identity.id, "--json").error["error"] == "not-found"
    )
    assert place.run("user", "reset-factors", "mo").out == "1 key of mo taken away; signed out everywhere.\n"
    assert place.run("user", "identities", "mo", "--json").json["passkeys"] == []
