"""``wardline certificate``: what a machine may decide alone."""

from __future__ import annotations

from wardline.cli.groups import group

app = group("What a machine may decide alone: propose, show, list, suspend.")
