"""The demo's moderators: they claim, reveal and decide through the HTTP API, as people would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from wardline.cli.demo.scenario import UNSURE_FLAG
from wardline.errors import DependencyError

_SECONDS = 30.0
_ROUNDS = 10
"""A case that one cannot tell comes back for another: a few rounds are enough for all."""
_CATEGORIES = ("A1", "A2", "B1", "B2")


def work(api: str, keys: Mapping[str, str], *, done: Callable[[], None]) -> None:
    """Let every moderator work until no case waits."""
    with ThreadPoolExecutor(len(keys), thread_name_prefix="demo-moderator") as pool:
        for _ in range(_ROUNDS):
            counts = [pool.submit(_Moderator(api, key, done).shift) for key in keys.values()]
            if not sum(count.result() for count in counts):
                return
    raise DependencyError("demo: cases still wait after ten rounds, expected none")


class _Moderator:
    """One person at one desk."""

    def __init__(self, api: str, key: str, done: Callable[[], None]) -> None:
        self._api = httpx.Client(base_url=api, headers={"Authorization": f"Bearer {key}"}, timeout=_SECONDS)
        self._done = done

    def shift(self) -> int:
        """Work until nothing waits for this person; gives how many cases were handled."""
        handled = 0
        with self._api:
            for case in self._unfinished():
                self._handle(case)
                handled += 1
            while (waiting := self._next()) is not None:
                self._handle(waiting)
                handled += 1
        return handled

    def _unfinished(self) -> list[dict[str, Any]]:
        """Cases that were claimed before a restart: their lease still runs, so they come to nobody else."""
        mine: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self._get("/v1/cases", state="open", mine="true", **({"cursor": cursor} if cursor else {}))
            mine += page["items"]
            cursor = page["next"]
            if cursor is None:
                return mine

    def _next(self) -> dict[str, Any] | None:
        answer = self._api.post("/v1/cases/next")
        if answer.status_code == 204:
            return None
        case: dict[str, Any] = self._checked(answer)
        return case

    def _handle(self, case: dict[str, Any]) -> None:
        reasons = " ".join(case["reasons"])
        unsure = UNSURE_FLAG in reasons and not case["passed_by"]
        matched = "entry of a" in reasons
        # A file that is the same as a listed one may be decided without looking: the best view is the one not needed.
        if "Same as" not in reasons and "Could not be scanned" not in reasons:
            self._reveal(case)
        if unsure:
            judgement: dict[str, Any] = {"outcome": "cannot-tell"}
        elif matched:
            judgement = {"outcome": "violation", "findings": [
                {"item_id": item, "category": _CATEGORIES[sum(case["account_reference"].encode()) % 4]}
                for item in case["item_ids"]
            ]}  # fmt: skip
        else:
            judgement = {"outcome": "not-a-violation"}
        self._checked(self._api.post(f"/v1/cases/{case['id']}/decisions", json=judgement))
        if not unsure:
            self._done()

    def _reveal(self, case: dict[str, Any]) -> None:
        seen = {each["item_id"] for each in self._get(f"/v1/cases/{case['id']}/reveals", mine="true")}
        for item in case["item_ids"]:
            if item not in seen:
                answer = self._api.post(f"/v1/cases/{case['id']}/reveals", json={"item_id": item})
                if answer.status_code != 200 or not answer.content.startswith(b"\x89PNG"):
                    raise DependencyError(
                        f"{case['id']}: reveal answered {answer.status_code}, expected a picture"
                    )

    def _get(self, path: str, **parameters: str) -> Any:
        return self._checked(self._api.get(path, params=parameters))

    @staticmethod
    def _checked(answer: httpx.Response) -> Any:
        if answer.status_code not in (200, 201):
            raise DependencyError(f"demo: a moderator's request answered {answer.status_code}, expected 200")
        return answer.json()
