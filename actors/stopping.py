"""How an urgent handler has the message stopped that its chat is at: `turn.stop()`."""

import asyncio
from typing import Protocol

from mailroom.actors.control import Control, Stopped
from mailroom.actors.journal import DIGEST_BYTES, Journal, fingerprint
from mailroom.storage.redis.entry import Entry

STOP_SECONDS = 5.0
"""How long a handler may take to end after it was stopped; what takes longer is said to be still running."""
LOOK_SECONDS = 0.05
"""How often it is tried to stop a message that is about to begin, or is just being put off."""
STOP_MARK = fingerprint("turn.stop", b"")


class Stoppable(Protocol):
    """What is needed of the chat's actor."""

    @property
    def at_work(self) -> tuple[Entry, Control] | None:
        """The message of the box whose handler runs, and the hand on it."""

    async def begun(self) -> Entry | None:
        """The message of the box that is begun and not finished, by the store."""

    async def finish_stopped(self, entry: Entry) -> None:
        """Finish a message that is begun and whose handler does not run, without running it again."""


async def stop_begun(chat: Stoppable, journal: Journal) -> Stopped:
    """Stop what is begun and not finished in the box, for a handler of the fast lane whose journal this is,
    on the asyncio side. Which message that is is recorded first: a replay of the handler stops that one or
    none.
    """
    seq = await _which(chat, journal)
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + STOP_SECONDS
    stopped = False
    while (left := give_up_at - loop.time()) > 0:
        if chat.at_work is not None and chat.at_work[0].seq == seq:
            control = chat.at_work[1]
            control.stop()
            stopped = control.stopped
            await control.wait_until_ended(left)
            continue
        begun = await chat.begun()
        if begun is None or begun.seq != seq:
            return "stopped" if stopped else "nothing"
        if chat.at_work is None:
            await chat.finish_stopped(begun)
            stopped = True
        await asyncio.sleep(LOOK_SECONDS)
    return "running"


async def _which(chat: Stoppable, journal: Journal) -> int:
    """The number of the message to stop; 0 where nothing is begun."""
    number = journal.next_number()
    await journal.settle()
    kept = journal.recorded.get(number, b"")
    if kept.startswith(STOP_MARK):
        return int(kept[DIGEST_BYTES:])
    found = chat.at_work[0] if chat.at_work else await chat.begun()
    seq = found.seq if found else 0
    journal.keep(number, STOP_MARK, str(seq).encode())
    await journal.settle()
    return seq
