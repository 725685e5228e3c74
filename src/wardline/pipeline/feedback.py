"""What people made of matches: counted for every list, and told to the owner of an exchange where that was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wardline import records
from wardline.errors import ConflictError, InputError, NotFoundError, RefusedError
from wardline.pipeline import care
from wardline.pipeline.parts import Parts
from wardline.records import (
    FeedbackState,
    Insert,
    Outcome,
    Replace,
    Tallied,
    Tally,
    Task,
    Verb,
    Verdict,
)

Written = tuple[list[records.Change], list[records.Entry], list[Task]]
"""What goes into a commit."""
_TALLIED = {Verdict.CONFIRMED: Tallied.CONFIRMED, Verdict.DENIED: Tallied.DENIED}


def of_decision(parts: Parts, decision: records.Decision, items: Sequence[records.Item]) -> Written:
    """Count a decision for each list that knew a file of it, and make the words for the owners who want to hear.

    Only what a person looked at counts. Owners hear of the very picture that they listed, not of one that looks like it: that one says
    little about the entry.
    """
    looked_at = {each.item_id for each in parts.store.reveals_of(decision.case_id)}
    written: Written = ([], [], [])
    for item in items:
        verdict = _verdict(decision, item)
        if verdict is None or item.id not in looked_at:
            continue
        written[0].extend(_tallies(parts, item, verdict))
        for match in item.matches:
            if match.distance_bits == 0 and _wants_to_hear(parts, match.list_id):
                _add(parts, written, match.list_id, match.entry_id, verdict, decision.user_id)
    return written


def give(
    parts: Parts, list_id: str, entry_id: str, verdict: Verdict, *, user: records.User
) -> records.ListFeedback:
    """Have the owner of a list told about one entry, because a person says so.

    Raises:
        ConflictError: The list comes from no exchange, or its owner is not to be told.
        NotFoundError: There is no such entry.
    """
    if not _wants_to_hear(parts, list_id):
        raise ConflictError(
            f"{list_id}: its owner is told nothing, expected a list from an exchange with feedback",
            remedy="Set `feedback = true` for its exchange in wardline.toml, if your contract with the owner says so.",
        )
    _entry(parts, list_id, entry_id)
    written: Written = ([], [], [])
    made = _add(parts, written, list_id, entry_id, verdict, user.id)
    parts.store.commit(*written[0], entries=written[1], work=written[2])
    return made


def send(parts: Parts, feedback_id: str, attempt: int) -> None:  # noqa: ARG001 -- the record says how far it is
    """Tell the owner. ``DependencyError`` when it shall be tried again."""
    word = parts.store.list_feedback(feedback_id)
    if word.state is not FeedbackState.WAITING:
        return
    if not _wants_to_hear(parts, word.list_id):
        _end(parts, replace(word, state=FeedbackState.REFUSED, problem="switched-off"))
        return
    source = parts.store.hash_list(word.list_id).source
    try:
        entry = _entry(parts, word.list_id, word.entry_id)
        parts.exchanges[source].exchange.feed_back(entry, word.verdict)
    except (RefusedError, InputError) as error:
        _end(parts, replace(word, state=FeedbackState.REFUSED, problem=error.code))
    else:
        _end(parts, replace(word, state=FeedbackState.SENT, sent_at=parts.now(), problem=None))


def _end(parts: Parts, word: records.ListFeedback) -> None:
    ended = replace(word, version=word.version + 1)
    told = parts.entry(Verb.LIST_FEEDBACK_SENT, word.id, detail=f"{word.state} {word.problem or ''}".strip())
    parts.store.commit(Replace(ended), entries=[told])


def _verdict(decision: records.Decision, item: records.Item) -> Verdict | None:
    match decision.outcome:
        case Outcome.VIOLATION:
            graded = any(each.item_id == item.id and each.category for each in decision.findings)
            return Verdict.CONFIRMED if graded else None
        case Outcome.NOT_VIOLATION:
            return Verdict.DENIED
        case _:
            return None


def _tallies(parts: Parts, item: records.Item, verdict: Verdict) -> list[Tally]:
    lists = dict.fromkeys(each.list_id for each in item.matches)
    today = parts.now().date()
    return [Tally(list_id=list_id, day=today, what=_TALLIED[verdict]) for list_id in lists]


def _wants_to_hear(parts: Parts, list_id: str) -> bool:
    source = parts.exchanges.get(parts.store.hash_list(list_id).source)
    return source is not None and source.feedback


def _add(
    parts: Parts, written: Written, list_id: str, entry_id: str, verdict: Verdict, actor: str
) -> records.ListFeedback:
    made = records.ListFeedback(
        id=parts.new_id("list-feedback"), list_id=list_id, entry_id=entry_id, verdict=verdict, created_at=parts.now(),
        created_by=actor,
    )  # fmt: skip
    changes, entries, work = written
    changes.append(Insert(made))
    detail = f"{list_id} {entry_id}: {verdict}"
    entries.append(parts.entry(Verb.LIST_FEEDBACK_GIVEN, made.id, actor=actor, detail=detail))
    work.append(Task(name="feed-back", record_id=made.id))
    return made


def _entry(parts: Parts, list_id: str, entry_id: str) -> records.EntryChange:
    """Give an entry as its exchange named it."""
    batch, place = care.find_entry(parts, list_id, entry_id)
    if not batch.keys:
        raise NotFoundError(f"entry {entry_id}: not one from an exchange, expected an entry with a key")
    return records.EntryChange(
        kind=batch.kind, value=batch.digest(place).hex(), category=records.category_of(batch.categories[place]),
        key=batch.keys.decode().split("\n")[place],
    )  # fmt: skip
