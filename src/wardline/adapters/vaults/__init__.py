"""Where evidence lies sealed."""

from wardline.adapters.vaults.directory import DirectoryVault
from wardline.adapters.vaults.master_key import create_master_key, load_master_key

__all__ = ["DirectoryVault", "create_master_key", "load_master_key"]
