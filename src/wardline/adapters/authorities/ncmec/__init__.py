"""The CyberTipline of the National Center for Missing & Exploited Children: builder, rules and client of its Reporting API."""

from wardline.adapters.authorities.ncmec.client import PRODUCTION_URL, TEST_URL, NcmecAuthority

__all__ = ["PRODUCTION_URL", "TEST_URL", "NcmecAuthority"]
