"""The terms of a list, as options."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline import records
from wardline.records import WIDEST_RADIUS_BITS, ListMeaning, ListRole, ListTrust

_NEGATIVE_RADIUS_BITS = 10
"""A negative list clears what looks the same to a person, not what resembles it."""

Meaning = Annotated[ListMeaning, typer.Option("--meaning", help="What its owner says of the entries.")]
Role = Annotated[
    ListRole,
    typer.Option(
        "--role", help="Bank: looked for. Negative: known to be harmless. Canary: no entry may be near it."
    ),
]
RadiusBits = Annotated[
    int | None,
    typer.Option(
        "--radius-bits", min=0, max=WIDEST_RADIUS_BITS,
        help=f"A PDQ hash this near is found. {WIDEST_RADIUS_BITS}, and {_NEGATIVE_RADIUS_BITS} on a negative list, unless given.",
    ),
]  # fmt: skip
Surfaces = Annotated[
    list[str] | None,
    typer.Option(
        "--surface", help="Look it up for this surface only; may be repeated. Everywhere unless given."
    ),
]


def of(
    trust: ListTrust,
    meaning: ListMeaning,
    role: ListRole,
    radius_bits: int | None,
    surfaces: list[str] | None,
) -> records.ListTerms:
    """Put the terms together."""
    usual = _NEGATIVE_RADIUS_BITS if role is ListRole.NEGATIVE else WIDEST_RADIUS_BITS
    return records.ListTerms(
        trust=trust, meaning=meaning, role=role, radius_bits=usual if radius_bits is None else radius_bits,
        surfaces=tuple(dict.fromkeys(surfaces or ())),
    )  # fmt: skip
