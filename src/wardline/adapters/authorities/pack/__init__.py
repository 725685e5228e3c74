"""Filing packs: what a person files in a receiver's portal, or hands over, as one signed ZIP."""

from wardline.adapters.authorities.pack.authority import NcaPack, PackAuthority, SignedPack

__all__ = ["NcaPack", "PackAuthority", "SignedPack"]
