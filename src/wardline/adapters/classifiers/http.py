"""A detector behind an HTTP address: any, as far as the settings can say where the picture goes and where the score comes from.

Nothing of a picture or an answer is logged, and no error quotes one.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue

import httpx

from wardline import records
from wardline.adapters.classifiers import answers, options
from wardline.adapters.classifiers.answers import NoAnswer
from wardline.adapters.classifiers.breaker import Breaker
from wardline.adapters.trusting import trust
from wardline.errors import ConfigurationError

_MOST_ANSWER_BYTES = 1 << 18
_MOST_AT_ONCE = 64
"""Requests under way at the same time. One whose time is over may hang for a little longer, in a thread that nobody waits for."""
_FIRST_WAIT_SECONDS = 0.1
_TRY_AGAIN = frozenset(
    {408, 425, 429}
)  # client errors that are about the moment. Source: RFC 9110, RFC 8470, RFC 6585


class _Again(Exception):  # noqa: N818 -- it never leaves this module
    """It failed, and may work when it is tried again. The text is a fixed phrase."""


class HttpDetector:
    """A ``ports.Classifier`` that asks by HTTP POST. Safe to share between threads.

    Args:
        name: What the settings call it.
        version: The one that counts; an answer that names another one is no score.
        chosen: See ``options``.
        secret: Goes into the header that the settings name; empty for none.
        sleep: Waits between tries.
    """

    def __init__(
        self, name: str, version: str, chosen: options.Options, secret: bytes, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:  # fmt: skip
        self._name, self._frozen, self._options, self._sleep = name, version, chosen, sleep
        headers = {"Accept": "application/json", "User-Agent": "wardline"}
        if chosen.header is not None:
            headers[chosen.header] = chosen.header_prefix + _text(name, secret)
        # No proxy and no netrc from the environment: the settings alone decide where pictures go. And a connection for each picture: what is
        # sent beyond an answer's end would on a kept one be taken for the score of the next.
        self._client = httpx.Client(
            timeout=chosen.seconds, follow_redirects=False, trust_env=False, verify=trust(trust_env=False), headers=headers,
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip
        self._breaker = Breaker(after=chosen.break_after, seconds=chosen.break_seconds)
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)

    @property
    def name(self) -> str:
        """What the settings call it."""
        return self._name

    @property
    def version(self) -> str:
        """The version in the settings, and a digest of who is asked and how: another model, address or pointer is another one."""
        return f"{self._frozen} {self._options.digest}"

    def score(self, content: bytes) -> float | records.Unscannable:
        """Ask about a picture. See ``ports.Classifier``."""
        if not self._breaker.lets():
            return self._failure("failed several times, and is left alone for a while")
        try:
            score = self._within_time(content)
        except (NoAnswer, _Again) as error:
            self._breaker.failed()
            return self._failure(str(error))
        self._breaker.went_well()
        return score

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _failure(self, reason: str) -> records.Unscannable:
        return records.Unscannable(source=self._name, reason=reason)

    def _within_time(self, content: bytes) -> float:
        """Ask, as often as the settings allow; and go on when the time is over, whatever hangs: a name that is looked up, a header that
        drips in."""
        if not self._slots.acquire(blocking=False):
            raise _Again("is asked about too much at once")
        box: SimpleQueue[float | Exception] = SimpleQueue()
        until = time.monotonic() + self._options.total_seconds

        def work() -> None:
            try:
                box.put(self._tried(content, until))
            except Exception as error:  # noqa: BLE001 -- handed to whoever waits
                box.put(error)
            finally:
                self._slots.release()

        threading.Thread(target=work, name=f"detector {self._name}", daemon=True).start()
        try:
            came = box.get(timeout=self._options.total_seconds)
        except Empty:
            raise _Again("gave no answer in time") from None
        if isinstance(came, NoAnswer | _Again):
            raise came
        if isinstance(came, Exception):
            raise _Again("could not be asked")
        return came

    def _tried(self, content: bytes, until: float) -> float:
        for attempt in range(self._options.retries + 1):
            try:
                return self._once(content, until)
            except _Again:
                wait = _FIRST_WAIT_SECONDS * 2**attempt * (0.5 + random.random() / 2)
                if attempt == self._options.retries or time.monotonic() + wait >= until:
                    raise
                self._sleep(wait)
        raise _Again("gave no answer in time")

    def _once(self, content: bytes, until: float) -> float:
        body = self._answer(content, min(until, time.monotonic() + self._options.seconds))
        document = answers.read(body)
        if self._options.version_at is not None:
            answered = answers.version_of(document, self._options.version_at)
            if answered != self._frozen:
                raise NoAnswer(records.OTHER_VERSION)
        return answers.score_of(document, self._options.score)

    def _answer(self, content: bytes, until: float) -> bytes:
        try:
            with self._client.stream(
                "POST", self._options.url, **answers.request(self._options, content)
            ) as answer:
                status, body = answer.status_code, _read(answer, until)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _Again("gave no answer") from None
        if status in _TRY_AGAIN or status >= 500:
            raise _Again("answered that it cannot answer now")
        if not 200 <= status < 300:  # also a redirection: nobody else gets to see the picture
            raise NoAnswer("refused to answer")
        return body


def _read(answer: httpx.Response, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > _MOST_ANSWER_BYTES:
            raise NoAnswer("answered with too much")
        if time.monotonic() > until:
            raise _Again("gave no answer in time")
    return b"".join(parts)


def _text(name: str, secret: bytes) -> str:
    try:
        text = secret.decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable():
        raise ConfigurationError(
            f"detector {name}: secret_file is missing, empty or not text, expected what goes into its header"
        )
    return text


def create(name: str, version: str, chosen: Mapping[str, str], secret: bytes) -> HttpDetector:
    """Make a detector from the settings.

    Raises:
        ConfigurationError: An option is unknown, missing or wrong, or the secret does not fit.
    """
    return HttpDetector(name, version, options.read(name, chosen), secret)
