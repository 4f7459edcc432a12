"""The dashboard for Grafana: the platform's, and below it a row for each kind of bot."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailroom.ops.monitoring import DASHBOARD, PANELS, PLATFORM, BroughtError


def merged(brought: Mapping[str, Path]) -> dict[str, Any]:
    """The dashboard; ids and places of what bots bring are those that are free. Raises `BroughtError` where a
    bot's file is not what it should be.
    """
    board: dict[str, Any] = json.loads((PLATFORM / DASHBOARD).read_text(encoding="utf-8"))
    panels: list[dict[str, Any]] = board["panels"]
    for folder in brought.values():
        if not (file := folder / PANELS).exists():
            continue
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            panels += _row(row["title"], row["panels"], below=panels)
        except (ValueError, KeyError, TypeError) as error:
            raise BroughtError(
                f'{file}: has to be {{"title": …, "panels": […]}}, each panel with its gridPos:'
                f" {type(error).__name__} {error}"
            ) from error
    return board


def _row(title: str, brought: list[dict[str, Any]], below: list[dict[str, Any]]) -> list[dict[str, Any]]:
    top = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in below)
    free = max(panel["id"] for panel in below) + 1
    place = {"h": 1, "w": 24, "x": 0, "y": top}
    row = {"type": "row", "title": title, "id": free, "collapsed": False, "gridPos": place, "panels": []}
    lowered = (panel["gridPos"] | {"y": panel["gridPos"]["y"] + top + 1} for panel in brought)
    placed = zip(brought, lowered, strict=True)
    return [
        row,
        *(
            panel | {"id": id_, "gridPos": at}
            for id_, (panel, at) in enumerate(placed, start=free + 1)
        ),
    ]  # fmt: skip
