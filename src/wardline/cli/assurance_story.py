"""The story of automation, told on a terminal: simulated, from the first score to a suspended certificate."""

from __future__ import annotations

import textwrap

from wardline.capacity import rehearse_automation
from wardline.cli import output

_WIDTH = 100


def tell(*, as_json: bool) -> None:
    """Play it."""
    scenes = list(rehearse_automation())
    if as_json:
        output.as_json({"story": "assurance", "simulated": True, "scenes": scenes})
        return
    output.line(
        "Simulated: content, people and clock are; what decides is what decides in an installation.\n"
    )
    for scene in scenes:
        output.line(f"{scene.at:%Y-%m-%d}  {scene.turn}")
        output.line(textwrap.indent(textwrap.fill(scene.text, _WIDTH), "    ") + "\n")
