"""A pack's page: one file without a script or an outside resource, in the order in which an officer reads, for A4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import jinja2

from wardline import records
from wardline.adapters.authorities.pack import preview
from wardline.adapters.authorities.pack.documents import Receiver

NAME = "report.html"
MEDIA_TYPE = "text/html"
NO_MEDIA = (
    "The files themselves are not in this pack, for no key of the receiver's is known: it holds their hashes only. Ask the service for them "
    "under the reference above."
)
SEALED = "Each file lies in this pack sealed for the receiver's key: only its holder can open it."
_TEMPLATE = "pack.html.jinja"
_NO_DANGER = "Nobody at the service wrote that a child is in danger now. That is no answer: it says what people there know."
_NO_ADDRESS = "No address is known. Without one nobody can say whose connection it was."
_LONG, _END = 4_000, 1_200
"""Characters: what is longer stands whole at the end of the page, and its end, which is the newest, in its place."""
_PRIORITIES = {
    records.Priority.FIRST: "1: a child may be in danger now",
    records.Priority.SECOND: "2: serious harm is possible soon",
    records.Priority.THIRD: "3: other",
}


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    fields: tuple[records.PreviewField, ...] = ()
    table: records.PreviewTable | None = None
    words: str = ""
    note: str = ""

    @property
    def is_answer(self) -> bool:
        return bool(self.words)


def render(report: records.Report, receiver: Receiver, title: str, *, is_sealed: bool) -> bytes:
    """Write the page; the same report gives the same page."""
    sections = [_danger(report), *_rest(report, receiver)]
    text = _template().render(
        title=f"Correction: {title}" if report.corrects else title, receiver=receiver.name, referral=report.referral_id, corrects=report.corrects,
        is_test=receiver.is_test, sections=list(enumerate(sections, start=1)), media="" if not report.files else SEALED if is_sealed else NO_MEDIA,
    )  # fmt: skip
    return text.encode("utf-8", errors="replace")


def _danger(report: records.Report) -> _Section:
    words = f"Yes: {report.escalation}" if report.escalation else _NO_DANGER
    priority = _PRIORITIES[report.priority] if report.priority else "not given"
    return _Section("Is a child in danger now?", words=words, note=f"Priority {priority}.")


def _rest(report: records.Report, receiver: Receiver) -> Iterator[_Section]:
    long = []
    for each in preview.sections(report, receiver):
        if each.title in (preview.DANGER, preview.PRIORITY):
            continue  # said in the first answer
        long += [field for field in each.fields if len(field.value) > _LONG]
        note = _NO_ADDRESS if each.title == preview.ACCOUNT and not _has_address(report) else ""
        if each.table is not None:
            viewed = sum(file.viewed for file in report.files)
            note = f"A person at the service was shown the entire contents of {viewed} of {len(report.files)}. It comes from the log of what was shown."
        yield _Section(each.title, tuple(map(_short, each.fields)), each.table, note=note)
    if long:
        yield _Section("What is long, whole", tuple(long))


def _has_address(report: records.Report) -> bool:
    known = report.person.facts
    uploads = any(file.upload for file in report.files)
    return bool(report.corrects or report.person.ip_events or uploads or (known and known.ip_events))


def _short(field: records.PreviewField) -> records.PreviewField:
    if len(field.value) <= _LONG:
        return field
    said = f"[The end of {len(field.value):,} characters. All of it stands at the end of this page.]\n… {field.value[-_END:]}"
    return replace(field, value=said)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
        finalize=lambda value: records.unturned(value) if isinstance(value, str) else value,
    )  # fmt: skip
    return environment.get_template(_TEMPLATE)
