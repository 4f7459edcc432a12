"""Which Postgres `mailroom run` uses, beside a program that may have one itself."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
from structlog import get_logger

from mailroom.ops.settings import Settings
from mailroom.storage.postgres.migrate import belongs_to_others

log = get_logger("mailroom.run")

PARTS_OF_CONNECTION = {
    "port": ("PGPORT", "5432"),
    "user": ("PGUSER", ""),
    "password": ("PGPASSWORD", ""),
    "passfile": ("PGPASSFILE", ""),
    "sslmode": ("PGSSLMODE", "prefer"),
}
"""What asyncpg takes from the environment, each time that it connects, where the URL is silent."""


def without_its_database(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """The settings without a DATABASE_URL that turns out to be the program's: its tables are there, and none
    of ours. A database that cannot be asked is reported by whoever needs it.
    """
    shared = environment.get("DATABASE_URL")
    if not shared or environment.get("MAILROOM_DATABASE_URL") or settings.database_url != shared:
        return settings
    try:
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            theirs = runner.run(belongs_to_others(shared))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return settings
    if theirs:
        log.info(
            "database_left_to_the_program",
            note="DATABASE_URL holds tables of another program and none of ours, so Mailroom brings a"
            " database of its own; MAILROOM_DATABASE_URL names another one",
        )
        return settings.model_copy(update={"database_url": None, "database_direct_url": None})
    return settings


def settled(database_url: str, environment: Mapping[str, str]) -> str:
    """The same database, with everything said that would be read from the environment at each connection: a
    program may put a PGPORT or a PGSSLMODE there that is meant for its own.
    """
    parts = urlsplit(database_url)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    there = {"port": parts.port, "user": parts.username, "password": parts.password}
    for part, (variable, otherwise) in PARTS_OF_CONNECTION.items():
        value = environment.get(variable) or otherwise
        if value and part not in said and there.get(part) is None:
            said[part] = value
    return parts._replace(query=urlencode(said, safe="/")).geturl()
