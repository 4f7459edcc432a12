"""The dead letters: messages that failed for good or were skipped, until on-call requeues or drops them.

They live in one hash per partition, `bot:chat:seq` to JSON, as `commit.lua` and `skip.lua` write them.
Looking for some reads all of them, a little at a time, so that a hundred thousand of them hold nobody else
up.

No call asks for an epoch: on-call must be able to work while the owner of the chat is down. Every call is
safe to repeat, and two people who do the same get one effect: whoever comes second is told that it is gone.
Only a `skip` without a number is another skip each time.
"""

import asyncio
import heapq
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, TypeAlias

from pydantic_core import to_json

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis import letter as form
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.letter import DeadLetter, Wanted
from mailroom.storage.redis.mailbox import EXPEDITED_CAP, MAILBOX_CAP, every_partition
from mailroom.storage.redis.scripts import script

__all__ = ["DeadLetter", "DeadLetters", "Requeued", "Wanted"]

Requeued: TypeAlias = Literal["requeued", "suspended", "gone", "full"]

SCAN_COUNT = 50
"""Dead letters read by one call, some hundred kilobytes: Redis and our connection do nothing else then."""
REASONS_MAX = 1000
"""Different reasons told apart, so that errors which all differ by a number do not fill the memory."""
REASON_CHARS_MAX = 200
OTHER_REASONS = "(other errors)"
EDIT_TRIES_MAX = 10
"""How often an edit begins anew because somebody else edits the same letter; people are not that fast."""

_SKIP, _REQUEUE, _DROP, _EDIT = script("skip"), script("requeue"), script("drop"), script("edit")


