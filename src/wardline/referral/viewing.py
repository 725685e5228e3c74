"""Whether a person viewed a file: from the reveal log, and from nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from wardline import records


def was_viewed(item: records.Item, reveals: Iterable[records.Reveal]) -> bool:
    """Say whether one single person was shown every frame of a file.

    Of an account in words all is shown at once. Two people who saw half of it each have not viewed it, and a file whose number of frames is unknown was never viewed.

    Source: CyberTipline Reporting API, ``fileViewedByEsp``: the entire contents of the file.
    """
    if item.told is not None:
        return any(reveal.item_id == item.id for reveal in reveals)
    if item.picture is None:
        return False
    shown: defaultdict[str, set[int]] = defaultdict(set)
    for reveal in reveals:
        if reveal.item_id == item.id and reveal.frame < item.picture.frames:
            shown[reveal.user_id].add(reveal.frame)
    return any(len(frames) == item.picture.frames for frames in shown.values())
