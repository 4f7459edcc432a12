"""People who work in the console, in Postgres: links that are used once, and sessions. Of both only a digest
is kept. Whatever the time, it is the database's.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("console_people.sql"))


class Proved(NamedTuple):
    """Somebody, in the order of the columns: how they have proved what address is theirs, and what they are
    called, which proves nothing.
    """

    way: str
    address: str
    username: str | None
    name: str


@dataclass(frozen=True, slots=True)
class LoggedInPerson:
    """Somebody who is logged in, from however many browsers."""

    address: str
    name: str
    sessions: int
    began_at: datetime
    until: datetime


async def add_link(source: Source, token: str, person: Proved, seconds: float) -> None:
    """Keep a link for somebody, for so long."""
    with answering():
        await source.execute(SQL["add_link"], _digest(token), *person, seconds)


async def use_link(source: Source, token: str) -> Proved | None:
    """Whose a link is, which is used up by that; None where it was before, is too old, or never was."""
    with answering():
        row = await source.fetchrow(SQL["use_link"], _digest(token))
    return Proved(*row[:4]) if row is not None and row["fresh"] else None


async def open_session(source: Source, secret: str, person: Proved, seconds: float) -> None:
    """Keep a session of somebody, for so long."""
    with answering():
        await source.execute(SQL["open_session"], _digest(secret), *person, seconds)


async def find_session(source: Source, secret: str) -> Proved | None:
    """Whose a session is; None where it has ended."""
    with answering():
        row = await source.fetchrow(SQL["find_session"], _digest(secret))
    return None if row is None else Proved(*row)


async def end_session(source: Source, secret: str) -> None:
    """End one."""
    with answering():
        await source.execute(SQL["end_session"], _digest(secret))


async def end_sessions_of(source: Source, address: str) -> int:
    """End all of somebody, and the links that wait for them; how many sessions there were."""
    with answering():
        return len(await source.fetch(SQL["end_all"], address))


async def end_all_sessions(source: Source) -> None:
    """End those of everybody, and all links."""
    with answering():
        await source.execute(SQL["end_everybody"])


async def logged_in(source: Source, most: int) -> list[LoggedInPerson]:
    """Who is, who came last first."""
    with answering():
        return [LoggedInPerson(*row) for row in await source.fetch(SQL["list_sessions"], most)]


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
