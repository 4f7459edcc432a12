"""The replies of one message, never sent twice.

Every call that a handler makes to the platform is numbered, and its result is recorded. When the message is
run again (the process died, or the handler raised and is retried), a call that was recorded gets its recorded
result back instead of going out again.

The record of a call is durable before the next call goes out, so at any moment at most one call can have gone
out without a record: the one in flight at a crash. A replay makes it again and counts it as ambiguous. The
handler itself need not wait for the record; if the message is committed first, no replay is left that could
ask for it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from prometheus_client import Counter

from mailroom.actors.metrics import child
from mailroom.storage.redis.entry import Chat

REPLAYED = Counter(
    "mailroom_journal_replayed_total",
    "Calls that were answered from the journal instead of going out again",
    ["bot"],
)
AMBIGUOUS = Counter(
    "mailroom_journal_ambiguous_total",
    "Calls that may have gone out twice: in flight when an attempt ended",
    ["bot"],
)
DIVERGED = Counter(
    "mailroom_journal_diverged_total",
    "Calls of a replay that differ from the recorded one at their number",
    ["bot"],
)

DIGEST_BYTES = 8
DOUBTS_MAX = 10_000
"""Messages between two attempts; of more it is not known what was in flight, and a call each is suspected."""
TAKEN_STEP = 1000
"""How far off a call is recorded whose number in its part of a group has another's record."""


def fingerprint(method: str, body: bytes) -> bytes:
    """What tells one call from another: the method and its arguments."""
    return blake2b(method.encode() + b"\0" + body, digest_size=DIGEST_BYTES).digest()


@dataclass(slots=True)
class Pool:
    """The records of all parts of a media group: who makes a call for the group may be another part at each
    attempt, as in a bot that has the first of them to wake up answer for all.
    """

    records: dict[tuple[int, int], bytes]
    """By part and call number."""
    _used_by: dict[tuple[int, int], int] = field(default_factory=dict)

    def find(self, part: int, number: int, mark: bytes) -> bytes | None:
        """The record of a call: its own, else any of the group that is like it and answered nobody yet, else
        its own though it is of another call.
        """
        own = self.records.get((part, number))
        fitting = (key for key, record in self.records.items() if record.startswith(mark))
        unused = [key for key in fitting if key not in self._used_by]
        if not unused:
            return own if own is not None and not own.startswith(mark) else None
        key = (part, number) if (part, number) in unused else unused[0]
        self._used_by[key] = part
        return self.records[key]

    def add(self, part: int, number: int, record: bytes) -> int:
        """Keep the record of a call that was made now; returns the number to keep it under."""
        while (part, number) in self.records:
            number += TAKEN_STEP
        self.records[part, number] = record
        self._used_by[part, number] = part
        return number

    def free(self, part: int) -> None:
        """A part is run again: what answered it may answer it again."""
        self._used_by = {key: by for key, by in self._used_by.items() if by != part}


@dataclass(slots=True)
class Journal:
    """The calls of one message. `record` writes one durably; `recorded` is what earlier attempts left."""

    bot: str
    record: Callable[[int, bytes], Coroutine[Any, Any, None]]
    recorded: dict[int, bytes] = field(default_factory=dict)
    attempt: int = 1
    calls: int = 0
    suspects: set[int] | None = None
    """Numbers of calls whose fate earlier attempts did not learn; None where that is not known: one of them
    ended with its process, or was another's.
    """
    anew: bool = False
    """What goes out from now on has not been tried before, whatever became of earlier attempts."""
    _unanswered: set[int] = field(default_factory=set)
    part: int = 0
    pool: Pool | None = None
    """The records of its media group, where the message is a part of one."""
    _ambiguous_seen: bool = False
    _recording: "list[asyncio.Future[None]]" = field(default_factory=list)

    def next_number(self) -> int:
        """The number of the call that begins now; the first is 0."""
        number = self.calls
        self.calls += 1
        return number

    def replay(self, number: int, mark: bytes) -> bytes | None:
        """The recorded result of this call, or None when it has to go out."""
        known = self.recorded.get(number) if self.pool is None else self.pool.find(self.part, number, mark)
        if known is None:
            if self._may_be_out_already(number) and not self._ambiguous_seen:
                self._ambiguous_seen = True
                child(AMBIGUOUS, self.bot).inc()
            self._unanswered.add(number)
            return None
        if known[:DIGEST_BYTES] != mark:
            child(DIVERGED, self.bot).inc()
            return None
        child(REPLAYED, self.bot).inc()
        return known[DIGEST_BYTES:]

    def keep(self, number: int, mark: bytes, result: bytes) -> None:
        """Begin to record the result of a confirmed call; `settle` before the next call goes out."""
        self._unanswered.discard(number)
        if self.pool is not None:
            number = self.pool.add(self.part, number, mark + result)
        self._recording.append(asyncio.ensure_future(self.record(number, mark + result)))

    def refused(self, number: int) -> None:
        """Note that a call had no effect: it was refused, or did not go out."""
        self._unanswered.discard(number)

    def in_doubt(self) -> set[int] | None:
        """What the next attempt has to suspect."""
        if self.attempt > 1 and self.suspects is None and not self._ambiguous_seen:
            return None
        return self._unanswered | (self.suspects or set())

    def _may_be_out_already(self, number: int) -> bool:
        if self.attempt == 1 or self.anew:
            return False
        return self.suspects is None or number in self.suspects

    async def settle(self) -> None:
        """Wait until what was kept is durable. Raises what kept it from being recorded."""
        recording, self._recording = self._recording, []
        for one in recording:
            await one

    def supersede(self) -> None:
        """The message is about to be committed: a record not yet written has no use any more."""
        recording, self._recording = self._recording, []
        for one in recording:
            one.cancel()


class Doubts:
    """What attempts that ended in this process left in doubt, by message and epoch: under one epoch nobody
    else has tried the message in between.
    """

    def __init__(self) -> None:
        self._left: dict[tuple[Chat, int, int], set[int]] = {}

    def leave(self, chat: Chat, seq: int, epoch: int, journal: Journal) -> None:
        """An attempt has ended, and the message will be tried again."""
        if (in_doubt := journal.in_doubt()) is not None:
            self._left[chat, seq, epoch] = in_doubt
            if len(self._left) > DOUBTS_MAX:
                del self._left[next(iter(self._left))]

    def take(self, chat: Chat, seq: int, epoch: int) -> set[int] | None:
        """What the attempt that begins now has to suspect; None where that is not known."""
        return self._left.pop((chat, seq, epoch), None)
