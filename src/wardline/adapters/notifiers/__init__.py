"""Ways to tell a person."""

from wardline.adapters.notifiers.smtp import SmtpNotifier, SmtpSecurity
from wardline.adapters.notifiers.webhook import WebhookNotifier

__all__ = ["SmtpNotifier", "SmtpSecurity", "WebhookNotifier"]
