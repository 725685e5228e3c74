"""Settings to Wardline: reads the keys, chooses the adapters, puts the parts together."""

from wardline.wiring.backing_up import (
    BackUp,
    BegunBackUp,
    begin_back_up,
    finish_back_up,
    missing_files,
    restore,
)
from wardline.wiring.connecting import Installation, connect, open_installation, open_vault
from wardline.wiring.layout import KeyFiles, create_installation, migrate
from wardline.wiring.master_keys import FileKeys, MasterKey
from wardline.wiring.secret_files import create_secret, read_secret
from wardline.wiring.vault_places import (
    any_place,
    anywhere,
    begin_closing,
    close,
    is_stated,
    place_of,
    require_same_place,
)

__all__ = [
    "BackUp",
    "BegunBackUp",
    "FileKeys",
    "Installation",
    "KeyFiles",
    "MasterKey",
    "any_place",
    "anywhere",
    "begin_back_up",
    "begin_closing",
    "close",
    "connect",
    "create_installation",
    "create_secret",
    "finish_back_up",
    "is_stated",
    "migrate",
    "missing_files",
    "open_installation",
    "open_vault",
    "place_of",
    "read_secret",
    "require_same_place",
    "restore",
]  # fmt: skip
