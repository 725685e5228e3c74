"""Where an installation's evidence lies, as far as its settings say it: compared when a back-up is restored, and when evidence is copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wardline.errors import ConfigurationError
from wardline.settings import Settings

IN_A_FOLDER = "directory"
_IN_A_BUCKET = "s3"


def place_of(chosen: Settings) -> dict[str, str]:
    """Give the place of the vault; empty for one in the data folder. Of a vault that is none of ours all its options are its place."""
    kept = chosen.preservation
    if kept.vault == IN_A_FOLDER:
        return {}
    if kept.vault == _IN_A_BUCKET:
        from wardline.adapters.vaults.bucket_options import where

        return where(kept.vault_options)
    return dict(sorted(kept.vault_options.items()))


def require_same_place(backup_id: str, said: Mapping[str, Any], chosen: Settings) -> None:
    """Require that the settings name the place in which the evidence of a back-up lies. One of before places were written down says none.

    Raises:
        ConfigurationError: They name another one.
    """
    then, now = said.get("vault_place"), place_of(chosen)
    if then is None or then == now:
        return
    names = [each for each in sorted({*then, *now}) if then.get(each) != now.get(each)]
    differs = "; ".join(
        f"{each} {now.get(each, 'none')}, expected {then.get(each, 'none')}" for each in names
    )
    raise ConfigurationError(
        f"back-up {backup_id}: its evidence lies elsewhere than the settings say: {differs}",
        remedy="Correct [preservation.vault_options]. If the evidence itself was moved or copied there, say --evidence-elsewhere.",
    )


def any_place(_backup_id: str, _said: Mapping[str, Any], _chosen: Settings) -> None:
    """Take whatever place the settings name: somebody says that the evidence was brought there."""
