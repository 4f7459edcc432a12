"""What an owner has written of a policy, read in place of the usual words: the room's table `policies`.

It is HTML as Telegram takes it, one text for each policy and language.
"""

from pathlib import Path
from typing import Any

from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("written.sql"))

POLICY_CHARS_MAX = 3_800
"""Telegram's limit of a message, less what may be said around it."""


async def written_policy(database: Source, bot: str, name: str, language: str) -> str | None:
    """What an owner has written; None if nothing."""
    text: str | None = await database.fetchval(SQL["policy"], bot, name, language)
    return text


async def put_policy(room: Room[Any], by: By, name: str, language: str, html: str) -> None:
    """Have it say this from now on. Raises `OwnerError` for what is empty or too long."""
    if not 0 < len(html.strip()) <= POLICY_CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(html), most=POLICY_CHARS_MAX)

    async def act(tx: Transaction) -> Outcome:
        before = await written_policy(tx.connection, room.bot, name, language)
        await tx.connection.execute(SQL["put"], room.bot, name, language, html)
        return {"before": before, "after": html}

    await once(room, by, "policy", f"{name} ({language})", act)


async def drop_policy(room: Room[Any], by: By, name: str, language: str) -> None:
    """Have the usual words again."""

    async def act(tx: Transaction) -> Outcome:
        before = await written_policy(tx.connection, room.bot, name, language)
        await tx.connection.execute(SQL["drop"], room.bot, name, language)
        return {"before": before, "after": None}

    await once(room, by, "policy_off", f"{name} ({language})", act)
