"""Messages from templates: the built-in English ones, or files of the operator's own in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wardline import enforcement
from wardline.errors import ConfigurationError
from wardline.records import ActionKind, MessageKind, Outcome

_LONGEST = 10_000
"""Characters of a message."""
_DONE = {
    ActionKind.RESTRICT_CONTENT: "The content was hidden for the time being.",
    ActionKind.REMOVE_CONTENT: "The content was removed.",
    ActionKind.WARN_ACCOUNT: "The account got a warning. If it breaks the rules again, it may be suspended.",
    ActionKind.SUSPEND_ACCOUNT: "The account was suspended.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What the operator's counsel worded, for the templates."""

    service: str = ""
    """Name of the service as the public knows it."""
    territory: str = ""
    """Where what was decided holds."""
    terms: str = ""
    """Where the rule stands."""
    redress: str = ""
    """Other ways to complain than an appeal."""


class TemplateWording:
    """A ``ports.Wording`` of Jinja templates, one a kind of message. Safe to share between threads.

    A template sees ``facts`` (``enforcement.Facts``), ``operator`` and ``done``, the sentences about what was done; the filter ``day``
    writes a time as a date. It cannot reach anything else.

    Args:
        operator: What the settings say in words.
        files: Templates that stand in for built-in ones, by kind.

    Raises:
        ConfigurationError: A file is missing or no template, or uses what there is not.
    """

    def __init__(self, operator: Operator, files: Mapping[str, Path]) -> None:
        self._operator = operator
        unknown = sorted(set(files) - set(MessageKind))
        if unknown:
            raise ConfigurationError(
                f"complaints.templates.{unknown[0]}: unknown, expected one of {', '.join(MessageKind)}"
            )
        self._templates = {kind: self._load(kind, files.get(kind)) for kind in MessageKind}
        self._try_each()

    def compose(self, facts: enforcement.Facts) -> str:
        """Write a message. See ``ports.Wording``."""
        done = [_DONE[kind] for kind in facts.actions if kind in _DONE]
        text = self._templates[facts.kind].render(facts=facts, operator=self._operator, done=done)
        return "\n".join(line.rstrip() for line in text.strip().splitlines())

    def _load(self, kind: MessageKind, path: Path | None) -> jinja2.Template:
        if path is None:
            return _environment().get_template(f"{kind}.txt.jinja")
        try:
            return _environment().from_string(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            raise ConfigurationError(
                f"complaints.templates.{kind}: cannot be read, expected a text file"
            ) from None
        except jinja2.TemplateSyntaxError as error:
            raise ConfigurationError(
                f"complaints.templates.{kind}: line {error.lineno} is no template ({error.message}), expected Jinja"
            ) from None

    def _try_each(self) -> None:
        """Word every kind once, with everything and with next to nothing: a message that cannot be worded is found at the start."""
        for kind in MessageKind:
            for facts in (_everything(kind), enforcement.Facts(kind=kind, reference="reference")):
                try:
                    text = self.compose(facts)
                except (jinja2.TemplateError, TypeError, AttributeError, ValueError) as error:
                    raise ConfigurationError(
                        f"complaints.templates.{kind}: cannot be worded ({error}), expected what docs/reference/settings.md names"
                    ) from None
                if not 1 <= len(text) <= _LONGEST:
                    raise ConfigurationError(
                        f"complaints.templates.{kind}: {len(text)} characters, expected 1 to {_LONGEST}"
                    )


def templates(
    *, service: str, territory: str, terms: str, redress: str, files: Mapping[str, Path]
) -> TemplateWording:
    """Make the built-in wording: what the entry point gives."""
    operator = Operator(service=service, territory=territory, terms=terms, redress=redress)
    return TemplateWording(operator, files)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    """Give what templates are read with. It keeps the built-in ones as they were compiled, which takes longer than everything else here."""
    made = ImmutableSandboxedEnvironment(
        loader=jinja2.PackageLoader("wardline.adapters.wordings", "en"), undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,
    )  # fmt: skip
    made.filters["day"] = _day
    return made


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _everything(kind: MessageKind) -> enforcement.Facts:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return enforcement.Facts(
        kind=kind, reference="reference", content_reference="content", actions=tuple(_DONE), outcome=Outcome.OTHER_RULE, decided_at=at,
        by_notice=True, by_machine=True, decided_by_machine=True, carried_over=True, adds=True, answer_until=at, appeal_until=at,
    )  # fmt: skip
