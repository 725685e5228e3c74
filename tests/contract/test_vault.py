"""The vault contract over the vault in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardline import ports
from wardline.adapters.vaults import DirectoryVault
from wardline.testing.vault_contract import TurningKeys, VaultContract
from wardline.testing.write_points import Recorder


class TestDirectoryVault(VaultContract):
    @pytest.fixture
    def vault(self, tmp_path: Path, keys: TurningKeys) -> ports.Vault:
        return DirectoryVault(tmp_path / "vault", keys, reached=Recorder())
