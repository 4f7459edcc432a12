"""Listens for on-call's orders from other processes, for as long as this one lives, and shows that it does.

Redis may go and come back: meanwhile no order arrives, and what was suspended or resumed then is seen as soon
as it is back (`LocalNode.agree`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.oncall.node import LocalNode
from mailroom.supervisors.oncall.orders import (
    ANSWER_KEPT_SECONDS,
    Reply,
    answer_key,
    order_key,
    orders_of,
    read_order,
    write_reply,
)
from mailroom.supervisors.oncall.registry import BEAT_SECONDS, beat, leave
from mailroom.supervisors.otp.child import Life

log = get_logger("mailroom.oncall")

PAUSE_SECONDS = 0.2
PAUSE_SECONDS_MAX = 5.0
"""The pause after Redis failed us doubles up to this."""
AT_ONCE_MAX = 16
"""Orders carried out at the same time. A few drains may take long, and a look must not wait for them."""
AGREE_SECONDS = 5.0
"""How soon an order that got lost is made up for. It asks every partition, so not with each beat."""
LEAVE_SECONDS = 1.0
"""How long signing off may hold up the end."""


class Listener:
    """The ear of this process. `url` is for a connection of its own, because it blocks; all else goes over
    `line`.
    """

    def __init__(self, url: str, line: Line, node: LocalNode) -> None:
        self._url = url
        self._line = line
        self._node = node
        self._suspensions = Suspensions(line)
        # Not ended with the listener: an order may restart it, and must be answered all the same.
        self._at_work: set[asyncio.Task[None]] = set()
        self._agreeing: asyncio.Task[None] | None = None
        self._taken = 0

    async def serve_orders(self, life: Life) -> None:
        """Listen, as a child in the tree. It has started once it listens, or knows that Redis is away: nobody
        else need wait for that.
        """
        life.details = lambda: {"orders": self._taken, "at_work": len(self._at_work)}
        pause = PAUSE_SECONDS
        while True:
            heard = self._taken
            try:
                await aio(self._listen, life.started)
            except StoreError as error:
                log.warning("orders_not_heard", why=str(error), again_in_seconds=pause)
            life.started()
            await trio.sleep(pause)
            pause = PAUSE_SECONDS if self._taken > heard else min(pause * 2, PAUSE_SECONDS_MAX)

    async def _listen(self, started: Callable[[], None]) -> None:
        now = asyncio.get_running_loop().time
        beat_at = agree_at = 0.0
        # Not redis-py: its client swallows a cancellation that comes while it connects, and would never end.
        ear = Line(self._url, name="mailroom-orders")
        try:
            while True:
                if now() >= beat_at:
                    await beat(self._line, self._node.process())
                    started()
                    beat_at = now() + BEAT_SECONDS
                if now() >= agree_at:
                    self._agree()
                    agree_at = now() + AGREE_SECONDS
                if len(self._at_work) >= AT_ONCE_MAX:
                    await asyncio.wait(
                        self._at_work, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                    )
                    continue
                popped = await ear.command("BLPOP", orders_of(self._node.id), BEAT_SECONDS)
                if popped is not None:
                    await self._take(popped[1].decode())
        except asyncio.CancelledError:
            # Only an orderly end signs off. One who merely lost Redis may be working still, and a drain that
            # does not ask it would promise too much.
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await leave(self._line, self._node.id)
            raise
        finally:
            await ear.close()

    async def _take(self, number: str) -> None:
        text = await self._line.command("GETDEL", order_key(number))
        if text is not None:  # else nobody waits for it any more
            self._taken += 1
            self._work(self._carry_out(number, text))

    async def _carry_out(self, number: str, text: bytes) -> None:
        try:
            order = read_order(text)
        except ValueError as error:
            reply = Reply(error=f"does not understand the order, it may be of another version: {error}")
        else:
            if order.do not in ("report", "describe"):  # a page that is open looks every second
                log.info("order", do=order.do, path=order.path, targets=order.targets[:3], number=number)
            reply = await self._node.reply(order)
        try:
            await self._line.command("SET", answer_key(number), write_reply(reply), "EX", ANSWER_KEPT_SECONDS)
        except StoreError as error:
            log.warning("order_not_answered", number=number, why=str(error))

    def _agree(self) -> None:
        """Beside the listening: stopping a node may take long."""
        if self._agreeing is None or self._agreeing.done():
            self._agreeing = asyncio.get_running_loop().create_task(self._agree_once())

    async def _agree_once(self) -> None:
        with suppress(StoreError):  # the next beat tells of it
            await self._node.agree(self._suspensions.all)

    def _work(self, order: Awaitable[None]) -> None:
        task: asyncio.Task[Any] = asyncio.ensure_future(order)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
