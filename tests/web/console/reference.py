"""The reference of the console, built from its routes. `python -m tests.web.console.reference` prints it as it should be."""

from __future__ import annotations

import sys

from wardline.records import Role
from wardline.web.console.building import PAGES

HEAD = """\
# The console

The human face of an installation, at the address at which it serves. A test compares this page with the program.

## What a browser needs

Plain HTML and one stylesheet: every action is a link or a form with a button. htmx and `keys.js` come from the installation itself and are comfort;
with both off, nothing is lost but convenience. Colours use `light-dark()` and `:has()`, which browsers have had since the middle of 2024. Nothing is
loaded from elsewhere, and the Content-Security-Policy allows no inline script or style. Serve it over HTTPS (a proxy with TLS in front): the
session's cookie is `HttpOnly`, `SameSite=Strict`, and `Secure` over HTTPS. Revealed pictures and kept forms are in the memory of one process: with
several processes behind one address, a session must stay with its process.

## Who sees what of a picture

Before a reveal, the person who holds the case gets a cover: at most 32 x 20 grey points, made and blurred in the decode sandbox. There is no address of
the original. A reveal is written to the log before its first byte leaves; its picture has an address for one fetch, within a minute, by the session
it was revealed to. It is covered after 60 seconds, by Space, or by leaving the page, and the log hears of it. The viewed flag of a report, the count
of files revealed and the time on the screen are read from that one log. People see their own figures only. "I need to stop" leaves no entry of its
own: one would tell everybody who reads the log.

## Keys

`N` next case · `J` `K` down, up · `Enter` open · `1` to `7` category · `V` to the Reveal button, `Enter` presses it · `Space` cover · `Ctrl Enter`
record · `S` second opinion · `H` hold · `E` escalate · `P` pass on · `U` take back · `/` search · `.` I need to stop · `?` the list. Single keys do nothing while somebody writes in a field,
and can be switched off under "You".

## Routes

Whoever has no session is sent to sign in. Everything that is not listed for a role is refused.
"""


def rows() -> list[str]:
    """One line a route: what it does and who may."""
    found = []
    for each in sorted(PAGES, key=lambda page: (page.path, page.method)):
        said = " ".join((each.handler.__doc__ or "").split("\n\n")[0].split())
        who = (
            "everybody"
            if each.roles == frozenset(Role)
            else ", ".join(role for role in Role if role in each.roles)
        )
        found.append(f"| `{each.method}` | `{each.path}` | {who} | {said} |")
    return found


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, "| Method | Path | Who | What |", "|---|---|---|---|", *rows(), ""])


if __name__ == "__main__":
    sys.stdout.write(text())
