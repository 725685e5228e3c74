"""The console's table of docs/reference/figures.md, from what `wardline bench console --json` printed on SQLite and on PostgreSQL.

wardline bench console --json > sqlite.json
wardline bench console --store postgres --json > postgres.json
python benchmarks/console_table.py sqlite.json postgres.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_CASE = re.compile(r"(?P<path>/.*?)(?: as (?P<role>\w+))?, (?P<what>[a-z, 0-9]+)")
_HEAD = (
    "| Page, as the slowest role gets it | SQLite, median / p95 | PostgreSQL, median / p95 | HTML | With style and scripts |\n"
    "|---|---|---|---|---|"
)

Figures = dict[str, dict[str, float]]
"""By path, then by what was measured."""


def figures_of(printed: str) -> Figures:
    """Read the last line that the benchmark printed."""
    found: Figures = {}
    for row in json.loads(printed.splitlines()[-1])["rows"]:
        case = _CASE.fullmatch(row["case"])
        assert case is not None, row["case"]
        found.setdefault(case["path"], {})[case["what"]] = row["ours"]
    return found


def table(sqlite: Figures, postgres: Figures) -> Iterator[str]:
    """Give the lines of the table."""
    yield _HEAD
    for path, ours in sorted(sqlite.items()):
        theirs = postgres[path]
        times = (f"{each['median']:.0f} / {each['p95']:.0f} ms" for each in (ours, theirs))
        html, whole = (max(ours[what], theirs[what]) for what in ("page alone", "page, style and scripts"))
        yield f"| `{path}` | {' | '.join(times)} | {html:.1f} kB | {whole:.1f} kB |"
    yield ""
    for path, ours in sorted(sqlite.items()):
        if (anew := ours.get("counted anew")) is not None:
            yield f"`{path}` counted anew: {anew:.0f} ms on SQLite, {postgres[path]['counted anew']:.0f} ms on PostgreSQL."


if __name__ == "__main__":
    for line in table(*(figures_of(Path(name).read_text("utf-8")) for name in sys.argv[1:3])):
        print(line)
