"""Which rooms there are, and the one place that loads one: a bundled bot by its name, or a package of
somebody's own that the configuration names.
"""

from pathlib import Path
from typing import Any

from mailroom.actors import bots
from mailroom.actors.hosting.bundled import BundledBot, Parts
from mailroom.actors.hosting.imported import ModuleFaultError, defined_in, faults_told, imported
from mailroom.ops.settings import Settings

BOT = "BOT"
"""What a room calls the value that says what it is."""
BY_DEFAULT = "shop"
"""The bot that a demo has where none is configured."""


class RoomError(Exception):
    """A room that the configuration names cannot be had; the message says why, and where."""


def bundled_bots() -> list[str]:
    """Those that came along: the folders of `actors/bots`."""
    return sorted(file.parent.name for folder in bots.__path__ for file in Path(folder).glob("*/__init__.py"))


def room(kind: str, folder: Path | None = None) -> BundledBot[Any]:
    """A kind of bot, without what runs of it: a bundled one, or else somebody's package, looked for in
    `folder` first. Raises `RoomError`.
    """
    bundled = kind in bundled_bots()
    try:
        module = imported(f"{bots.__name__}.{kind}" if bundled else kind, None if bundled else folder)
    except ModuleFaultError as fault:
        raise RoomError(f"room {kind!r}: {fault}") from fault
    found = getattr(module, BOT, None)
    if not isinstance(found, BundledBot):
        is_none = f"its {BOT} is no BundledBot but of the type {type(found).__name__}"
        wrong = is_none if hasattr(module, BOT) else f"has no {BOT}, the BundledBot that says what it is"
        raise RoomError(f"room {kind!r}: {wrong}{defined_in(module, folder)}")
    return found


def rooms(settings: Settings) -> dict[str, BundledBot[Any]]:
    """What each configured bot with a room is, by its name."""
    return {name: room(one.kind, _folder(settings)) for name, one in settings.bots.items() if one.kind}


def parts_of(settings: Settings, name: str) -> Parts[Any]:
    """What runs of a configured bot, all of it counted. Raises `RoomError`."""
    kind, folder = settings.bots[name].kind or "", _folder(settings)
    its = room(kind, folder)
    try:
        with faults_told(kind, folder):
            parts = its.parts()
    except ModuleFaultError as fault:
        raise RoomError(f"room {kind!r}: {fault}") from fault
    from mailroom.actors.hosting.counted_parts import counted_parts  # with the parts, asyncpg

    return counted_parts(parts, name)


def _folder(settings: Settings) -> Path | None:
    """Where the packages of somebody's rooms are looked for first."""
    return settings.config.parent if settings.config else None
