"""Where a room has its tables: in a schema of the bot's name, or the one that its `data` names."""

import re
from collections.abc import Iterator

from mailroom.ops.bundled import rooms
from mailroom.ops.settings import Settings
from mailroom.storage.postgres.histories import History
from mailroom.storage.postgres.schemas import PLATFORM

SCHEMA = re.compile(r"[A-Za-z0-9_-]{1,63}")
RESERVED = ("public", "information_schema", PLATFORM)


def wrong_schema(bot: str, data: object, setting: str = "bot") -> Iterator[tuple[str, str]]:
    """Which setting of a bot with a room makes it a schema that it cannot have, and why; without `data` it is
    the `setting` that says which room.
    """
    key, name = ("data", data) if data is not None else (setting, bot)
    if not isinstance(name, str):
        return  # said where types are
    if SCHEMA.fullmatch(name) is None:
        yield "data", "names the schema of the bot's tables: up to 63 of A-Z a-z 0-9 _ -"
    elif name.lower() in RESERVED or name.lower().startswith("pg_"):
        whose = "Mailroom's own" if name.lower() == PLATFORM else "Postgres' own"
        advice = (
            "name another one" if key == "data" else 'name one with data = "…", or call the bot differently'
        )
        yield key, f"would have its tables in the schema {name}, which is {whose}: {advice}"


def schemas_of(settings: Settings) -> dict[str, str]:
    """Where each configured bot with a room has its tables, by its name."""
    return {name: one.data or name for name, one in settings.bots.items() if one.kind is not None}


def histories_of(settings: Settings) -> list[History]:
    """The migrations of each bot that has tables. Bots that name the same schema have the same."""
    found: dict[tuple[str, str], History] = {}
    schemas = schemas_of(settings)
    for name, its in rooms(settings).items():
        if its.migrations is None:
            continue
        one = settings.bots[name]
        kind = one.kind or ""
        key = (kind, schemas[name])
        known = found.get(key)
        bots = (*known.bots, name) if known is not None else (name,)
        # Whoever shares a schema by its name with a bot called so has chosen it; that bot has not.
        chosen = one.data is not None and (known is None or known.chosen)
        found[key] = History(kind, schemas[name], its.migrations, bots, chosen)
    return list(found.values())
