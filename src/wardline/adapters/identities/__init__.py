"""Providers of OpenID Connect."""

from wardline.adapters.identities.oidc import OidcProvider

__all__ = ["OidcProvider"]
