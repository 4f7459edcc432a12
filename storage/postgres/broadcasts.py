"""Broadcasts as rows. `Broadcasts` is for people: create, pause, look. `Sending` is for the process that
sends those of a bot: it holds the bot, marks recipients before they are told, and writes down how it went.

A process that dies leaves recipients marked. Who takes the bot over marks them `unknown`, because a message
to Telegram cannot be made to be sent only once; events are put into their mailboxes again, which know them.
"""

from collections import defaultdict
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import asyncpg

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load
from mailroom.storage.texts import kept

SQL = load(Path(__file__).with_name("broadcasts.sql"))

Status = Literal["filling", "running", "paused", "cancelled", "done"]
State = Literal["waiting", "sending", "sent", "failed", "unknown"]

CHUNK_CHATS = 5_000
"""Recipients in one statement: they are streamed, so that a hundred thousand take no memory."""
HOLD_SECONDS = 15.0
"""How long a bot stays in the hands of a process that is silent: after a kill, nobody sends for so long."""
LATELY_SECONDS = 30.0
"""What the rate is measured over."""
REASON_CHARS_MAX = 200
"""Reasons are counted: Telegram's are short, and there are few of them."""
DIED = "its process ended while it was sent"
KEPT_SECONDS = 90 * 86_400.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast has come."""

    id: int
    bot: str
    status: Status
    status_by: str | None
    status_why: str | None
    message: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    sent: int
    failed: Mapping[str, int]
    """How many for which reason, most first."""
    unknown: int
    """Who may have been told or not, and is not told again unless on-call says so."""
    left: int
    per_second: float
    eta_seconds: float | None
    """None while it does not get on."""

    @property
    def total(self) -> int:
        """All recipients."""
        return self.sent + sum(self.failed.values()) + self.unknown + self.left


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one recipient."""

    broadcast_id: int
    chat_id: int
    state: State
    reason: str | None = None
    after_seconds: float = 0.0
    """When to try again, if the state is `waiting`."""


async def forget_recipient(source: Source, bot: str, chat_id: int) -> None:
    """Know no more that a chat was among the recipients, of whichever broadcast of the bot."""
    with answering():
        await source.execute(SQL["forget"], bot, chat_id)


