"""The online platforms that Wardline serves."""

from wardline.adapters.platforms.signing import sign, verify_signature
from wardline.adapters.platforms.webhook import WebhookPlatform

__all__ = ["WebhookPlatform", "sign", "verify_signature"]
