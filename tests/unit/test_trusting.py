"""Whom clients of HTTPS trust."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wardline.adapters.trusting import trust


def _authorities(context: ssl.SSLContext) -> set[str]:
    return {str(each["serialNumber"]) for each in context.get_ca_certs()}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Name an authority of an operator's own in the environment; gives its serial number."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Own authority")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 0xABCDEF, start, start + timedelta(days=30)
    )
    made = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    (tmp_path / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    return {"ABCDEF"}


def test_clients_share_what_was_read_and_check_whom_they_talk_to() -> None:
    assert trust(trust_env=False) is trust(trust_env=False)
    assert trust(trust_env=False).verify_mode is ssl.CERT_REQUIRED
    assert trust(trust_env=False).check_hostname


def test_only_who_listens_to_the_environment_trusts_the_authority_that_it_names(own: set[str]) -> None:
    assert _authorities(trust(trust_env=True)) == own
    assert len(_authorities(trust(trust_env=False))) > 1
    assert not own & _authorities(trust(trust_env=False))


def test_what_the_environment_names_later_counts_for_later_clients(
    monkeypatch: pytest.MonkeyPatch, own: set[str]
) -> None:
    named = _authorities(trust(trust_env=True))
    monkeypatch.delenv("SSL_CERT_FILE")
    assert named == own
    assert not own & _authorities(trust(trust_env=True))


def test_a_file_that_cannot_be_read_is_an_error_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    for _ in range(2):
        with pytest.raises(OSError):
            trust(trust_env=True)
