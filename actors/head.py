"""When the message at the head of a chat's box may start: what it waits for, and what ends the wait."""

from collections.abc import Container

import trio

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.urgent import is_taken_for_urgent
from mailroom.actors.order import ChatOrder
from mailroom.actors.pause import Pause
from mailroom.actors.window import Window
from mailroom.storage.redis.entry import Entry

LOOK_AGAIN_SECONDS = 0.5
"""How long a message waits at a time for what wakes it when it is over: another one is being judged, or it is
being stopped itself.
"""


class Head:
    """The place at the head of the box that `window` shows. It waits for stragglers (`order`), for its next
    attempt or the rest of its album (`pause`), and while its bot holds.
    """

    __slots__ = ("_asked_for", "_bot", "_notifier", "_window", "order", "pause")

    def __init__(self, bot: HostedBot, window: Window) -> None:
        self.order = ChatOrder(bot.watermark, fast=bot.fast)
        self.pause = Pause()
        self._bot = bot
        self._window = window
        self._asked_for = -1
        # Events exist only while somebody waits for them: a sleeping chat should cost little.
        self._notifier: trio.Event | None = None

    def wait_seconds(self, head: Entry, now_ms: int, decided: Container[int] | None) -> float:
        """How long it waits still. `decided` are the expedited messages of which it is sure that they need
        not wait in line; None where none was ever run.
        """
        stragglers = self.order.wait_ms(head.order, head.accepted_ms, now_ms) / 1000
        if head.seq in self._window.running or self._may_come_before(head, decided):
            return LOOK_AGAIN_SECONDS
        return max(stragglers, self.pause.seconds(grouped=bool(head.group)), self._bot.hold.wait_seconds())

    def _may_come_before(self, head: Entry, decided: Container[int] | None) -> bool:
        """Whether a message with a smaller id was taken for urgent, and may go back into line yet."""
        if head.order is None or decided is None or not self._window.expedited:
            return False
        return any(
            entry.order is not None and entry.order < head.order and entry.seq not in decided
            for entry in self._window.expedited
            if is_taken_for_urgent(entry)
        )

    async def wait(self, head: Entry, seconds: float) -> None:
        """Wait so long, or until something has changed."""
        if head.order is not None and head.order != self._asked_for:
            self._asked_for = head.order
            self._bot.watermark.when_passed(head.order, self.wake_up)
        self._notifier = trio.Event()
        with trio.move_on_after(seconds):
            await self._notifier.wait()
        self._notifier = None

    def wake_up(self) -> None:
        """Something has changed: look again."""
        if self._notifier is not None:
            self._notifier.set()