class DeadLetters:
    """All dead letters of one Redis."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def find(self, wanted: Wanted, most: int) -> list[DeadLetter]:
        """Those that are wanted, the newest first, `most` of them."""
        newest: list[tuple[int, str, Mapping[str, Any]]] = []
        async for id_, letter in self._scan(wanted):
            one = (form.number(letter, "died_ms"), id_, letter)
            if len(newest) < most:
                heapq.heappush(newest, one)
            elif newest and one[:2] > newest[0][:2]:
                heapq.heapreplace(newest, one)
        return [form.dead_letter(id_, letter) for _, id_, letter in sorted(newest, reverse=True)]

    async def count(self, wanted: Wanted) -> int:
        """How many are wanted."""
        if wanted == Wanted():
            return sum((await self._sizes(wanted)).values())
        found = 0
        async for _ in self._scan(wanted):
            found += 1
        return found

    async def reasons(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        """What they died of: bot, first line of the error, and how many; the most first."""
        tally: Counter[tuple[str, str]] = Counter()
        async for id_, letter in self._scan(wanted):
            bot = id_.partition(":")[0]
            reason = (bot, form.text(letter, "error").partition("\n")[0][:REASON_CHARS_MAX])
            if reason not in tally and len(tally) >= REASONS_MAX:
                reason = (bot, OTHER_REASONS)
            tally[reason] += 1
        return [(bot, error, count) for (bot, error), count in tally.most_common()]

    async def ids(self, wanted: Wanted, most: int) -> list[str]:
        """The ids of those that are wanted, the oldest messages first, `most` of them. Requeued in this
        order, messages that have no order of their own stand in line as they first came.
        """
        oldest: list[tuple[int, int, str]] = []
        async for id_, letter in self._scan(wanted):
            # Negative, because the heap has the least on top, and what goes first is the latest.
            one = (-form.number(letter, "accepted_ms"), -int(id_.rpartition(":")[2]), id_)
            if len(oldest) < most:
                heapq.heappush(oldest, one)
            elif oldest and one > oldest[0]:
                heapq.heapreplace(oldest, one)
        return [id_ for _, _, id_ in sorted(oldest, reverse=True)]

    async def get(self, id: str) -> DeadLetter | None:  # noqa: A002 - on-call calls it the id
        """One dead letter; None when there is none with this id."""
        raw = await self._read(id)
        return None if raw is None else form.dead_letter(id, form.read(raw))

    async def edit(self, id: str, payload: str) -> bool:  # noqa: A002
        """Give a dead letter another payload. False: it is not there (any more)."""
        for _ in range(EDIT_TRIES_MAX):
            raw = await self._read(id)
            if raw is None:
                return False
            edited = to_json({**form.read(raw), "payload": payload})
            if await self._line.run(_EDIT, _prefix_of(id), id, raw, edited):
                return True
        raise StoreUnavailable(f"the dead letter {id} changes all the time; try again")

    async def requeue(self, id: str) -> Requeued:  # noqa: A002
        """As `bring_back`, for whoever asks only what became of it."""
        return (await self.bring_back(id))[0]

    async def bring_back(self, id: str) -> tuple[Requeued, list[str]]:  # noqa: A002
        """Put a dead letter back into its mailbox, in its place, with no attempt counted and all it has sent
        remembered. `suspended`: it is in line, and its chat is suspended. `full`: it stays a dead letter, for
        its mailbox has no room. The caller wakes the chat.

        A part of a media group that died as one comes back with all others of it; the ids are of those that
        are back.
        """
        status, *ids = await self._line.run(_REQUEUE, _prefix_of(id), id, MAILBOX_CAP, EXPEDITED_CAP)
        word: Requeued = status.decode()
        return word, [one.decode() for one in ids]

    async def drop(self, id: str) -> bool:  # noqa: A002
        """Throw a dead letter away. False: it is not there (any more)."""
        return bool(await self._line.run(_DROP, _prefix_of(id), id))

    async def skip(self, chat: Chat, seq: int | None, error: str, who: str) -> list[str]:
        """Make a waiting message a dead letter: the one with this number, or the one that would be next; of a
        media group that would be next all parts. Returns the ids of the letters; none: it does not wait (any
        more).

        An owner that is at work on it may still send replies; its commit then finds the message gone.
        """
        answer = await self._line.run(
            _SKIP, prefix(chat.partition), str(chat), "" if seq is None else seq, error, who
        )
        return [id_.decode() for id_ in answer[1:]]

    async def _read(self, id: str) -> bytes | None:  # noqa: A002
        raw: bytes | None = await self._line.command("HGET", _prefix_of(id) + "dead", id)
        return raw

    async def _sizes(self, wanted: Wanted) -> dict[int, int]:
        """How many dead letters there are in each partition that may have wanted ones, if there are any."""
        partitions = [wanted.chat.partition] if wanted.chat else list(every_partition())
        sizes = await asyncio.gather(*(self._line.command("HLEN", prefix(n) + "dead") for n in partitions))
        return {n: size for n, size in zip(partitions, sizes, strict=True) if size}

    async def _scan(self, wanted: Wanted) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Everything that is wanted, each once, in no order. What comes or goes meanwhile may be missed."""
        pattern = _pattern(wanted)
        for partition in await self._sizes(wanted):
            # Redis may show a field twice while the hash grows or shrinks.
            shown: set[bytes] = set()
            cursor = b"0"
            while True:
                cursor, flat = await self._line.command(
                    "HSCAN", prefix(partition) + "dead", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT
                )
                for name, raw in zip(flat[::2], flat[1::2], strict=True):
                    if name in shown:
                        continue
                    shown.add(name)
                    letter = form.read(raw)
                    if form.fits(letter, wanted):
                        yield name.decode(), letter
                if cursor == b"0":
                    break


def _pattern(wanted: Wanted) -> str:
    bot = wanted.chat.bot if wanted.chat else wanted.bot
    if wanted.chat and wanted.bot not in (None, wanted.chat.bot):
        return "-"  # a chat of another bot than the one that is wanted: no id looks like this
    parts = [part for part in (bot, wanted.chat.id if wanted.chat else None) if part is not None]
    escaped = ("".join(f"\\{sign}" if sign in "*?[]\\" else sign for sign in part) for part in parts)
    return ":".join([*escaped, "*"])


def _prefix_of(id_: str) -> str:
    """The partition of a dead letter; an id that is none leads to one where it is not found."""
    return prefix(Chat.parse(id_.rpartition(":")[0]).partition)
