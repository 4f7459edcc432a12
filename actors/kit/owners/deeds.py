"""Who did what to a bot, and when; and that it is done once, however often it is asked for.

What an owner does is written down in the very transaction that does it, under the name of the message or the
request that it is done for (`By.effect_id`). Whoever does the same again is told what came of it then. It is
the room's table `owner_log`: what came of a deed is kept there whole, to be answered again, where the
platform's log (`Transaction.note`) keeps what is worth reading.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailroom.actors.cause import Cause
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.speech.printable import printable
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("deeds.sql"))

WHO_CHARS_MAX = 200
TARGET_CHARS_MAX = 200
WHY_CHARS_MAX = 1_000

Outcome = dict[str, Any]
"""What came of an action, as plain JSON. Nothing secret: the log is read by more people."""


@dataclass(frozen=True)
class By:
    """Who does something, to which bot, why, and for which message or request."""

    bot: str
    who: str
    effect_id: str
    why: str = ""
    begun: Cause | None = None
    """The message or question; None for what is never handled again but by its own name."""

    @property
    def cause(self) -> Cause:
        """It as a reason to write."""
        own = Cause(bot=self.bot, trace="", who=self.who, effect=lambda name: f"{self.effect_id}:{name}")
        return (self.begun or own).by(self.who, self.why)


@dataclass(frozen=True)
class Deed:
    """Something that was done."""

    at: datetime
    who: str
    action: str
    target: str
    why: str
    outcome: Outcome


async def once(
    room: Room[Any], by: By, action: str, target: str, act: Callable[[Transaction], Awaitable[Outcome]]
) -> Outcome:
    """Do something in a transaction, written down; or find what came of it when it was done before.

    What `act` raises undoes all of it. Raises `StoreUnavailable` where Postgres does not answer.
    """
    async with room.transaction(by.cause) as tx:
        return await once_within(tx, by, action, target, act)


async def once_within(
    tx: Transaction, by: By, action: str, target: str, act: Callable[[Transaction], Awaitable[Outcome]]
) -> Outcome:
    """The same in a transaction of the caller's."""
    # A twin waits here for the first one's commit.
    number = await tx.connection.fetchval(
        SQL["begin"],
        by.bot,
        by.effect_id,
        printable(by.who)[:WHO_CHARS_MAX],
        action,
        printable(target)[:TARGET_CHARS_MAX],
        printable(by.why)[:WHY_CHARS_MAX],
    )
    if number is None:
        done: Outcome = json.loads(await tx.connection.fetchval(SQL["outcome"], by.effect_id))
        return done
    outcome = await act(tx)
    await tx.connection.execute(SQL["end"], number, json.dumps(outcome, ensure_ascii=False))
    return outcome


async def read_log(source: Source, bot: str, most: int = 20) -> list[Deed]:
    """What was done last to a bot, newest first."""
    rows = await source.fetch(SQL["read"], bot, most)
    return [
        Deed(row["at"], row["who"], row["action"], row["target"], row["why"], json.loads(row["outcome"]))
        for row in rows
    ]
