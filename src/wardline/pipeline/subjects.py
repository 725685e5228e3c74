"""Which cases something is about: a report, an entry of the log, an alarm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wardline import records
from wardline.errors import NotFoundError
from wardline.pipeline.parts import Parts

_DECISION = re.compile(r"decision-[0-9a-hjkmnp-tv-z]{26}")
_HAVE_CASES = frozenset({"case", "action", "hold", "appeal", "notice", "message"})


def cases_in(parts: Parts, found: records.Referral) -> set[str]:
    """Give the cases of which somebody would read who reads a referral: its own, and all in the report that it is in."""
    lead = found if found.joined is None else parts.store.referral(found.joined)
    return {found.case_id, *lead.case_ids}


def cases_in_several(parts: Parts, found: Sequence[records.Referral]) -> dict[str, set[str]]:
    """Give the same by the id of each of these referrals, in one question for all."""
    leads = parts.store.several_referrals(
        list({each.joined: None for each in found if each.joined is not None})
    )
    return {
        each.id: {each.case_id, *leads.get(each.joined or "", each).case_ids} for each in found
    }  # fmt: skip


def cases_of_several(parts: Parts, told: Sequence[tuple[str, str]]) -> list[set[str]]:
    """Find the cases that each of several entries or alarms tells of, in their order: its subject's, or that of the decision which it names; of a
    report all that are in it.

    Args:
        parts: The installation's.
        told: The id of each subject, and what stands beside it.
    """
    reports = parts.store.several_referrals(
        list({subject for subject, _ in told if subject.startswith("referral-")})
    )
    about = cases_in_several(parts, list(reports.values()))
    # Else one by one, and each once: many entries are about one action or hold.
    others = {subject for subject, _ in told if _kind_of(subject) in _HAVE_CASES}
    about |= {each: _case_by(parts, each) for each in others}
    named = {each: _decision_named(*each) for each in told if each[0] not in about}
    decisions = parts.store.several_decisions(list({each for each in named.values() if each is not None}))
    found = []
    for each in told:
        decision = decisions.get(named.get(each) or "")
        found.append(about.get(each[0]) or ({decision.case_id} if decision is not None else set()))
    return found


def _kind_of(subject_id: str) -> str:
    return subject_id.rsplit("-", 1)[0]


def _decision_named(subject_id: str, detail: str) -> str | None:
    """Give the decision that an entry is about, or the one that is named in it."""
    match _kind_of(subject_id):
        case "decision":
            return subject_id
        case "referral":
            return None
        case _:
            found = _DECISION.search(detail)
            return found[0] if found else None


def _case_by(parts: Parts, subject_id: str) -> set[str]:
    store = parts.store
    try:
        match _kind_of(subject_id):
            case "action":
                return {store.action(subject_id).case_id}
            case "hold":
                return {store.hold(subject_id).case_id}
            case "appeal":
                return {store.appeal(subject_id).case_id}
            case "notice":
                return {store.notice(subject_id).case_id}
            case "message":
                return {store.message(subject_id).case_id}
            case _:
                return {subject_id}
    except NotFoundError:
        return set()
