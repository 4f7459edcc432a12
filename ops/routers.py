"""The routers and rooms of the configuration, tried out before anything is started for them."""

from mailroom.ops.bundled import RoomError, parts_of
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.quick_aiogram import import_aiogram
from mailroom.ops.settings import Settings


def require_routers(settings: Settings) -> None:
    """Import what the configuration names; raises `ConfigurationError` with all that is wrong there, each
    with its place in the author's code.
    """
    import_aiogram()
    from mailroom.actors.hosting.load import RouterError, from_disk

    folder = settings.config.parent if settings.config else None
    where = settings.config.name if settings.config else "settings"
    faults: dict[str, str] = {}
    for _ in range(2):  # what a later module does to an earlier one's router is seen only afterwards
        for name, one in settings.bots.items():
            if one.router is not None and name not in faults:
                try:
                    from_disk(one.router, folder)
                except RouterError as error:
                    faults[name] = str(error)
    rooms: dict[str, str] = {}
    for name, one in settings.bots.items():
        if one.room is not None:
            try:
                parts_of(settings, name)
            except RoomError as error:
                rooms[name] = str(error)
    if faults or rooms:
        raise ConfigurationError(
            f"bots.{name}.{key} ({where}): {fault}"
            for key, found in (("router", faults), ("room", rooms))
            for name, fault in found.items()
        )
