"""The packs that belong into a back-up: whole ones, of reports that the copied database knows them of."""

from __future__ import annotations

from wardline import ports, records
from wardline.errors import NotFoundError
from wardline.records import ReferralState


def known_packs(store: ports.Store, kept: ports.PackKeeper | None) -> frozenset[str]:
    """Give the names of the files of those packs. What was made since is left out: in the restored copy its report is made anew."""
    names = set[str]()
    for referral_id, pack_id in kept.packs() if kept is not None else ():
        try:
            found = store.referral(referral_id)
        except NotFoundError:
            continue
        if found.state is ReferralState.FINISHED or pack_id in _packs_of(found):
            names.add(f"{referral_id}.{pack_id}.zip")
    return frozenset(names)


def _packs_of(found: records.Referral) -> set[str | None]:
    return {found.remote_id, *found.orphans, *(each.pack_id for each in found.takings)}
