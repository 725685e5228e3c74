"""Threads that do what uploads ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Hands:
    """Threads of the uploads' own: those that wait for a decoder keep no moderator waiting."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="wardline-upload")

    async def do(self, work: Callable[[], T]) -> T:
        """Have it done in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Wait for what is under way. What no thread has taken up yet is not done; whoever asked for it gets no answer, and may repeat it."""
        self._threads.shutdown(cancel_futures=True)
