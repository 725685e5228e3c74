from __future__ import annotations

from pathlib import Path

import pytest

from wardline.adapters.vaults.bucket_options import place
from wardline.errors import ConfigurationError

GIVEN = {"endpoint": "https://s3.example.org", "region": "eu-central-1", "bucket": "evidence"}
SECRET = b"AKEXAMPLE\nvery-secret\n"


def test_an_endpoint_a_region_a_bucket_and_a_secret_file_are_enough() -> None:
    found = place(GIVEN, SECRET)
    assert (found.access_key, found.secret_key, found.prefix) == ("AKEXAMPLE", "very-secret", "wardline/")
    assert "very-secret" not in repr(found)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000"])
def test_without_tls_only_this_machine_is_asked(endpoint: str) -> None:
    assert place({**GIVEN, "endpoint": endpoint}, SECRET).endpoint == endpoint.rstrip("/")


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://s3.example.org"}, {"endpoint": "http://10.0.0.5:9000"}, {"endpoint": "ftp://127.0.0.1"}, {"endpoint": ""},
        {"endpoint": "https://user:word@s3.example.org"}, {"endpoint": "https://s3.example.org/evidence"},
        {"endpoint": "https://s3.example.org?x=1"}, {"endpoint": "https://s3.example.org:0"}, {"endpoint": "https://[::1"},
        {"region": ""}, {"region": "../x"}, {"bucket": "UPPER"}, {"bucket": "a/b"}, {"bucket": "x"},
        {"prefix": ""}, {"prefix": "no-slash"}, {"prefix": "/"}, {"prefix": "../"}, {"ca_file": "relative.pem"}, {"ca_file": "/missing.pem"},
        {"connect_seconds": "0"}, {"answer_seconds": "nan"}, {"answer_seconds": "soon"}, {"attempts": "0"}, {"attempts": "1000"},
        {"secret_key": "in the settings"},
    ],
)  # fmt: skip
def test_an_option_that_is_not_what_it_must_be_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        place({**GIVEN, **changed}, SECRET)


@pytest.mark.parametrize("missing", GIVEN)
def test_an_option_that_is_missing_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        place({name: value for name, value in GIVEN.items() if name != missing}, SECRET)


@pytest.mark.parametrize("secret", [b"", b"one", b"one\ntwo\nthree", b"one\ntwo words", b"\xff\n\xff"])
def test_a_secret_file_of_another_form_is_refused_and_not_repeated(secret: bytes) -> None:
    with pytest.raises(ConfigurationError) as told:
        place(GIVEN, secret)
    assert "one" not in told.value.message


def test_a_file_of_certificates_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("certificates")
    assert place({**GIVEN, "ca_file": str(path)}, SECRET).ca_file == path
