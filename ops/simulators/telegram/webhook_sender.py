"""Carries updates to one webhook as `delivery` decides, and carries the answers back.

The controls of `/sim/delivery` work here: a network delay drawn for each direction, answers lost on the way
(Telegram then sends the same update again), and an outage in which nothing is sent.
"""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from .delivery import Delivery, Shipment
from .wire import Answer, Target, WebhookConnection

READ_TIMEOUT_SECONDS = 60.0
"""`WebhookActor::create_connection`: a webhook that says nothing for so long is hung up on."""

CONNECT_TIMEOUT_SECONDS = 20.0
SWEEP_SECONDS = 1.0


@dataclass(slots=True)
class Controls:
    """How the network between Telegram and the webhook misbehaves; survives a change of the webhook."""

    duplicate_probability: float = 0.0
    latency_median_ms: float = 0.0
    latency_sigma: float = 0.0
    paused: bool = False
    max_connections: int | None = None

    def delay_seconds(self, chance: random.Random) -> float:
        """Draw the time one direction takes: lognormal around the median."""
        if self.latency_median_ms <= 0:
            return 0.0
        return self.latency_median_ms / 1000 * math.exp(self.latency_sigma * chance.gauss(0, 1))


class WebhookSender:
    """Works for one webhook address until `close`; a new address gets a new sender."""

    def __init__(
        self,
        delivery: Delivery,
        target: Target,
        conditions: Controls,
        chance: random.Random,
        *,
        on_reply: Callable[[Answer], None],
        on_error: Callable[[str], None],
        on_delivered: Callable[[int, int], None],
    ) -> None:
        self.delivery = delivery
        self._target = target
        self._conditions = conditions
        self._chance = chance
        self._on_reply = on_reply
        self._on_error = on_error
        self._on_delivered = on_delivered
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[int, WebhookConnection] = {}
        self._busy: dict[int, tuple[Shipment, float]] = {}
        self._settling: set[int] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._kicked = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def kick(self) -> None:
        """Something changed: look for work in the next turn of the loop, once."""
        if not self._kicked and not self._closed:
            self._kicked = True
            self._loop.call_soon(self._step)

    def close(self) -> None:
        """Stop, hanging up on whatever is under way; those updates stay in the backlog."""
        self._closed = True
        self._sweeper.cancel()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._connecting:
            task.cancel()
        for socket in list(self._sockets.values()):
            socket.abort()

    def _step(self) -> None:
        self._kicked = False
        if self._closed or self._conditions.paused:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for shipment in self.delivery.step():
            delay = self._conditions.delay_seconds(self._chance)
            self._busy[shipment.connection] = (shipment, self._loop.time() + delay)
            if delay:
                self._loop.call_later(delay, self._send, shipment)
            else:
                self._send(shipment)
        if self.delivery.wakeup_at is not None:
            self._timer = self._loop.call_at(self.delivery.wakeup_at, self.kick)

    def _send(self, shipment: Shipment) -> None:
        if not self._is_current(shipment):
            return
        socket = self._sockets.get(shipment.connection)
        if socket is not None:
            socket.send(self._target, shipment.body)
            return
        task = self._loop.create_task(self._connect_and_send(shipment))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    def _is_current(self, shipment: Shipment) -> bool:
        """False when the connection was lost while the shipment was still on its (delayed) way to it."""
        entry = self._busy.get(shipment.connection)
        return not self._closed and entry is not None and entry[0] is shipment

    async def _connect_and_send(self, shipment: Shipment) -> None:
        number, target = shipment.connection, self._target
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                _, socket = await self._loop.create_connection(
                    lambda: WebhookConnection(partial(self._answered, number), partial(self._lost, number)),
                    target.host,
                    target.port,
                    ssl=target.tls,
                )
        except (OSError, TimeoutError) as error:
            self._on_error(f"Can't connect to the webhook: {error.strerror or 'Connection timed out'}")
            self._hung_up(number)
            return
        if self._is_current(shipment):
            self._sockets[number] = socket
            socket.send(target, shipment.body)
        else:
            socket.abort()

    def _answered(self, number: int, answer: Answer) -> None:
        entry = self._busy.pop(number, None)
        if entry is None or self._closed:
            return
        delay = self._conditions.delay_seconds(self._chance)
        if delay:
            self._settling.add(number)
            self._loop.call_later(delay, self._settle, entry[0], answer)
        else:
            self._settle(entry[0], answer)

    def _settle(self, shipment: Shipment, answer: Answer) -> None:
        if self._closed:
            return
        number = shipment.connection
        # An answer that was followed by a hang-up still counts, but the connection does not live on.
        alive = answer.keep_alive and number in self._sockets
        self._settling.discard(number)
        if not alive:
            self._sockets.pop(number, None)
        if 200 <= answer.status < 300:
            lost = self._conditions.duplicate_probability
            if lost and shipment.attempt == 1 and self._chance.random() < lost:
                self.delivery.answer_lost(number, keep_alive=alive)
            else:
                self.delivery.accepted(number, keep_alive=alive)
                self._on_delivered(shipment.update_id, shipment.attempt)
            if b"method" in answer.body:
                self._on_reply(answer)
        else:
            self._on_error(f"Wrong response from the webhook: {answer.status} {_reason(answer.status)}")
            wait = answer.retry_after_seconds
            self.delivery.refused(number, retry_after_seconds=wait, keep_alive=alive)
        self.kick()

    def _lost(self, number: int, reason: str) -> None:
        if self._closed:
            return
        self._sockets.pop(number, None)
        if number in self._settling:
            return
        if number in self._busy:
            self._on_error(reason)
        self._hung_up(number)

    def _hung_up(self, number: int) -> None:
        self._busy.pop(number, None)
        self.delivery.hung_up(number)
        self.kick()

    def _sweep(self) -> None:
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        overdue = self._loop.time() - READ_TIMEOUT_SECONDS
        for number, (_, sent_at) in list(self._busy.items()):
            socket = self._sockets.get(number)
            if sent_at < overdue and socket is not None:
                self._on_error("Read timeout expired")
                self._sockets.pop(number, None)
                self._hung_up(number)
                socket.abort()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
