"""How much people were shown, what they chose, and what they may therefore be handed now.

Nothing here is written but a person's own choices. Exposure is read from the reveal log when somebody asks, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wardline import records, review
from wardline.errors import AlreadyExistsError, LimitReachedError, NotTakenNowError
from wardline.pipeline import people
from wardline.pipeline.parts import Parts
from wardline.records import Grade, Insert, Replace, Verb

_A_DAY = timedelta(days=1)
TEAM_DAYS = 7
"""Leads' means are of so many whole days (UTC) that are over: a mean of now would tell what somebody does now."""


def exposure(parts: Parts, user: records.User) -> review.Exposure:
    """Count what this person was shown in their shift, with grades and repeats."""
    shown, since = _of_shift(parts, user)
    return _exposure(parts, user, shown, since, _clusters(parts, user, shown, since))


def _exposure(
    parts: Parts, user: records.User, shown: Sequence[records.Reveal], since: datetime, clusters: Mapping[str, str]
) -> review.Exposure:  # fmt: skip
    if not shown:
        return review.exposure((), (), now=parts.now(), limits=parts.rules.wellbeing)
    files = parts.store.files_shown(user.id, since=since)
    grades = _grades(parts, user, shown, files, since)
    alike = {each.id: each.sha256 for each in files if each.sha256 is not None} | {
        each.item_id: clusters[each.case_id] for each in shown if each.case_id in clusters
    }
    coverings = parts.store.coverings_by(user.id, since=since)
    return review.exposure(
        shown, coverings, now=parts.now(), limits=parts.rules.wellbeing, grades=grades, alike=alike
    )  # fmt: skip


def _clusters(
    parts: Parts, user: records.User, shown: Sequence[records.Reveal], since: datetime
) -> Mapping[str, str]:
    return parts.store.clusters_shown(user.id, since=since) if shown else {}


def _grades(
    parts: Parts, user: records.User, shown: Sequence[records.Reveal], files: Sequence[records.ShownFile], since: datetime
) -> dict[str, Grade]:  # fmt: skip
    """Grade what a person was shown. What was evidence, shown for practice, counts as what it is once it is answered, whatever was said; also
    for whoever looked and gave it back."""
    store = parts.store
    found = dict(review.grades_of(shown, files, store.own_decisions(user.id, since=since)))
    practice = store.practice_shown(user.id, since=since)
    return found | {
        reveal.item_id: review.grade_of_category(practice[reveal.case_id])
        for reveal in shown
        if reveal.case_id in practice
    }


def glance(parts: Parts, user: records.User) -> review.Exposure:
    """Count files and seconds alone, for the head of every page: everything counts as unknown."""
    shown, since = _of_shift(parts, user)
    ends = parts.store.coverings_by(user.id, since=since) if shown else []
    return review.exposure(shown, ends, now=parts.now(), limits=parts.rules.wellbeing)


def capacity(parts: Parts, user: records.User) -> review.Capacity:
    """Say what this person may take now."""
    return review.capacity(exposure(parts, user), parts.rules.wellbeing)


def require_capacity(parts: Parts, user: records.User) -> None:
    """Require that this person may be shown something now; ``LimitReachedError`` when they may not, whatever waits."""
    found = capacity(parts, user)
    if found.reached is not None:
        raise LimitReachedError(
            f"reveal: {found.reached.words}, expected a pause first", remedy=advice(found, parts.now())
        )


def advice(found: review.Capacity, now: datetime) -> str:
    """Say when a limit is over and what can be done until then."""
    when = f"until {found.until:%H:%M} UTC" if found.until and found.until > now else "for now"
    return f"No pictures come to you {when}. You can decide without looking, ask for a second opinion, or pass the case on."


def next_number(parts: Parts, user: records.User) -> int:
    """Give the number of this person's next reveal, if they may have one now.

    Asked before the limits: whoever is shown something in between, in another tab or process, takes the number away.
    """
    number = parts.store.last_number(user.id) + 1
    require_capacity(parts, user)
    return number


def _of_shift(parts: Parts, user: records.User) -> tuple[list[records.Reveal], datetime]:
    """Read the reveals of the running shift, however long it lasts, and from when on."""
    now, gap = parts.now(), parts.rules.wellbeing.shift_gap
    back = gap + _A_DAY
    while True:
        since = now - back
        shown = parts.store.reveals_to(user.id, since=since)
        if review.reaches_back(shown, since=since, gap=gap):
            return shown, since
        back *= 2


# --- what a person chose --------------------------------------------------------------------------------------------------------------
def choices(parts: Parts, user: records.User) -> records.ViewingChoices:
    """Give what this person chose; the defaults where they never did."""
    found = parts.store.choices_of(user.id)
    return found or records.ViewingChoices(
        id=parts.new_id("viewing-choices"), user_id=user.id, changed_at=parts.now(), version=0
    )


def choose(
    parts: Parts, user: records.User, change: Callable[[records.ViewingChoices], records.ViewingChoices]
) -> records.ViewingChoices:
    """Change what this person chose; it counts from the next request on. Nobody is told, and the log does not say what."""
    while True:
        before = choices(parts, user)
        after = replace(change(before), changed_at=parts.now(), version=before.version + 1)
        entry = parts.entry(Verb.CHOICES_CHANGED, after.id, actor=user.id)
        try:
            parts.store.commit(Replace(after) if before.version else Insert(after), entries=[entry])
        except AlreadyExistsError:
            continue  # their first choice came from two tabs at once
        return after


