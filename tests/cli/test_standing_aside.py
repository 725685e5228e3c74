"""``wardline case stand-aside``: who could decide an appeal exports nothing of its case before that, on a real installation."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.cli.conftest import Place
from wardline import settings, wiring
from wardline.pipeline import conclude
from wardline.testing.clock import VirtualClock


def appealed(place: Place) -> str:
    """Have a picture decided by Mo and appealed against; gives the case."""
    sent = place.run(
        "submit", place.picture(1), "--account", "account-1", "--ip-address", "192.0.2.9", "--api-key-file",
        place.key_file("trusted"), "--flag", "spam", "--json",
    )  # fmt: skip
    assert sent.code == 1, sent.err
    (case,) = place.run("case", "list", "--json").json
    words = ("case", "decide", case["id"], "--outcome", "other-rule", "--json")
    decided = place.run_as("mo", *words)
    assert decided.code == 0, decided.err
    with wiring.open_installation(settings.load(place.folder)) as installation:
        parts = installation.wardline.parts
        decision = parts.store.decision(decided.json["id"])
        conclude.conclude(replace(parts, clock=VirtualClock(decision.undo_until)), decision.id, 0)
    action = place.run("case", "show", case["id"], "--json").json["actions"][-1]
    said = place.folder.parent / "said.txt"
    said.write_text("It is our garden.", "utf-8")
    sent = place.run(
        "appeal", "--action", action["id"], "--text-file", said, "--api-key-file", place.key_file("trusted")
    )
    assert sent.code == 0, sent.err
    return str(case["id"])


def test_a_lead_exports_a_held_file_after_leaving_the_appeal_to_others(place: Place) -> None:
    case_id = appealed(place)
    key, out = place.folder / "theirs.pem", place.folder.parent / "custody.zip"
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    key.write_bytes(X25519PrivateKey.generate().public_key().public_bytes(serialization.Encoding.PEM, form))
    hold = place.run("hold", "list", "--json").json[-1]
    words = (
        "hold", "export", hold["id"], "--reason", "court-order", "--reference", "7-CO-2026", "--recipient-key", key, "--out", out, "--json",
    )  # fmt: skip
    refused = place.run_as("bea", *words)
    assert (refused.code, refused.error["error"]) == (2, "refused")
    assert "wardline case stand-aside" in refused.err
    assert not out.exists()
    denied = place.run_as("mo", "case", "stand-aside", case_id, "--json")
    assert (denied.code, denied.error["error"]) == (2, "not-allowed")
    left = place.run_as("bea", "case", "stand-aside", case_id)
    assert (left.code, left.out) == (0, f"{case_id}: somebody else decides its appeal.\n")
    made = place.run_as("bea", *words)
    assert made.code == 0, made.err
    assert out.exists()
