"""Settings of sign-in to rules and providers."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from wardline import plugins, ports
from wardline.errors import ConfigurationError
from wardline.pipeline.account_rules import AccountRules, Provider
from wardline.records import Role, SecondFactor
from wardline.settings import OidcSettings, Settings
from wardline.wiring.secret_files import read_secret

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


def account_rules(chosen: Settings) -> AccountRules:
    """Make the rules of sign-in; ``ConfigurationError`` when the address is none."""
    wanted = chosen.accounts
    factors = {role: getattr(wanted.second_factor, role.value) for role in Role}
    if SecondFactor.REQUIRED in factors.values() and wanted.address is None:
        raise ConfigurationError(
            "accounts.address: missing, expected the console's address: the keys that a role is required to show are bound to it"
        )
    return AccountRules(
        lifetime=timedelta(hours=wanted.session_hours), idle=timedelta(minutes=wanted.idle_minutes),
        most_sessions=wanted.most_sessions, proof=timedelta(minutes=wanted.proof_minutes),
        second_factor=factors,
        address=_checked(wanted.address) if wanted.address is not None else None,
    )  # fmt: skip


def providers(chosen: Settings, time: ports.Clock) -> dict[str, Provider]:
    """Make the providers that the settings name. None is asked anything yet: one that is down keeps nobody from working."""
    if chosen.accounts.oidc and chosen.accounts.address is None:
        raise ConfigurationError(
            "accounts.address: missing, expected the console's address: providers send people back to it"
        )
    return {each.name: _provider(chosen, each, time) for each in chosen.accounts.oidc}


def _provider(chosen: Settings, each: OidcSettings, time: ports.Clock) -> Provider:
    where = f"accounts.oidc {each.name}"
    if not _NAME.fullmatch(each.name):
        raise ConfigurationError(
            f"{where}: a name that fits no address, expected small letters, digits and dashes"
        )
    if (each.role_claim is None) != (not each.roles):
        raise ConfigurationError(f"{where}: one of role_claim and roles alone, expected both or neither")
    return Provider(
        name=each.name, label=each.label or each.name, issuer=each.issuer, roles=dict(each.roles) or None, create_as=each.create_as,
        covers_second_factor=each.covers_second_factor,
        provider=plugins.load("identities", each.adapter)(
            each.name, issuer=each.issuer, client_id=each.client_id,
            secret=read_secret(chosen.folder / each.secret_file, f"{where}.secret_file"), name_claim=each.name_claim,
            role_claim=each.role_claim, now=time.now,
        ),
    )  # fmt: skip


def _checked(address: str) -> str:
    """Require a scheme and a host and nothing else: security keys compare it with what the browser says, letter by letter."""
    parts = urlsplit(address)
    plain = f"{parts.scheme}://{parts.netloc}"
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
    if address != plain.lower() or not parts.hostname or "@" in parts.netloc or not is_safe:
        raise ConfigurationError(
            "accounts.address: no plain https address, expected https:// and a host in small letters, without a path"
        )
    return address
