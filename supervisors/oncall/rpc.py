"""Gives orders to the processes of this installation and waits for their answers, as `orders.py` says."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic_core import to_json

from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall.orders import (
    LOOK_SECONDS,
    ORDER_BYTES_MAX,
    Answer,
    Order,
    Reply,
    answer_key,
    order_key,
    orders_of,
    read_reply,
)
from mailroom.supervisors.oncall.registry import Process, lives, living

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.node import (
        LocalNode,  # it brings Trio along, which a command line need not load
    )

SPARE_SECONDS = 2.0
"""Beyond the time an order itself allows: for the way there and back."""
POLL_SECONDS_MIN, POLL_SECONDS_MAX = 0.005, 0.1
"""How often the answer is looked for. A blocking read would need a connection per asker."""
WAITING_MAX = 100
"""Orders that may wait for one process: more than that, and it does not take any."""


class RpcClient:
    """Gives orders and waits for what comes of them; `local`, the process we are in, gets them directly."""

    def __init__(self, line: Line, local: "LocalNode | None") -> None:
        self._line = line
        self._local = local
        self._running: set[asyncio.Future[Reply]] = set()

    async def processes(self) -> tuple[list[Process], StoreError | None]:
        """Who is there. When Redis does not answer that is we alone, with the error; it is raised where there
        is no `local`.
        """
        here = [self._local.process()] if self._local is not None else []
        try:
            found = await living(self._line)
        except StoreError as error:
            if not here:
                raise
            return here, error
        return here + [process for process in found if not here or process.id != here[0].id], None

    async def ask_all(self, processes: Sequence[Process], order: Order, seconds: float) -> list[Answer]:
        """Give the same order to several, at the same time."""
        return await asyncio.gather(*(self.ask(process, order, seconds) for process in processes))

    async def ask(self, process: Process, order: Order, seconds: float) -> Answer:
        """Give an order, and wait so long for its answer. Never raises for what the process or Redis did."""
        if self._local is not None and process.id == self._local.id:
            return await self._ask_here(self._local, process, order, seconds)
        try:
            return await self._ask_there(process, order, seconds)
        except StoreError as error:
            return Answer(process, error=str(error), silent=True)

    async def _ask_here(self, local: "LocalNode", process: Process, order: Order, seconds: float) -> Answer:
        # What was begun is finished even when nobody waits for it: half a restart helps nobody.
        replying = asyncio.ensure_future(local.reply(order))
        self._running.add(replying)
        replying.add_done_callback(self._running.discard)
        await asyncio.wait({replying}, timeout=seconds)
        if not replying.done():
            return Answer(process, error=_not_finished(seconds), silent=True)
        reply = replying.result()
        return Answer(process, reply.value, reply.error)

    async def _ask_there(self, process: Process, order: Order, seconds: float) -> Answer:
        text, number = to_json(order), secrets.token_hex(8)
        if len(text) > ORDER_BYTES_MAX:
            return Answer(process, error=f"the order has over {ORDER_BYTES_MAX // 1024} KiB")
        orders, kept_ms = orders_of(process.id), int((LOOK_SECONDS + SPARE_SECONDS) * 1000)
        await self._line.command("SET", order_key(number), text, "PX", kept_ms)
        waiting = await self._line.command("RPUSH", orders, number)
        await self._line.command("PEXPIRE", orders, kept_ms)
        if waiting > WAITING_MAX:
            await self._call_off(process, number)
            return Answer(process, error=f"takes no orders: {WAITING_MAX} wait already", silent=True)
        reply = await self._wait(process, order, number, seconds)
        if isinstance(reply, Reply):
            return Answer(process, reply.value, reply.error)
        return Answer(process, error=reply, silent=True)

    async def _wait(self, process: Process, order: Order, number: str, seconds: float) -> Reply | str:
        """The reply, or why there is none."""
        now = asyncio.get_running_loop().time
        began, pause, taken, look_at = now(), POLL_SECONDS_MIN, False, 0.0
        while (passed := now() - began) < seconds:
            try:
                found = await self._line.command("GETDEL", answer_key(number))
                if found is not None:
                    return read_reply(order, found)
                if not taken and passed >= min(LOOK_SECONDS, seconds):
                    if await self._call_off(process, number):
                        return f"did not take the order within {LOOK_SECONDS:.0f} s; it will not do it later"
                    taken = True
                if taken and passed >= look_at:
                    if not await lives(self._line, process.id):
                        return "took the order, and has shown no sign of life since"
                    look_at = passed + LOOK_SECONDS
            except StoreError as error:
                if passed + POLL_SECONDS_MAX >= seconds:
                    return str(error)
            await asyncio.sleep(min(pause, max(seconds - passed, 0.0)))
            pause = min(pause * 2, POLL_SECONDS_MAX)
        if not taken and await self._call_off(process, number):
            return f"did not take the order within {seconds:.0f} s; it will not do it later"
        return _not_finished(seconds)

    async def _call_off(self, process: Process, number: str) -> bool:
        """Take an order back; False when the process has it already."""
        taken_back = await self._line.command("DEL", order_key(number))
        await self._line.command("LREM", orders_of(process.id), 0, number)
        return bool(taken_back)


def _not_finished(seconds: float) -> str:
    return f"has not finished within {seconds:.0f} s, and may be at it still"
