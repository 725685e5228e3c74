"""How each receiver answers, as far as this process knows, and which referrals are in hand here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from wardline import records, referral
from wardline.errors import AuthorityError


class Circuits:
    """One circuit for each receiver, and one hand for each referral. Safe to share between threads.

    Nothing of it is kept over a restart: then every report may be tried.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._by_name: dict[str, referral.Circuit] = {}
        self._hands: dict[str, tuple[threading.Lock, int]] = {}

    def lets(self, name: str, priority: records.Priority | None, now: datetime) -> bool:
        """Say whether a report may be tried at this receiver now."""
        with self._gate:
            may, self._by_name[name] = referral.lets(
                self._by_name.get(name, referral.Circuit()), priority, now
            )
            return may

    def after(self, name: str, error: AuthorityError | None, now: datetime) -> bool:
        """Note how a call ended; gives whether the receiver answers again after it had not."""
        with self._gate:
            former = self._by_name.get(name, referral.Circuit())
            self._by_name[name] = referral.after(former, error, now)
            return former.is_open and not self._by_name[name].is_open

    def is_open(self, name: str) -> bool:
        """Say whether calls to this receiver are spared."""
        with self._gate:
            return self._by_name.get(name, referral.Circuit()).is_open

    @contextmanager
    def in_hand(self, referral_id: str) -> Iterator[None]:
        """Let one thread at a time work on a referral: another would take a call that is under way for one that a crash cut off."""
        with self._gate:
            lock, waiting = self._hands.get(referral_id, (threading.Lock(), 0))
            self._hands[referral_id] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._gate:
                _, waiting = self._hands[referral_id]
                if waiting == 1:
                    del self._hands[referral_id]
                else:
                    self._hands[referral_id] = lock, waiting - 1
