"""What a certificate promises, in words that may be published: no threshold, no list, no detector, nothing that helps to be scored low."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from wardline.records import Arm, Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The public text, part by part."""

    promises: tuple[str, ...]
    """One for each arm that stands; none where people decide everything."""
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    """What is not promised."""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        parts = [*self.promises]
        for title, points in (("This rests on:", self.assumptions), ("It does not promise:", self.limits)):
            if points:
                parts.append("\n".join([title, *(f"- {each}" for each in points)]))
        return "\n\n".join(parts)


_NOBODY = "No decision is made by automated means alone. They point at uploads, and people decide."
"""Also before the first certificate."""
_ASSUMPTIONS = (
    "the items that were examined were drawn from what is uploaded there, one by one and independently;",
    "the automated means are the same as when they were examined; any change ends the promise until they were examined again;",
    "people decide what is left to them as carefully as they did in the examination;",
    "the truth is what several people, who did not know of each other, found. What all of them would get wrong nobody here can see.",
)
_LIMITS = (
    "anything about a single upload;",
    "anything about groups of people or of content that are not named above;",
    "anything about material of a kind that was not known to anybody when the automated means were examined, beyond what random checks find;",
    "anything after a change in what is uploaded, until the watch that goes on all the time has seen enough of it;",
    "anything against somebody who works at not being found.",
)


def say(standing: Iterable[Certificate]) -> Said:
    """Say what is promised while these certificates stand."""
    promises = tuple(_promise(each) for each in standing)
    if not promises:
        return Said(promises=(_NOBODY,), assumptions=(), limits=())
    return Said(promises=promises, assumptions=_ASSUMPTIONS, limits=_LIMITS)


def _promise(certificate: Certificate) -> str:
    chance, cap = percent(certificate.error_level), percent(certificate.cap)
    where = f"Among uploads of the kind {certificate.scope}"
    if certificate.arm is Arm.CLEAR:
        does = "automated means may release an upload before a person saw it"
        harm = (
            f"at most {cap} of all violating uploads are released so although a person would have found them"
        )
    else:
        does = (
            "automated means may restrict an upload before a person saw it; the uploader is told so, may object, and then a person decides; nobody "
            "is punished or reported on that alone"
        )
        harm = f"at most {cap} of all harmless uploads are restricted so although a person would have let them stand"
    people = "The cap is no more than a tenth of what people were found to get wrong themselves."
    return f"{where}, {does}. This was examined beforehand: {harm}. The chance that the examination was misled by luck is at most {chance}. {people}"


def percent(share: float) -> str:
    """Write a share as a percentage of two digits that count, rounded up: nothing is promised that is not kept."""
    if share <= 0:
        return "0 %"
    digits = 1 - math.floor(math.log10(100 * share))
    up = math.ceil(round(100 * share * 10**digits, 6)) / 10**digits
    return f"{up:.{max(digits, 0)}f}".rstrip("0").rstrip(".") + " %" if digits > 0 else f"{up:.0f} %"
