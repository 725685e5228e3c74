"""What the settings say of sign-in: taken as it is meant, or refused before anything runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from wardline import settings
from wardline.errors import ConfigurationError, SecretFileError
from wardline.records import Role, SecondFactor
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import START
from wardline.wiring.accounts import account_rules, providers
from wardline.wiring.secret_files import create_secret

ADDRESS = '[accounts]\naddress = "https://wardline.example"\n'
PROVIDER = '[[accounts.oidc]]\nname = "example"\nissuer = "https://id.example"\nclient_id = "wardline"\nsecret_file = "keys/oidc.secret"\n'


def parsed(folder: Path, text: str) -> settings.Settings:
    return settings.parse(folder, text)


def test_without_a_word_sessions_have_their_limits_and_nobody_comes_from_elsewhere(tmp_path: Path) -> None:
    chosen = parsed(tmp_path, "")
    rules = account_rules(chosen)
    assert (rules.lifetime, rules.idle, rules.most_sessions) == (timedelta(hours=10), timedelta(hours=1), 5)
    assert set(rules.second_factor.values()) == {SecondFactor.OPTIONAL}
    assert rules.host == ""
    assert providers(chosen, VirtualClock(START)) == {}


def test_a_provider_makes_nobody_anything_unless_the_settings_say_so(tmp_path: Path) -> None:
    create_secret(tmp_path / "keys" / "oidc.secret", b"a secret")
    plain = providers(parsed(tmp_path, ADDRESS + PROVIDER), VirtualClock(START))["example"]
    assert (plain.label, plain.roles, plain.create_as, plain.covers_second_factor) == (
        "example",
        None,
        None,
        False,
    )
    more = 'role_claim = "groups"\nroles = { a = "lead" }\ncreate_as = "moderator"\nlabel = "Example Ltd"\n'
    mapped = providers(parsed(tmp_path, ADDRESS + PROVIDER + more), VirtualClock(START))["example"]
    assert (mapped.label, mapped.roles, mapped.create_as) == ("Example Ltd", {"a": Role.LEAD}, Role.MODERATOR)


@pytest.mark.parametrize(
    "text",
    [
        PROVIDER, ADDRESS + PROVIDER + 'role_claim = "groups"\n', ADDRESS + PROVIDER + 'roles = { a = "lead" }\n',
        ADDRESS + PROVIDER.replace('"example"', '"Example/.."'), ADDRESS + PROVIDER.replace("https://id", "http://id"),
        ADDRESS + PROVIDER + PROVIDER, ADDRESS + PROVIDER + 'roles = { a = "owner" }\n',
    ],
)  # fmt: skip
def test_a_provider_that_is_half_set_up_is_refused(text: str, tmp_path: Path) -> None:
    create_secret(tmp_path / "keys" / "oidc.secret", b"a secret")
    with pytest.raises(ConfigurationError):
        providers(parsed(tmp_path, text), VirtualClock(START))


def test_the_secret_of_a_client_is_read_from_its_owners_file_only(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError):
        providers(parsed(tmp_path, ADDRESS + PROVIDER), VirtualClock(START))


@pytest.mark.parametrize(
    "address",
    [
        "http://wardline.example", "https://wardline.example/", "https://wardline.example/path", "https://Wardline.example", "wardline.example",
        "https://user@wardline.example", "https://", "http://127.0.0.1:8460",
    ],
)  # fmt: skip
def test_an_address_that_no_key_could_be_bound_to_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        account_rules(parsed(tmp_path, f'[accounts]\naddress = "{address}"\n'))


@pytest.mark.parametrize(
    "address", ["https://wardline.example", "https://wardline.example:8443", "http://localhost:8460"]
)
def test_an_address_is_scheme_and_host(address: str, tmp_path: Path) -> None:
    assert account_rules(parsed(tmp_path, f'[accounts]\naddress = "{address}"\n')).address == address


def test_keys_that_are_required_need_an_address_to_be_bound_to(tmp_path: Path) -> None:
    wanted = '[accounts.second_factor]\nlead = "required"\n'
    with pytest.raises(ConfigurationError):
        account_rules(parsed(tmp_path, wanted))
    rules = account_rules(parsed(tmp_path, ADDRESS + wanted))
    assert rules.second_factor[Role.LEAD] is SecondFactor.REQUIRED
    assert rules.second_factor[Role.ADMIN] is SecondFactor.OPTIONAL
