"""The vault contract over the vault in a folder."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from wardline import ports
from wardline.adapters.vaults import DirectoryVault
from wardline.testing.vault_contract import VaultContract
from wardline.testing.write_points import Recorder


class TestDirectoryVault(VaultContract):
    @pytest.fixture
    def vault(self, tmp_path: Path) -> ports.Vault:
        return DirectoryVault(tmp_path / "vault", secrets.token_bytes(32), reached=Recorder())
