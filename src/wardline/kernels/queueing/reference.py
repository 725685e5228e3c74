"""The look-ahead index: expected harm avoided over the time ahead, divided by the expected handling time.

Harm comes at a rate that falls exponentially. Between works of one decay the order then never changes with time, so that a number that is
computed once, the turn, keeps it; ``turns`` and ``index_of_turns`` together are ``look_ahead``, which a test holds them to.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def look_ahead(rate: Floats, decay: Floats, handling: Floats, *, horizon: float | Floats) -> Floats:
    """Compute the index: the larger, the sooner.

    Args:
        rate: ``float64[n]``, harm per hour now, 0 and up.
        decay: ``float64[n]``, hours in which the rate falls to 1/e, above 0; infinite for a rate that stays.
        handling: ``float64[n]``, expected hours of work, above 0.
        horizon: Hours until capacity is expected back, above 0; one for all, or ``float64[n]``.

    Returns:
        ``float64[n]``, harm avoided in each hour of work.

    Source: the c-mu rule (Cox and Smith, Queues, 1961) with the harm until capacity is back in the place of the rate; a deterministic form
    of the index of Gocmen, Lykouris, Sinha and Weng, arXiv 2505.21331.
    """
    return np.asarray(rate * _lasting(decay, horizon) / handling, np.float64)


def turns(rate: Floats, opened: Floats, decay: Floats, handling: Floats) -> Floats:
    """Compute the place among works of the same decay, which no time changes: the smaller, the sooner.

    The index of a work that was opened at ``o`` is ``rate * exp((o - t) / decay) * lasting / handling`` at the time ``t``. In its logarithm
    only ``-t / decay`` and what the horizon gives change with time, and both are the same for all works of one decay.

    Args:
        rate: ``float64[n]``, harm per hour when the work was opened, 0 and up.
        opened: ``float64[n]``, when that was, hours since any fixed moment.
        decay: ``float64[n]``, hours; infinite for a rate that stays.
        handling: ``float64[n]``, expected hours of work, above 0.

    Returns:
        ``float64[n]``; infinite where the rate is 0.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(-(np.log(rate / handling) + opened / decay), np.float64)


def index_of_turns(turn: Floats, decay: Floats, *, now: float, horizon: float) -> Floats:
    """Compute the logarithm of the index at a time from turns, so that works of different decays can be compared.

    Args:
        turn: ``float64[n]``, of ``turns``.
        decay: ``float64[n]``, hours; the same as there.
        now: Hours since the same moment.
        horizon: Hours until capacity is expected back, above 0.

    Returns:
        ``float64[n]``; the larger, the sooner; minus infinity where the rate is 0.
    """
    return np.asarray(-turn - now / decay + np.log(_lasting(decay, horizon)), np.float64)


def _lasting(decay: Floats, horizon: float | Floats) -> Floats:
    """Give the hours at the present rate that come to as much as the falling rate until the horizon: ``decay * (1 - exp(-horizon / decay))``."""
    stays = np.isinf(decay)
    falls = np.where(stays, 1.0, decay)
    return np.where(stays, horizon, -falls * np.expm1(-horizon / falls))
