"""The vault contract over the vault in a folder and the one in a bucket of a real S3-compatible server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3_server import ObjectStore, running
from wardline import ports
from wardline.adapters.vaults import DirectoryVault
from wardline.adapters.vaults.bucket import Bucket
from wardline.adapters.vaults.s3 import S3Vault
from wardline.testing.vault_contract import TurningKeys, VaultContract
from wardline.testing.write_points import Recorder


class TestDirectoryVault(VaultContract):
    @pytest.fixture
    def vault(self, tmp_path: Path, keys: TurningKeys) -> ports.Vault:
        return DirectoryVault(tmp_path / "vault", keys, reached=Recorder())


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    with running() as made:
        yield made


@pytest.fixture(params=["plain", "versioned"])
def bucket(object_store: ObjectStore, request: pytest.FixtureRequest) -> Bucket:
    return object_store.bucket(versioned=request.param == "versioned")


class TestS3Vault(VaultContract):
    @pytest.fixture
    def vault(self, bucket: Bucket, keys: TurningKeys) -> ports.Vault:
        return S3Vault(bucket, keys, reached=Recorder())
