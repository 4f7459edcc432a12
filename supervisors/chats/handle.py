"""The chats of this process as on-call reaches them (`supervisors/oncall/handles.py`)."""

import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.chats.chats import Chats
from mailroom.supervisors.chats.residents import Matches

LOOK_SECONDS = 0.05
"""How often a drain looks whether it is done."""


class Handle:
    """What on-call asks of the chats."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self._residents = chats.residents
        self._crashes = chats.crashes

    def running(self, matches: Matches) -> int:
        """How many messages of these chats are being handled, or are begun and about to be."""
        found = self._residents.matching(matches)
        return sum(len(one.window.running) + len(one.window.begun) for one in found)

    async def quiesce(self, matches: Matches, seconds: float) -> int:
        """Wait until none of their messages is being handled; returns how many still are. Their suspension is
        in the store already, so nothing new begins.
        """
        with trio.move_on_after(seconds):
            # An attempt that an accept began just before the suspension may still be on its way to us.
            await aio(self._chats.worker.mailboxes.answered)
            while self.running(matches):  # noqa: ASYNC110 - what is waited for is spread over thousands of actors
                await trio.sleep(LOOK_SECONDS)
        return self.running(matches)

    def reload(self, matches: Matches) -> int:
        """Read these chats again, and bring in those that have messages waiting; returns how many
        were here.
        """
        found = list(self._residents.matching(matches))
        for actor in found:
            actor.reload()
        self._chats.spawn(self._chats.sweep.run_once)
        return len(found)

    def forgive(self, matches: Matches) -> None:
        """Forget the crashes of these chats."""
        self._crashes.forgive(matches)

    def restart(self, matches: Matches) -> int:
        """Cancel what the actors of these chats are at and have them begin anew; returns how many there
        were.
        """
        found = list(self._residents.matching(matches))
        for actor in found:
            actor.restart()
        return len(found)

    def describe(self, chat: Chat) -> dict[str, object]:
        """What is known of a chat here beyond what the store says; empty when it is not in memory."""
        actor, crashed = self._residents.get(chat), self._crashes.get(chat)
        shown: dict[str, object] = {}
        if actor is not None:
            shown = {
                "running": sorted(actor.window.running),
                "read_ahead": len(actor.window.box),
                "suspended": actor.suspended,
                "idle": actor.idle,
            }
        if crashed is not None:
            shown |= {"crashes": crashed.count, "last_error": crashed.last_error}
        return shown
