"""What the entry points ``wardline.notifiers`` and ``wardline.witnesses`` give: both kinds in one, from the settings' options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from wardline.adapters.notifiers.smtp import SmtpNotifier, SmtpSecurity
from wardline.adapters.notifiers.webhook import WebhookNotifier
from wardline.errors import ConfigurationError


def webhook(
    name: str, options: Mapping[str, str], secret: bytes, *, now: Callable[[], datetime]
) -> WebhookNotifier:
    """Make a webhook notifier. Options: ``url``."""
    _only(name, options, needed={"url"}, allowed=set())
    return WebhookNotifier(name, options["url"], secret, now=now)


def smtp(
    name: str,
    options: Mapping[str, str],
    secret: bytes,
    *,
    now: Callable[[], datetime],  # noqa: ARG001 -- every notifier is given the time
) -> SmtpNotifier:
    """Make an e-mail notifier. Options: ``host port sender recipients``, and ``user security`` where the server wants them."""
    _only(name, options, needed={"host", "port", "sender", "recipients"}, allowed={"user", "security"})
    if not options["port"].isdigit():
        raise ConfigurationError(f"notifier {name}: port is no number, expected one")
    try:
        security = SmtpSecurity(options.get("security", SmtpSecurity.STARTTLS))
    except ValueError:
        known = ", ".join(SmtpSecurity)
        raise ConfigurationError(f"notifier {name}: unknown security, expected one of {known}") from None
    return SmtpNotifier(
        name, host=options["host"], port=int(options["port"]), sender=options["sender"],
        recipients=[each.strip() for each in options["recipients"].split(",")], user=options.get("user"),
        password=secret.decode() if secret else None, security=security,
    )  # fmt: skip


def _only(name: str, options: Mapping[str, str], *, needed: set[str], allowed: set[str]) -> None:
    if needed - set(options) or set(options) - needed - allowed:
        words = " ".join(sorted(needed | allowed))
        raise ConfigurationError(f"notifier {name}: wrong options, expected {words}")
