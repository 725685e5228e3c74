"""Filing packs: what a person files in a receiver's portal, or hands over, as one signed ZIP."""

from wardline.adapters.authorities.pack.authority import NcaPack, PackAuthority, SignedPack
from wardline.adapters.authorities.pack.kept import KeptPacks

__all__ = ["KeptPacks", "NcaPack", "PackAuthority", "SignedPack"]