# --- what a person may be handed ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cases one person may be handed now."""

    parts: Parts
    user_id: str | None = None
    """Whose selection it is; None where only a kind of case is asked about."""
    declined_queues: frozenset[str] = frozenset()
    declined_grades: frozenset[Grade] = frozenset()
    may_look: bool = True
    turns_aside: bool = False
    """Cases known to be severe come after all others, but for those in which a child may be in danger now."""
    choices: records.ViewingChoices | None = None
    """What all this rests on, as it was read."""
    shown: Sequence[records.Reveal] = ()
    """What this person was shown in their shift, the newest last."""
    clusters: Mapping[str, str] = field(default_factory=dict)
    """By the id of each case that they were shown, its cluster."""

    @property
    def is_open(self) -> bool:
        """Whether every case is for this person."""
        return self.may_look and not (self.declined_queues or self.declined_grades)

    def narrowed(self, taker: records.Taker, *, aside: bool = False) -> records.Taker:
        """Give the same taker without what this person does not take, for the store to pass over."""
        put_off = tuple(grade for grade in Grade if aside and grade.is_severe)
        return replace(taker, declined=tuple(self.declined_grades), put_off=put_off, unseen=not self.may_look)

    @property
    def is_told_by_orders(self) -> bool:
        """Whether each order gives the store's first cases for this person, however many others are before them."""
        return self.declined_grades <= {Grade.A, Grade.B}

    def of(self, cases: Sequence[records.Case], *, aside: bool = False) -> list[records.Case]:
        """Give those of some cases that are for this person; with ``aside`` only those that come first in a rotation."""
        fitting = [case for case in cases if self._takes(case) and not (aside and _is_put_off(case))]
        if self.may_look or not fitting:
            return fitting
        visible = self.parts.store.matches_of_visible(
            [item_id for case in fitting for item_id in case.item_ids]
        )
        return [
            case for case in fitting if not review.needs_view(visible[each] for each in case.item_ids if each in visible)
        ]  # fmt: skip

    def _takes(self, case: records.Case) -> bool:
        return (
            case.queue not in self.declined_queues and review.grade_of_case(case) not in self.declined_grades
        )


def selection(parts: Parts, user: records.User) -> Selection:
    """Say which cases this person may be handed now."""
    chosen = parts.store.choices_of(user.id)
    shown, since = _of_shift(parts, user)
    clusters = _clusters(parts, user, shown, since)
    found = review.capacity(_exposure(parts, user, shown, since, clusters), parts.rules.wellbeing)
    return Selection(
        parts=parts, user_id=user.id, choices=chosen, shown=shown, clusters=clusters, declined_queues=frozenset(chosen.queues if chosen else ()),
        declined_grades=frozenset(chosen.grades if chosen else ()), may_look=found.may_look, turns_aside=found.turns_aside,
    )  # fmt: skip


def require_may_take(parts: Parts, case_id: str, user: records.User) -> None:
    """Require that a person who chose a case themselves may have it now. What they hold already they keep, and kinds are their choice."""
    case = parts.store.case(case_id)
    if case.claimed_by == user.id:
        return
    found = capacity(parts, user)
    if found.reached is not None and not Selection(parts=parts, may_look=False).of([case]):
        raise LimitReachedError(
            f"{case_id}: {found.reached.words}, expected a case that can be decided without looking",
            remedy=advice(found, parts.now()),
        )


def require_may_be_given(parts: Parts, case: records.Case, user: records.User) -> None:
    """Require that a case may be put into somebody's hands by somebody else: nobody is given what the hand-out would not give them.

    Why not is not told to whoever gives: a limit that is reached, a break that is due, a kind that is not taken and an account of the
    person's own look alike.

    Raises:
        NotTakenNowError: It may not.
    """
    is_new = case.claimed_by != user.id
    if review.is_party(case, user) or (is_new and not selection(parts, user).of([case])):
        raise NotTakenNowError(
            f"{case.id}: not handed to {user.name} at present, expected somebody who takes it now"
        )


def _is_put_off(case: records.Case) -> bool:
    return case.imminent_since is None and review.grade_of_case(case).is_severe


# --- what leads may know --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Sums and means of ten people or more; None, or nothing, where there are fewer."""

    exposure: review.TeamExposure | None
    """Of the last seven whole days (UTC)."""
    choices: review.TeamChoices
    files_left: int | None
    """How many further files everybody together may be shown before limits or breaks, down to full tens."""


def team(parts: Parts) -> Team:
    """Tell of everybody together what may be told."""
    able = [user for user in parts.store.users() if people.may_review(user)]
    chosen = [each for each in parts.store.all_choices() if each.user_id in {user.id for user in able}]
    return Team(
        exposure=review.team_exposure(_past(parts, user) for user in able), choices=review.team_choices(chosen),
        files_left=review.team_capacity([capacity(parts, user).files_left for user in able]),
    )  # fmt: skip


def _past(parts: Parts, user: records.User) -> tuple[review.Exposure, ...]:
    """Count one person's shifts of the last whole days, to be put together with others'."""
    today = parts.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - TEAM_DAYS * _A_DAY
    shown = [each for each in parts.store.reveals_to(user.id, since=since) if each.at < today]
    if not shown:
        return ()
    return review.past_shifts(
        shown, parts.store.coverings_by(user.id, since=since), now=today, limits=parts.rules.wellbeing,
        grades=_grades(parts, user, shown, parts.store.files_shown(user.id, since=since), since),
    )  # fmt: skip
