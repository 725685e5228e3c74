"""What is written into an installation in which very many cases wait: cases as uploads make them, people, and what those are at."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from wardline import records, review
from wardline.records import Insert, Replace, Role, Verb
from wardline.testing import store_records as make

if TYPE_CHECKING:
    from wardline.pipeline import Parts

MODERATORS = 50
PERIOD = timedelta(days=60)
LEAD = "a lead"
_KEPT = timedelta(days=90)
"""No hold ends while somebody measures."""
_CASES_IN_A_COMMIT = 500
_SURFACES, _SURFACE_SHARES = ("post", "story", "message", "avatar"), (50, 20, 20, 10)
_LANGUAGES, _LANGUAGE_SHARES = ("en", "de", "fr", None), (40, 30, 10, 20)
_CLUSTERED = 0.3
"""Of seeds; each is with its copies in one cluster."""
_IN_HAND, _SET_ASIDE, _PASSED, _HANDED, _IN_DANGER = 500, 1_000, 1_000, 100, 10
_SHOWN = 40
_AT_A_LIMIT = 7


def moderator(number: int) -> str:
    """Give the name of one of them, from 1 on."""
    return f"moderator {number}"


class Filling:
    """Writes through the store's one way to write; the same numbers give the same mix."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._now = parts.now()
        self._chance = random.Random(7)

    def cases(self, count: int) -> None:
        """Write open cases of the last weeks, the oldest first, placed as they are when an upload opens them."""
        from wardline.pipeline.log import Sequencer

        made = (self._case(self._now - PERIOD * (1 - number / count)) for number in range(count))
        while some := list(islice(made, _CASES_IN_A_COMMIT)):
            ordered = sorted(
                (each for several in some for each in several), key=lambda each: type(each).__name__
            )
            opened = [each for each in ordered if isinstance(each, records.Case)]
            entries = [self._parts.entry(Verb.CASE_OPENED, each.id) for each in opened]
            self._parts.store.commit(*map(Insert, ordered), entries=entries)
        Sequencer(self._parts).run()

    def _case(self, opened_at: datetime) -> Sequence[Any]:
        from wardline.pipeline import placing

        chance, parts = self._chance, self._parts
        surface, language = (
            chance.choices(_SURFACES, _SURFACE_SHARES)[0],
            chance.choices(_LANGUAGES, _LANGUAGE_SHARES)[0],
        )
        context = records.UploadContext(
            surface=surface, visibility=records.Visibility.PRIVATE if surface == "message" else records.Visibility.PUBLIC,
            uploaded_at=opened_at, content_reference=f"{surface}-{chance.random()}", language=language,
            views_per_hour=chance.lognormvariate(2.0, 1.6) if chance.random() < 0.8 else None,
        )  # fmt: skip
        signal = self._signal()
        account = f"account-{chance.randrange(100_000)}"
        item = make.item(
            id=make.new_id("item", opened_at), received_at=opened_at, account_reference=account, context=context,
            matches=(signal,) if isinstance(signal, records.Match) else (),
        )  # fmt: skip
        case = records.Case(
            id=make.new_id("case", opened_at), opened_at=opened_at, account_reference=account, item_ids=(item.id,),
            reasons=("match on list X",), restricted=isinstance(signal, records.Match) and signal.trust is records.ListTrust.VERIFIED,
            state=records.CaseState.OPEN,
        )  # fmt: skip
        case = placing.placed(parts, case, item, [signal])
        hold = make.hold(item_id=item.id, case_id=case.id, placed_at=opened_at, until=self._now + _KEPT)
        return [item, hold, *self._in_cluster(case)]

    def _signal(self) -> records.Signal:
        """Draw what points at a file: a tenth match a verified list, half of them byte for byte, 15 % another one, the rest was flagged or looks
        like something."""
        kind = self._chance.random()
        if kind < 0.25:
            trust = records.ListTrust.VERIFIED if kind < 0.1 else records.ListTrust.UNVERIFIED
            is_same = kind < 0.05
            return records.Match(
                list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256 if is_same else records.HashKind.PDQ,
                distance_bits=0 if is_same else self._chance.randrange(32), trust=trust, category=self._chance.choice((*records.Category, None)),
            )  # fmt: skip
        if kind < 0.6:
            return records.Flag(reason="unwanted content")
        return records.Score(
            detector="bench", detector_version="1", probability=self._chance.betavariate(0.5, 3)
        )

    def _in_cluster(self, case: records.Case) -> Sequence[Any]:
        """Put some into clusters, which their copies join: files of which many copies wait."""
        if self._chance.random() >= _CLUSTERED:
            return [case]
        cluster = make.cluster(opened_at=case.opened_at)
        member = make.cluster_member(
            cluster_id=cluster.id, case_id=case.id, file_id=make.new_id("cluster-file"), joined_at=case.opened_at, distance_bits=0
        )  # fmt: skip
        return [replace(case, cluster_id=cluster.id), cluster, member]

    def takers(self, password: str) -> tuple[records.User, ...]:
        """Write those who take, and what they chose; gives them, the first of whom leads and has this password."""
        from wardline.pipeline import people

        lead = people.create_user(self._parts, LEAD, Role.LEAD, password)
        takers = [replace(lead, skills=("german", "grave"), version=lead.version + 1)]
        for number in range(1, MODERATORS):
            skills = (*(["german"] if number % 2 else []), *(["grave"] if number % 3 == 0 else []))
            role = Role.LEAD if number % 10 == 0 else Role.MODERATOR
            takers.append(make.user(name=moderator(number), role=role, skills=skills, created_at=self._now))
        declined = [
            make.viewing_choices(
                user_id=each.id, changed_at=self._now, queues=("brief",) if number % 10 == 5 else (),
                grades=(records.Grade.A,) if number % 10 == 2 else (),
            )
            for number, each in enumerate(takers) if number % 10 in (2, 5)
        ]  # fmt: skip
        self._write([Replace(takers[0]), *map(Insert, [*takers[1:], *declined])])
        return tuple(takers)

    def what_is_done(self, takers: Sequence[records.User]) -> None:
        """Let people be at work: cases in hand, set aside, passed on, handed to the leads; and pictures that were shown to some."""
        wanted = _IN_HAND + _SET_ASIDE + _PASSED + _HANDED + _IN_DANGER
        everybody = self._parts.store.cases(state=records.CaseState.OPEN, most=20 * wanted)
        cases = self._chance.sample(everybody, min(wanted, len(everybody) // 2))
        share = len(cases) / wanted
        some = iter(cases)
        changed: list[records.Case] = []
        for count, change in ((_IN_HAND, self._in_hand), (_SET_ASIDE, self._set_aside), (_PASSED, self._passed), (_HANDED, self._handed),
                              (_IN_DANGER, self._in_danger)):  # fmt: skip
            changed += [
                change(each, self._chance.choice(takers)) for each in islice(some, int(count * share))
            ]
        self._write([Replace(replace(each, version=each.version + 1)) for each in changed])
        self.who_was_shown_files(takers, everybody)

    def who_was_shown_files(self, takers: Sequence[records.User], cases: Sequence[records.Case]) -> None:
        """Write that some of those who take were shown files lately, unless they were already."""
        limits = self._parts.rules.wellbeing
        for number, taker in enumerate(takers):
            if number % 10 == 7:
                is_at_a_limit = number == _AT_A_LIMIT
                since = self._now - (limits.break_length if is_at_a_limit else limits.shift_gap)
                if not self._parts.store.reveals_to(taker.id, since=since):
                    files = limits.files_before_break if is_at_a_limit else None
                    self._show(taker, cases, files or _SHOWN)

    def _in_hand(self, case: records.Case, by: records.User) -> records.Case:
        return replace(
            case, claimed_by=by.id, claimed_at=self._now, lease_until=self._now + timedelta(hours=1)
        )

    def _set_aside(self, case: records.Case, _by: records.User) -> records.Case:
        return replace(case, held_until=self._now + timedelta(days=1))

    def _passed(self, case: records.Case, by: records.User) -> records.Case:
        return replace(case, passed_by=(by.id,), declined_by=(by.id,))

    def _handed(self, case: records.Case, by: records.User) -> records.Case:
        return replace(case, escalated_by=by.id)

    def _in_danger(self, case: records.Case, _by: records.User) -> records.Case:
        again = replace(case, imminent_since=self._now)
        rules = self._parts.rules
        return review.with_target(
            again, targets=rules.targets, queue_hours=review.hours_of(case.queue, rules.queues)
        )

    def _show(self, taker: records.User, cases: Sequence[records.Case], files: int) -> None:
        shown = self._chance.sample(cases, min(files, len(cases)))
        reveals = [
            make.reveal(case_id=case.id, item_id=case.item_ids[0], user_id=taker.id, at=self._now - timedelta(seconds=30 * number), seconds=10)
            for number, case in enumerate(shown)
        ]  # fmt: skip
        self._write([*map(Insert, reveals)])

    def _write(self, changes: Sequence[records.Change]) -> None:
        if changes:
            self._parts.store.commit(
                *changes, entries=[self._parts.entry(Verb.INSTALLATION_CREATED, "bench")]
            )
