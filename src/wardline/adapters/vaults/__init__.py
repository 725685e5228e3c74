"""Where evidence lies sealed."""

from wardline.adapters.vaults.directory import DirectoryVault

__all__ = ["DirectoryVault"]