class Broadcasts:
    """What people do with broadcasts. Every call may be repeated, except `create`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def create(
        self,
        bot: str,
        message: str,
        recipients: Iterable[int] | AsyncIterable[int],
        *,
        as_event: bool,
        start: bool = True,
    ) -> int:
        """Write a broadcast; nobody is told before all recipients are there. What ends halfway stays
        `filling`, is never sent, and can be cancelled. Whoever is named twice is told once.
        """
        with answering():
            id_: int = await self._pool.fetchval(SQL["create"], bot, message, as_event)
            async for chunk in _chunks(recipients):
                await self._pool.execute(SQL["add"], id_, chunk)
            await self._move(id_, "running" if start else "paused", ("filling",))
        return id_

    async def leave(self, bot: str, chat_id: int) -> None:
        """Tell a chat nothing of what it has not been told yet, in whichever broadcast of the bot."""
        with answering():
            await self._pool.execute(SQL["leave"], bot, chat_id)

    async def pause(self, id: int, by: str, why: str) -> bool:  # noqa: A002 - what it is called everywhere
        """Tell nobody else for now. False if it is not running."""
        return await self._move(id, "paused", ("running",), by, why)

    async def resume(self, id: int, by: str) -> bool:  # noqa: A002
        """Go on. False if it is not paused."""
        return await self._move(id, "running", ("paused",), by)

    async def cancel(self, id: int, by: str, why: str) -> bool:  # noqa: A002
        """Tell nobody else. False if it is over already."""
        return await self._move(id, "cancelled", ("filling", "running", "paused"), by, why)

    async def repeat_unknown(self, id: int) -> int:  # noqa: A002
        """Tell those of whom nobody knows whether they were told; some are told twice by it. How many."""
        with answering():
            again: int = await self._pool.fetchval(SQL["repeat"], id)
        return again

    async def progress(self, id: int) -> Progress | None:  # noqa: A002
        """How far one has come."""
        found = await self._look(None, id, 1)
        return found[0] if found else None

    async def find(self, bot: str | None = None, most: int = 20) -> list[Progress]:
        """The newest ones."""
        return await self._look(bot, None, most)

    async def prune(self, older_seconds: float = KEPT_SECONDS) -> int:
        """Forget one that has been over for long; call again for more. How many were forgotten."""
        with answering():
            tag: str = await self._pool.execute(SQL["prune"], older_seconds)
        return int(tag.removeprefix("DELETE "))

    async def _move(
        self, id_: int, status: Status, of: Sequence[Status], by: str | None = None, why: str | None = None
    ) -> bool:
        with answering():
            return await self._pool.fetchval(SQL["status"], id_, status, of, by, why) is not None

    async def _look(self, bot: str | None, id_: int | None, most: int) -> list[Progress]:
        with answering():
            rows = await self._pool.fetch(SQL["broadcasts"], bot, id_, most)
            tally = await self._pool.fetch(SQL["tally"], [row["id"] for row in rows], LATELY_SECONDS)
        counts: defaultdict[int, list[asyncpg.Record]] = defaultdict(list)
        for row in tally:
            counts[row["broadcast_id"]].append(row)
        return [_progress(row, counts[row["id"]]) for row in rows]


class Sending:
    """The broadcasts of one bot in the hands of one process. `owner` names this try to hold it."""

    def __init__(self, pool: asyncpg.Pool, bot: str, owner: str) -> None:
        self._pool = pool
        self._bot = bot
        self._owner = owner

    async def take(self, hold_seconds: float = HOLD_SECONDS) -> bool:
        """Take the bot, and clear up after the one before. False if another process has it."""
        with answering():
            async with self._pool.acquire() as connection, connection.transaction():
                if await connection.fetchval(SQL["take"], self._bot, self._owner, hold_seconds) is None:
                    return False
                await connection.execute(SQL["recover"], self._bot, DIED)
        return True

    async def running(self) -> list[tuple[int, str, str]]:
        """What there is to send: the ids, the messages, and the names that are never given again."""
        with answering():
            return [tuple(row) for row in await self._pool.fetch(SQL["running"], self._bot)]

    async def claim(
        self, wanted: Mapping[int, int], hold_seconds: float = HOLD_SECONDS
    ) -> dict[int, list[int]] | None:
        """Mark as many recipients of each broadcast, and hold on to the bot. None: it is not ours any more.

        If the answer to this gets lost, `put_back` finds those who were marked.
        """
        ids, counts = list(wanted), list(wanted.values())
        with answering():
            rows = await self._pool.fetch(SQL["claim"], self._bot, self._owner, hold_seconds, ids, counts)
        if not rows:
            return None
        claimed: dict[int, list[int]] = {}
        for broadcast_id, chat_id in rows:
            if broadcast_id is not None:
                claimed.setdefault(broadcast_id, []).append(chat_id)
        return claimed

    async def settle(self, said: Sequence[Said]) -> None:
        """Write down what became of recipients. May be repeated."""
        rows = [
            (one.broadcast_id, one.chat_id, one.state, _reason(one.reason), one.after_seconds) for one in said
        ]
        with answering():
            await self._pool.execute(SQL["settle"], *(list(column) for column in zip(*rows, strict=True)))

    async def pause(self, id: int, by: str, why: str) -> bool:  # noqa: A002
        """Pause one that cannot work."""
        return await Broadcasts(self._pool).pause(id, by, why)

    async def put_back(self) -> None:
        """Those marked for us without our knowing it (an answer got lost) wait again. Only to be called with
        nobody in hand.
        """
        with answering():
            await self._pool.execute(SQL["put_back"], self._bot, self._owner)

    async def finish(self) -> list[int]:
        """Close those that have nobody left."""
        with answering():
            return [row[0] for row in await self._pool.fetch(SQL["finish"], self._bot)]

    async def let_go(self) -> None:
        """Leave the bot to whoever wants it."""
        with answering():
            await self._pool.execute(SQL["let_go"], self._bot, self._owner)


async def bots_with_broadcasts(pool: asyncpg.Pool) -> set[str]:
    """The bots that have something to send."""
    with answering():
        return {row[0] for row in await pool.fetch(SQL["bots"])}


async def _chunks(recipients: Iterable[int] | AsyncIterable[int]) -> AsyncIterator[list[int]]:
    chunk: list[int] = []
    async for chat_id in _each(recipients):
        chunk.append(chat_id)
        if len(chunk) == CHUNK_CHATS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _each(recipients: Iterable[int] | AsyncIterable[int]) -> AsyncIterator[int]:
    if isinstance(recipients, AsyncIterable):
        async for chat_id in recipients:
            yield chat_id
    else:
        for chat_id in recipients:
            yield chat_id


def _reason(reason: str | None) -> str | None:
    return None if reason is None else kept(reason, REASON_CHARS_MAX)


def _progress(row: asyncpg.Record, counts: Sequence[asyncpg.Record]) -> Progress:
    chats: defaultdict[str, int] = defaultdict(int)
    for count in counts:
        chats[count["state"]] += count["chats"]
    left = chats["waiting"] + chats["sending"]
    columns = dict(row)
    seconds = min(columns.pop("age_seconds") or 0.0, LATELY_SECONDS)
    per_second = sum(count["lately"] for count in counts) / max(seconds, 1.0)
    running = row["status"] == "running" and per_second > 0
    return Progress(
        **columns,
        sent=chats["sent"],
        failed={count["reason"] or "": count["chats"] for count in counts if count["state"] == "failed"},
        unknown=chats["unknown"],
        left=left,
        per_second=per_second,
        eta_seconds=left / per_second if running else None,
    )
