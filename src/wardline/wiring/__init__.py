"""Settings to Wardline: reads the keys, chooses the adapters, puts the parts together."""

from wardline.wiring.backing_up import BackUp, back_up, restore
from wardline.wiring.connecting import Installation, connect, open_installation
from wardline.wiring.layout import KeyFiles, create_installation, migrate
from wardline.wiring.master_keys import FileKeys, MasterKey
from wardline.wiring.secret_files import create_secret, read_secret

__all__ = [
    "BackUp", "FileKeys", "Installation", "KeyFiles", "MasterKey", "back_up", "connect", "create_installation", "create_secret", "migrate", "open_installation", "read_secret", "restore",
]  # fmt: skip
