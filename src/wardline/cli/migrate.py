"""``wardline migrate``: bring the tables up to date."""

from __future__ import annotations

from wardline.cli import output
from wardline.cli.options import HERE, AsJson, Folder


def migrate(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Bring the tables to this program's version.

    Stop every process of the installation first.
    """
    from wardline import settings, wiring

    wiring.migrate(settings.load(folder))
    if as_json:
        output.as_json({"migrated": True})
    else:
        output.line("The tables are up to date.")
