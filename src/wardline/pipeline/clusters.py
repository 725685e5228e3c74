"""What people say of files that stand together: it is counted, it begins to spread when two agree, and it ends when they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wardline import records, review
from wardline.errors import AlreadyExistsError, VersionConflictError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, DecisionState, Insert, Outcome, Replace, Task, Verb

_AT_ONCE = 200


def to_weigh(decision: records.Decision) -> list[Task]:
    """Give the work that follows a decision of a person which took effect; none after one that had spread itself."""
    return [] if decision.spread_from else [Task(name="weigh", record_id=decision.id)]


def weigh(parts: Parts, decision_id: str, attempt: int) -> None:  # noqa: ARG001 -- a task may run again from its start
    """Count a decision, and the other opinions about its case that were given by now, and act on what they come to with all others.

    Whatever is counted, withdrawn or begun in a cluster moves its version. So nothing begins on opinions to which another came meanwhile, and who
    comes after something began finds it.
    """
    decision = parts.store.decision(decision_id)
    member = parts.store.cluster_member(decision.case_id)
    if member is None:
        return
    about_case = parts.store.decisions_of(decision.case_id)
    for each in about_case:
        _count(parts, member, each)
    cluster = parts.store.cluster(member.cluster_id)
    if cluster.stopped_at is not None:
        return
    of_file = parts.store.voices(cluster_id=cluster.id, file_id=member.file_id)
    stands = parts.store.standing_spread(member.file_id)
    if stands is not None and review.contradicts(stands, of_file):
        _stop(parts, cluster, stands)
        return
    begin_if_agreed(parts, cluster.id, member.file_id)
    of_cluster = _weigh_near(parts, cluster.id)
    counted = {each.id for each in about_case}
    before = [voice for voice in of_cluster if voice.decision_id not in counted]
    if _kind(of_cluster) is review.Split or _kind(before) is not _kind(of_cluster):
        _weigh_others(parts, cluster.id, of_cluster)


def begin_if_agreed(parts: Parts, cluster_id: str, file_id: str) -> None:
    """Begin to decide the copies of a file if people agree on it and nothing stands for it yet."""
    is_begun = False
    while not is_begun:
        cluster = parts.store.cluster(cluster_id)
        if cluster.stopped_at is not None or parts.store.standing_spread(file_id) is not None:
            return
        agreed = review.for_identical(
            parts.store.voices(cluster_id=cluster_id, file_id=file_id),
            parts.store.voices(cluster_id=cluster_id),
        )
        if agreed is None:
            return
        is_begun = _begin(parts, cluster, file_id, agreed)


def _kind(voices: Sequence[records.Voice]) -> type[object]:
    return type(review.agreement(voices))


def _weigh_others(parts: Parts, cluster_id: str, of_cluster: Sequence[records.Voice]) -> None:
    """Look at the other files of a cluster in which people agree since this decision, or do so no more.

    Those that rested on what was said of files near them are carried no further then. What they did stands: nobody says otherwise of these
    very bytes.
    """
    if _kind(of_cluster) is not review.Split:
        after = ""
        while page := parts.store.judged_files(cluster_id, after=after, most=_AT_ONCE):
            after = page[-1]
            for file_id in page:
                begin_if_agreed(parts, cluster_id, file_id)
        return
    for each in _spreads(parts, cluster_id):
        if each.decides and each.stopped_at is None:
            of_file = parts.store.voices(cluster_id=cluster_id, file_id=each.target)
            if not review.stands_alone(of_file):
                _carry_no_further(parts, each)


def overturned(parts: Parts, decision_id: str, attempt: int) -> None:  # noqa: ARG001 -- a task may run again from its start
    """Withdraw a decision that a later one took back. See ``withdraw``."""
    withdraw(parts, decision_id)


def withdraw(parts: Parts, decision_id: str) -> None:
    """Take back everything that had spread from a decision, and let it spread no more: it was undone or overturned.

    The decision itself is left as it is. Doing it again does nothing; neither does it for a decision that never counted.
    """
    vote = parts.store.cluster_vote(decision_id)
    if vote is None:
        vote = _as_vote(parts, parts.store.decision(decision_id))
        if vote is None:
            return
        told = parts.entry(Verb.VOTE_WITHDRAWN, vote.id, detail=decision_id)
        parts.store.commit(Insert(replace(vote, withdrawn_at=parts.now())), entries=[told])
        return
    while not _withdraw(parts, vote):
        vote = parts.store.cluster_vote(decision_id) or vote


def _withdraw(parts: Parts, vote: records.ClusterVote) -> bool:
    """Withdraw an opinion that counted. Gives False where something else happened in its cluster at this moment."""
    cluster = parts.store.cluster(vote.cluster_id)
    changes: list[records.Change] = []
    entries = [parts.entry(Verb.VOTE_WITHDRAWN, vote.id, detail=vote.decision_id)]
    work: list[Task] = []
    if vote.withdrawn_at is None:
        changes.append(Replace(replace(vote, withdrawn_at=parts.now(), version=vote.version + 1)))
    for each in _spreads(parts, vote.cluster_id):
        if vote.decision_id in each.decisions and each.withdrawn_at is None:
            _end(parts, each, changes, entries, work)
    if not changes:
        return True
    try:
        parts.store.commit(*changes, _moved(cluster), entries=entries, work=work)
    except VersionConflictError:
        return False
    return True


def _weigh_near(parts: Parts, cluster_id: str) -> list[records.Voice]:
    """Put near copies in front while everybody who spoke found a violation. Gives what was said of the cluster."""
    while True:
        cluster = parts.store.cluster(cluster_id)
        of_cluster = parts.store.voices(cluster_id=cluster_id)
        agreed = review.for_near(of_cluster)
        stands = parts.store.standing_spread(cluster_id)
        if stands is not None and agreed is None:
            # What is in front already is with people soon. Were it shown again, whoever alters a picture a little and has that found
            # harmless would free all the others.
            _carry_no_further(parts, stands)
        begins = stands is None and agreed is not None and cluster.stopped_at is None
        if not begins or agreed is None or _begin(parts, cluster, cluster_id, agreed):
            return of_cluster


def _moved(cluster: records.Cluster) -> records.Change:
    """Give a cluster in its next version: whoever decided something by what was said in it a moment ago has to look again."""
    return Replace(replace(cluster, version=cluster.version + 1))


def _carry_no_further(parts: Parts, stands: records.Spread) -> None:
    ended = replace(stands, stopped_at=parts.now(), version=stands.version + 1)
    parts.store.commit(
        Replace(ended), entries=[parts.entry(Verb.SPREAD_STOPPED, ended.id, detail="people differ")]
    )


def _begin(parts: Parts, cluster: records.Cluster, target: str, agreed: review.Agreed) -> bool:
    """Begin a spread. Gives False where something else happened in the cluster since it was read, before the opinions were."""
    begun = records.Spread(
        id=parts.new_id("spread"), cluster_id=cluster.id, target=target, outcome=agreed.outcome, category=agreed.category,
        decisions=agreed.decisions, begun_at=parts.now(),
    )  # fmt: skip
    told = parts.entry(Verb.SPREAD_BEGUN, begun.id, detail=f"{target} {agreed.outcome}")
    try:
        parts.store.commit(
            Insert(begun), _moved(cluster), entries=[told], work=[Task(name="spread", record_id=begun.id)]
        )
    except (AlreadyExistsError, VersionConflictError):
        return False  # another process began the same one at this moment, or counted an opinion
    return True


def _stop(parts: Parts, cluster: records.Cluster, disputed: records.Spread) -> None:
    """Let nothing spread in a cluster any more, take back what rests on the file in dispute, and tell a person."""
    # Told first: were this cut short between the two, the next run would find a cluster that is stopped, and tell nobody.
    message = (
        f"People disagree about a file of {cluster.id} of which a decision had spread. What had spread from it is taken back and waits in "
        "the queue; nothing spreads in this cluster any more. Let a lead look at its page."
    )
    alarms.raise_alarm(parts, AlarmKind.CLUSTER_DISPUTED, cluster.id, message)
    stopped = replace(cluster, stopped_at=parts.now(), version=cluster.version + 1)
    changes: list[records.Change] = [Replace(stopped)]
    entries = [parts.entry(Verb.CLUSTER_STOPPED, cluster.id, detail=disputed.id)]
    work: list[Task] = []
    for each in _spreads(parts, cluster.id):
        if each.withdrawn_at is None and (each.id == disputed.id or _rests_on(parts, each, disputed.target)):
            _end(parts, each, changes, entries, work)
        elif each.stopped_at is None:
            changes.append(Replace(replace(each, stopped_at=parts.now(), version=each.version + 1)))
            entries.append(parts.entry(Verb.SPREAD_STOPPED, each.id, detail=cluster.id))
    parts.store.commit(*changes, entries=entries, work=work)


def _end(
    parts: Parts, spread: records.Spread, changes: list[records.Change], entries: list[records.Entry], work: list[Task]
) -> None:  # fmt: skip
    now = parts.now()
    ended = replace(spread, stopped_at=spread.stopped_at or now, withdrawn_at=now, version=spread.version + 1)
    changes.append(Replace(ended))
    entries.append(parts.entry(Verb.SPREAD_WITHDRAWN, ended.id))
    work.append(Task(name="take-back", record_id=ended.id))


def _rests_on(parts: Parts, spread: records.Spread, file_id: str) -> bool:
    votes = (parts.store.cluster_vote(each) for each in spread.decisions)
    return any(vote is not None and vote.file_id == file_id for vote in votes)


def _spreads(parts: Parts, cluster_id: str) -> Iterator[records.Spread]:
    after: str | None = None
    while page := parts.store.spreads_of(cluster_id, after=after, most=_AT_ONCE):
        after = page[-1].id
        yield from page


def _count(parts: Parts, member: records.ClusterMember, decision: records.Decision) -> None:
    """Count a decision once, if it is a person's opinion that can no longer be taken back."""
    # What took effect is in, wherever the clock was set since.
    may_be_undone = decision.state is DecisionState.PENDING and decision.undo_until > parts.now()
    if (
        may_be_undone
        or decision.state is DecisionState.UNDONE
        or parts.store.cluster_vote(decision.id) is not None
    ):
        return
    vote = _as_vote(parts, decision)
    if vote is None:
        return
    told = parts.entry(
        Verb.VOTE_COUNTED, vote.id, actor=decision.user_id, detail=f"{decision.id} {member.cluster_id}"
    )
    while True:
        cluster = parts.store.cluster(member.cluster_id)
        try:
            parts.store.commit(Insert(vote), _moved(cluster), entries=[told])
        except AlreadyExistsError:
            return  # counted by another process at this moment
        except VersionConflictError:
            continue
        return


def _as_vote(parts: Parts, decision: records.Decision) -> records.ClusterVote | None:
    member = parts.store.cluster_member(decision.case_id)
    if member is None or decision.spread_from or decision.outcome is Outcome.CANNOT_TELL:
        return None
    first = parts.store.case(decision.case_id).item_ids[0]
    graded = [each.category for each in decision.findings if each.item_id == first]
    if decision.outcome is Outcome.VIOLATION and not any(graded):
        return None  # another file of the case is the violation; of this one nothing is said
    return records.ClusterVote(
        id=parts.new_id("cluster-vote"), cluster_id=member.cluster_id, file_id=member.file_id, decision_id=decision.id,
        user_id=decision.user_id, outcome=decision.outcome, category=graded[0] if graded else None, at=decision.at,
    )  # fmt: skip
