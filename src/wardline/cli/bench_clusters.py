"""How much people look at when decisions spread among files that look alike, and how many of those decisions are wrong: simulated."""

from __future__ import annotations

from wardline.capacity import Clustered, Counted, rehearse
from wardline.cli import output
from wardline.cli.bench_rows import TARGET, Row, row

_MOST_WRONG_PERCENT, _MOST_LOOKS = 0.3, 0.70
_MISTAKEN = 0.02


def rows(*, uploads: int, seed: int) -> list[Row]:
    """Rehearse with so many uploads, with notes about the drawing on stderr.

    Args:
        uploads: About so many in each of the two runs.
        seed: The same one gives the same figures.
    """
    drawn = Clustered(uploads=uploads)
    output.note(
        f"drawn with seed {seed}: {drawn.single_share:.0%} of the clusters have one file; the sizes of the others follow a Pareto distribution "
        f"of exponent {drawn.size_exponent:g} from 2 on, {drawn.most_files} at most; {drawn.identical_share:.0%} of the members but the "
        f"first are the first file, byte for byte; {drawn.impurity:.0%} of the other files are not what their cluster is; "
        f"{drawn.people} people, nobody twice at the same bytes; {drawn.audit_share:.0%} are looked at all the same. Invented numbers."
    )
    clustered, everything = rehearse(drawn, seed=seed)
    erring, _ = rehearse(Clustered(uploads=uploads, mistaken=_MISTAKEN), seed=seed)
    output.note(
        f"{clustered.files:,} of {everything.files:,} uploads stood in clusters of two and more; {clustered.spread:,} decisions spread, "
        f"{clustered.in_front:,} near files were put in front"
    )
    some = "clusters of two files and more"
    mistaken = f"{some}, {_MISTAKEN:.0%} of the looks mistaken"
    return [
        _wrong(f"decisions that spread and are wrong, {some}", clustered),
        _wrong_with_front(f"the same with near files that were put in front, {some}", clustered),
        _looks(f"looks beside one at each file, {some}", clustered),
        _looks_at_violations(f"looks at violations beside one at each, {some}", clustered),
        _looks("looks beside one at each file, all uploads", everything),
        _wrong(f"decisions that spread and are wrong, {mistaken}", erring),
        _looks(f"looks beside one at each file, {mistaken}", erring),
    ]


def _wrong(case: str, counted: Counted) -> Row:
    percent = 100 * counted.spread_wrong / max(counted.spread, 1)
    return row(case, percent, "%", peer=TARGET, theirs=_MOST_WRONG_PERCENT)


def _wrong_with_front(case: str, counted: Counted) -> Row:
    wrong = counted.spread_wrong + counted.in_front_wrong
    percent = 100 * wrong / max(counted.spread + counted.in_front, 1)
    return row(case, percent, "%", peer=TARGET, theirs=_MOST_WRONG_PERCENT)


def _looks(case: str, counted: Counted) -> Row:
    return row(case, counted.looks / max(counted.files, 1), "x", peer=TARGET, theirs=_MOST_LOOKS)


def _looks_at_violations(case: str, counted: Counted) -> Row:
    share = counted.looks_at_violations / max(counted.violations, 1)
    return row(case, share, "x", peer=TARGET, theirs=_MOST_LOOKS)
