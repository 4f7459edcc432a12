"""The parts of one media group (an album), handled as one turn of the chat.

Bots collect an album in a middleware: the first part sleeps a little while the others add themselves. So the
parts run side by side, and yet not all at once: the next one starts when the one before has ended, or waits
for anything but a send of its own. Parts that only answer come one after another that way, as their author
saw them do; parts that wait for their album meet.

They share what they write. A part about to overwrite a field that another part wrote since it read it is
stopped there, what it wrote is taken back, and it runs again after the others: no write is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mailroom.actors.journal import Pool
from mailroom.actors.owners import Fault, heaviest
from mailroom.actors.turn import Turn
from mailroom.storage.redis.mailbox import Changes

LOOPS_AFTER_AN_ANSWER = 3
"""Turns of the loop that a part is given to go on once its call has its answer: the call may have had a task
of its own, as `wait_for` and `gather` give it.
"""


class StoppedAtWriteError(BaseException):
    """A part is to be run again after the others. Handlers should no more catch it than a cancellation."""


class _Write(NamedTuple):
    number: int
    part: int
    field: str | None
    make: Callable[[Changes], None]


@dataclass(slots=True)
class _Part:
    """What is known of a part that runs, or has run."""

    read: dict[str, int] = field(default_factory=dict)
    """By field, the write that it read last; 0 for what was committed."""
    relies_on: set[int] = field(default_factory=set)
    """The parts whose writes it has read."""
    began: bool = False
    ended: bool = False
    sends: int = 0
    """How many calls of its own it waits for."""

    @property
    def aside(self) -> bool:
        """Whether the next part may start: this one has ended, or waits for something else than its sends."""
        return self.ended or (self.began and not self.sends)


class Group:
    """What the parts of a media group have in common while they run. Parts go by their number (`seq`)."""

    def __init__(self, pool: Pool) -> None:
        self.changes = Changes()
        self.stopped: set[int] = set()
        """Parts that are to be run again."""
        self._pool = pool
        self._parts: dict[int, _Part] = {}
        self._writes: list[_Write] = []
        self._last: dict[str, _Write] = {}
        self._number = 0
        self._moved = asyncio.Event()

    def read(self, part: int, name: str) -> None:
        """A part is about to read a field."""
        self._go_on(part)
        mine, last = self._of(part), self._last.get(name)
        mine.read[name] = last.number if last else 0
        if last and last.part != part:
            mine.relies_on.add(last.part)

    def write(self, part: int, name: str | None, make: Callable[[Changes], None]) -> None:
        """A part changes a field, or (None) something that nobody reads."""
        self._go_on(part)
        mine = self._of(part)
        if name is not None:
            last = self._last.get(name)
            if last and last.part != part and mine.read.get(name, last.number) != last.number:
                self._stop(part)
                raise StoppedAtWriteError
        self._number += 1
        write = _Write(self._number, part, name, make)
        self._writes.append(write)
        make(self.changes)
        if name is not None:
            self._last[name] = write
            mine.read[name] = write.number

    @contextmanager
    def sending(self, part: int) -> Iterator[None]:
        """A part waits for a call of its own."""
        mine = self._of(part)
        mine.sends += 1
        try:
            yield
        finally:
            mine.sends -= 1
            self._moved.set()

    def _of(self, part: int) -> _Part:
        return self._parts.setdefault(part, _Part())

    def _go_on(self, part: int) -> None:
        if part in self.stopped:
            raise StoppedAtWriteError

    def _stop(self, part: int) -> None:
        """Take back what a part wrote; whoever has read it is to run again too."""
        self.stopped.add(part)
        self._writes = [write for write in self._writes if write.part != part]
        self._last = {write.field: write for write in self._writes if write.field is not None}
        changes = Changes()
        for write in self._writes:
            write.make(changes)
        self.changes.set, self.changes.delete = changes.set, changes.delete
        self.changes.timers, self.changes.cancel = changes.timers, changes.cancel
        for other, one in self._parts.items():
            if part in one.relies_on and other not in self.stopped:
                self._stop(other)

    async def run(
        self,
        turns: list[Turn],
        handle: Callable[[Turn], Awaitable[bool]],
        fault_of: Callable[[BaseException], Fault],
    ) -> bool:
        """Let all parts run to their end. Returns whether any handler wanted any of them; raises the failure
        that decides for the group. A part that ran again has a new turn in its place in `turns`.
        """
        tasks: list[asyncio.Task[bool]] = []
        try:
            before = None
            # All at once, so that those that need not wait begin in one turn of the loop, however busy it is:
            # a collector may wait for no more than a hundredth of a second.
            for turn in turns:
                tasks.append(self._start(turn, handle, before))
                before = self._of(_number(turn))
            await asyncio.wait(tasks)
            for place, turn in enumerate(turns):
                if _number(turn) in self.stopped:
                    turns[place] = self._anew(turn)
                    tasks[place] = self._start(turns[place], handle, None)
                    await asyncio.wait([tasks[place]])
        finally:
            left = [task for task in tasks if not task.done()]
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left)
        self._raise_heaviest(turns, tasks, fault_of)
        return any(task.result() for task in tasks)

    def _start(
        self, turn: Turn, handle: Callable[[Turn], Awaitable[bool]], before: _Part | None
    ) -> "asyncio.Task[bool]":
        part = self._parts[_number(turn)] = _Part()

        async def one() -> bool:
            while before is not None and not before.aside:
                self._moved.clear()
                await self._moved.wait()
                for _ in range(LOOPS_AFTER_AN_ANSWER):
                    await asyncio.sleep(0)
            part.began = True
            self._moved.set()
            return await handle(turn)

        def ended(_task: object) -> None:
            part.ended = True
            self._moved.set()

        task = asyncio.create_task(one())
        task.add_done_callback(ended)
        return task

    def _anew(self, turn: Turn) -> Turn:
        """The turn of a part that was stopped, from its first line."""
        part = _number(turn)
        self.stopped.discard(part)
        self._pool.free(part)
        journal = replace(turn.journal, calls=0)
        return replace(turn, journal=journal, changes=self.changes, open=True, task=None)

    @staticmethod
    def _raise_heaviest(
        turns: Sequence[Turn],
        tasks: "Sequence[asyncio.Task[bool]]",
        fault_of: Callable[[BaseException], Fault],
    ) -> None:
        failed: list[tuple[Fault, Turn, BaseException]] = []
        for turn, task in zip(turns, tasks, strict=True):
            if task.cancelled():
                raise asyncio.CancelledError
            if (error := task.exception()) is not None:
                failed.append((fault_of(error), turn, error))
        if failed:
            decides = heaviest(fault for fault, _, _ in failed)
            _, turn, error = next(one for one in failed if one[0] is decides)
            turns[0].called_at = turn.called_at
            raise error


def _number(turn: Turn) -> int:
    assert turn.entry is not None, "a part is a message"
    return turn.entry.seq
