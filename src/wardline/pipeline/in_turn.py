"""Several things that are due, each done whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def do_each(chores: Iterable[Callable[[], object]]) -> None:
    """Do one after the other; afterwards the first error is raised."""
    errors: list[Exception] = []
    for chore in chores:
        try:
            chore()
        except Exception as error:  # noqa: BLE001 -- whatever it was, it must not keep the others from being done
            errors.append(error)
    if errors:
        raise errors[0]
