"""Finding a case by what somebody has in hand: an id from a page, a report's number from a letter, an account's name from the platform."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wardline import records, review
from wardline.errors import InputError
from wardline.pipeline import blind_filing, blindness, people
from wardline.pipeline.parts import Parts
from wardline.records import Role, Scope, Verb

SEARCHES = "searches"
"""What entries about searching are about."""
MOST_FOUND = 50
_MOST_WORDS = 255
_ID = re.compile(r"(?:(case|referral)[- ])?#?([0-9a-hjkmnp-tv-z]{6,26})")
"""As a record is called, or as a page names it: ``"Case 3F9KQ2"``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, the newest first; at most ``MOST_FOUND`` of each."""

    by_id: tuple[records.Case, ...] = ()
    """Cases whose id ends like this."""
    of_account: tuple[records.Case, ...] = ()
    """Cases of the account that is called so; for leads only."""
    referrals: tuple[records.Referral, ...] = ()
    """Referrals by the end of their id, or by the number that the authority gave."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.by_id or self.of_account or self.referrals)


def find(parts: Parts, words: str, *, user: records.User) -> Found:
    """Find records by their id or its last six characters, by a report's number, and for leads by an account's exact name.

    Whoever works on cases may ask. Which account a case is about, a moderator learns from the case in hand and not by trying names:
    so only leads search for accounts. The entry is committed before anything is given.

    Args:
        parts: The installation.
        words: 1 to 255 characters; space around them does not count.
        user: Who asks.

    Raises:
        NotAllowedError: The role does not work on cases.
        InputError: Nothing to search for, or too much.
    """
    people.require_scope(user, Scope.CASES)
    wanted = words.strip()
    if not 0 < len(wanted) <= _MOST_WORDS:
        raise InputError(f"search: {len(wanted)} characters, expected 1 to {_MOST_WORDS}")
    is_lead = user.role is Role.LEAD
    kinds = "ids and accounts" if is_lead else "ids"
    parts.store.commit(entries=[parts.entry(Verb.SEARCH_MADE, SEARCHES, actor=user.id, detail=kinds)])
    store, most = parts.store, MOST_FOUND
    ending = _ID.fullmatch(wanted.lower())
    kind = ending.group(1) if ending else None
    by_id = store.cases_ending(ending.group(2), most=most) if ending and kind != "referral" else []
    referrals = store.referrals_ending(ending.group(2), most=most) if ending and kind != "case" else []
    numbered = store.referrals_of_report(wanted, most=most)
    found = list({each.id: each for each in (*referrals, *numbered)}.values())
    of_account = store.cases_of_account(wanted, most=most) if is_lead else []
    # Whether an account of one's own is looked at, nobody finds out by searching.
    by_id, of_account = (
        [each for each in some if not review.is_party(each, user)] for some in (by_id, of_account)
    )
    return Found(
        by_id=tuple(blindness.seen(parts, by_id, user)),
        of_account=tuple(blindness.seen(parts, of_account, user)),
        referrals=tuple(blind_filing.visible(parts, found, user))[:most],
    )
