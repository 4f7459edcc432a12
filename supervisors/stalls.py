"""Who holds the loop: a handler that blocks it (`time.sleep`, a request without await, a picture drawn) is
named while it does.

All chats of a process share one loop, so such a handler makes everybody wait. The loop itself cannot tell,
for it is blocked; this is asked from the thread of the heartbeat (`heartbeat.py`).
"""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from prometheus_client import Counter

from mailroom.actors.running import turn_at_work
from mailroom.storage.frames import is_authors

LOOK_SECONDS = 0.25
"""How often it is asked whether the loop goes on."""
NAMED_AFTER_SECONDS = 1.0
"""A loop that is busy is late by tenths of a second; past this somebody blocks it."""
BLOCKED_SECONDS_MAX = 60.0
"""How long a loop may be blocked: longer than any call that ends by its own timeout. Past this it never goes
on, and another process could work the chats.
"""
NOBODY = "none"
"""The bot of a stall for which no turn is to blame."""

DEBUGGERS = frozenset({"pdb.py", "bdb.py"})
"""Where `breakpoint()` waits for its next command."""

STALLS = Counter(
    "mailroom_stalls_total", "Times the loop stood still for a second or longer, by whose turn", ["bot"]
)
STALLED = Counter("mailroom_stalled_seconds_total", "How long the loop stood still in those times", ["bot"])


@dataclass(slots=True)
class Stall:
    """A time in which the loop did not go on. `seconds` grow until it does."""

    bot: str
    chat: str
    update: int | None
    where: str
    """File, line and function: of the bot's own code, where any of it was at work."""
    seconds: float

    def __str__(self) -> str:
        update = "" if self.update is None else f", update {self.update}"
        return f"{self.seconds:.1f} s, {self.where} ({self.chat}{update})"

    def shown(self) -> dict[str, object]:
        """As the log and the tree show it."""
        return {
            "chat": self.chat,
            "update": self.update,
            "where": self.where,
            "seconds": round(self.seconds, 1),
        }


class LoopWatch:
    """Looks at the loop of the thread that makes it; `watch` is awaited in another thread's."""

    def __init__(
        self,
        *,
        named: Callable[[Stall], None],
        ended: Callable[[Stall], None],
        too_long: Callable[[Stall, traceback.StackSummary], None],
        seconds_max: float = BLOCKED_SECONDS_MAX,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread_id = threading.get_ident()
        self._named, self._ended, self._too_long = named, ended, too_long
        self._seconds_max = seconds_max
        self._answered = threading.Event()

    async def watch(self) -> None:
        """Look for ever, or until that loop is closed."""
        while True:
            self._answered.clear()
            try:
                self._loop.call_soon_threadsafe(self._answered.set)
            except RuntimeError:
                return
            await asyncio.sleep(LOOK_SECONDS)
            if not self._answered.is_set():
                await self._stand_by()

    async def _stand_by(self) -> None:
        """The loop is late: see how long it takes."""
        stall: Stall | None = None
        seconds = LOOK_SECONDS
        in_debugger = 0.0
        while not self._answered.is_set():
            before = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
            # When this thread did not run either, all of the process was stopped, and no handler is to blame.
            passed = min(time.monotonic() - before, 2 * LOOK_SECONDS)
            seconds += passed
            frame = self._frame()
            if frame is not None and in_a_debugger(frame):
                in_debugger += passed
            if stall is not None:
                stall.seconds = seconds
            elif seconds >= NAMED_AFTER_SECONDS and frame is not None:
                stall = self._stall(frame, seconds)
                self._named(stall)
            # What somebody thought in a debugger does not count, also when they have just left it.
            if seconds - in_debugger < self._seconds_max or stall is None:
                continue
            if frame is not None:
                # Its lines are looked up by whoever writes them: that reads files.
                stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
                stack.reverse()  # the innermost last, as in every traceback
                self._too_long(stall, stack)
                return
        if stall is not None:
            self._ended(stall)

    def _frame(self) -> FrameType | None:
        return sys._current_frames().get(self._thread_id)  # noqa: SLF001 - documented, in spite of its name

    def _stall(self, frame: FrameType, seconds: float) -> Stall:
        turn = turn_at_work(self._loop)
        where = culprit(frame)
        if turn is None:
            return Stall(NOBODY, "-", None, where, seconds)
        return Stall(turn.bot, str(turn.chat), turn.update_id, where, seconds)


def culprit(frame: FrameType) -> str:
    """Where a thread is at work, in the terms of the bot's author: the innermost line that is not
    Python's, a library's or ours; without one, the innermost.
    """
    found: FrameType | None = frame
    while found is not None and not is_authors(found.f_code.co_filename):
        found = found.f_back
    shown = found or frame
    return f"{shown.f_code.co_filename}:{shown.f_lineno} in {shown.f_code.co_name}"


def in_a_debugger(frame: FrameType) -> bool:
    """Whether somebody looks at a thread in a debugger: it stands still for as long as he thinks."""
    files = (one.f_code.co_filename for one, _ in traceback.walk_stack(frame))
    return any(Path(file).name in DEBUGGERS or "pydevd" in file for file in files)
