"""What a scan says: a line for each file or each finding on stdout, progress and notes on stderr, and a summary."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wardline.cli import output
from wardline.cli.errors_table import FINDING, FINE
from wardline.cli.scan.outcomes import Outcome, Status
from wardline.cli.scan.places import PassedOver
from wardline.cli.scan.progress import Progress
from wardline.errors import StorageFullError

_LOUD = (Status.UNSCANNABLE, Status.UNREADABLE)
_ALWAYS = ("md5", "sha1", "sha256", "pdq", "pdq_quality")


class Teller:
    """Tells outcomes as they come, and counts them."""

    def __init__(self, list_names: Mapping[str, str], progress: Progress, *, as_json: bool) -> None:
        self._list_names = list_names
        self._progress = progress
        self._as_json = as_json
        self.counts: Counter[Status] = Counter()
        self.settled_before = 0
        """Files that an earlier run had settled."""
        self.too_plain = 0

    @property
    def not_scanned(self) -> int:
        """How many files nobody may call clean."""
        return sum(self.counts[status] for status in _LOUD)

    @property
    def files(self) -> int:
        """How many files were told of."""
        return sum(self.counts.values())

    def outcome(self, outcome: Outcome) -> None:
        """Tell an outcome, so that it has left this process when this returns."""
        self.counts[outcome.status] += 1
        self.too_plain += outcome.too_plain
        with _writing():
            if self._as_json:
                output.as_json(line_of(outcome, self._list_names))
            elif outcome.status is Status.MATCH or outcome.status in _LOUD:
                with self._progress.aside():
                    output.line(_words(outcome, self._list_names))
        self._progress.done()

    def settled(self, counts: Mapping[Status, int]) -> None:
        """Count files that an earlier run settled."""
        self.counts.update(counts)
        self.settled_before += sum(counts.values())
        self._progress.done()

    def summary(self, passed: PassedOver, *, lists_changed: bool) -> None:
        """Say at the end what there was."""
        with _writing():
            self._summary(passed, lists_changed=lists_changed)

    def _summary(self, passed: PassedOver, *, lists_changed: bool) -> None:
        if self._as_json:
            counts = {status.value: self.counts[status] for status in Status}
            output.as_json(
                {"summary": {
                    "files": self.files, **counts, "too_plain_for_pdq": self.too_plain, "from_journal": self.settled_before,
                    "links_passed_over": passed.links, "special_files_passed_over": passed.special, "lists_changed": lists_changed,
                }}
            )  # fmt: skip
            return
        for text in self._in_words(passed):
            output.line(text)
        if lists_changed:
            output.note(
                "The hash lists changed during the scan: some files were compared with the earlier ones. Scan again."
            )

    def exit_code(self, *, lists_changed: bool) -> int:
        """A match is a finding, and so is a file of which nothing is known for certain: somebody must look."""
        return FINDING if self.counts[Status.MATCH] or self.not_scanned or lists_changed else FINE

    def _in_words(self, passed: PassedOver) -> list[str]:
        counts = self.counts
        earlier = f", {self.settled_before:,} of them by an earlier run" if self.settled_before else ""
        lines = [
            f"{self.files:,} files{earlier}.",
            f"{counts[Status.MATCH]:,} on a list.",
            f"{counts[Status.NO_MATCH]:,} pictures on none.",
            f"{counts[Status.NOT_A_PICTURE]:,} no pictures, compared byte for byte only.",
        ]
        if self.not_scanned:
            lines.append(
                f"NOT SCANNED: {self.not_scanned:,} files ({counts[Status.UNSCANNABLE]:,} that could not be decoded or opened,"
                f" {counts[Status.UNREADABLE]:,} that could not be read). Nothing is known of them."
            )
        if self.too_plain:
            lines.append(f"{self.too_plain:,} pictures are too plain for PDQ, compared byte for byte only.")
        if passed.links or passed.special:
            lines.append(f"Passed over: {passed.links:,} links, {passed.special:,} special files.")
        return lines


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # whoever read it is gone; typer ends quietly
        raise
    except OSError as error:
        raise StorageFullError(
            f"standard output: cannot be written ({error.strerror}), expected room for it",
            remedy="Make room; with --resume the same command then goes on where this one stopped.",
        ) from None


def line_of(outcome: Outcome, list_names: Mapping[str, str]) -> dict[str, Any]:
    """Give an outcome as a program reads it."""
    hashes: dict[str, Any] = dict.fromkeys(_ALWAYS)
    for each in outcome.hashes:
        hashes[each.kind.value] = each.value
        if each.quality is not None:
            hashes["pdq_quality"] = each.quality
    matches = [{"list": list_names.get(each.list_id), **output.plain(each)} for each in outcome.matches]
    line = {
        "path": outcome.name,
        "status": outcome.status,
        "reason": outcome.reason,
        "matches": matches,
        "hashes": hashes,
    }
    return {**line, "earlier": True} if outcome.earlier else line


def _words(outcome: Outcome, list_names: Mapping[str, str]) -> str:
    if outcome.earlier:
        return f"match        {output.shown(outcome.name)}  found by an earlier run; it is gone or has changed since"
    if outcome.status is Status.MATCH:
        nearest = outcome.matches[0]
        name = list_names.get(nearest.list_id, nearest.list_id)
        more = f", and {len(outcome.matches) - 1:,} more" if len(outcome.matches) > 1 else ""
        why = f"{name} ({nearest.trust}), {nearest.hash_kind}, {nearest.distance_bits} bits away, {nearest.entry_id}{more}"
    else:
        why = outcome.reason or "unknown reason"
    return f"{outcome.status.value:<11}  {output.shown(outcome.name)}  {why}"


def interrupted(resume: Path | None, *, as_json: bool) -> None:
    """Say how to go on after Ctrl-C."""
    if resume is not None:
        text = (
            f"Interrupted. The same command with --resume {output.shown(str(resume))} goes on where it was."
        )
    else:
        text = "Interrupted. With --resume FILE a scan can go on where it was; this one must begin again."
    print(json.dumps({"interrupted": True, "advice": text}) if as_json else text, file=sys.stderr)
