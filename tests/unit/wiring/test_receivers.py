"""Who gets reports, as the settings say it; what cannot be is refused at the start, by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wardline import ports, settings
from wardline.adapters.clocks import SystemClock
from wardline.errors import ConfigurationError
from wardline.wiring.receivers import receivers

NCMEC = '[referral]\nauthority = "ncmec"\nsandbox_url = "http://127.0.0.1:9/ispws"\nusername = "x"\npassword_file = "p"\n'
PACK = "[referral.packs.nca-pack]\n"


def made(folder: Path, text: str) -> tuple[ports.Authority | None, dict[str, ports.Authority]]:
    (folder / "p").touch(mode=0o600)
    (folder / "p").write_text("secret", "ascii")
    return receivers(
        settings.parse(folder, text), SystemClock(), log_key=bytes(32), reached=lambda _name: None
    )


def test_without_packs_all_is_as_before(tmp_path: Path) -> None:
    assert made(tmp_path, "") == (None, {})
    main, others = made(tmp_path, NCMEC)
    assert (main and main.name, others) == ("ncmec", {})
    assert not (tmp_path / "data" / "packs").exists()


def test_a_maker_of_packs_stands_beside_the_authority_or_is_it(tmp_path: Path) -> None:
    main, others = made(tmp_path, NCMEC + PACK)
    assert (main and main.name, list(others)) == ("ncmec", ["nca-pack"])
    assert isinstance(others["nca-pack"], ports.PackMaker)
    main, others = made(tmp_path, '[referral]\nauthority = "nca-pack"\n' + PACK)
    assert (main and main.name, others) == ("nca-pack", {})
    assert (tmp_path / "data" / "packs").stat().st_mode & 0o777 == 0o700


def test_the_receivers_key_is_read_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    text = PACK + 'recipient_key_file = "nca.pem"\n'
    with pytest.raises(ConfigurationError, match="cannot be read"):
        made(tmp_path, text)
    (tmp_path / "nca.pem").write_text("no key")
    with pytest.raises(ConfigurationError, match="recipient key"):
        made(tmp_path, text)
    key = X25519PrivateKey.generate().public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "nca.pem").write_bytes(pem)
    assert list(made(tmp_path, text)[1]) == ["nca-pack"]


BATCHES = '[referral.viral_batches.{}]\nagreed_with = "their team"\nagreed_on = "2026-11-27"\n'


def test_batched_reports_need_a_receiver_whose_adapter_can_write_them(tmp_path: Path) -> None:
    main, _ = made(tmp_path, NCMEC + BATCHES.format("ncmec"))
    assert main is not None
    text = '[referral]\nauthority = "nca-pack"\n' + PACK + BATCHES.format("nca-pack")
    with pytest.raises(ConfigurationError, match="takes no batched reports"):
        made(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[referral.packs.ncmec]\n", "makes no packs"),
        ("[referral.packs.nobody]\n", "not installed"),
        (NCMEC.replace('password_file = "p"\n', ""), "password_file"),
        (NCMEC.replace("authority", 'environment = "production"\nauthority'), "sandbox address"),
        ('[referral]\nenvironment = "production"\n' + PACK, "production is not confirmed"),
    ],
)
def test_what_is_no_receiver_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        made(tmp_path, text)
