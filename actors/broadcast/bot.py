"""The broadcasts of one bot, sent by one process: mark a few, tell them evenly, write down how it went.

Decided on the Trio side; the clock is that of the asyncio loop, because the bot's limiter goes by it.
"""

from collections import Counter
from collections.abc import Callable

import trio
from prometheus_client import Counter as Metric
from pydantic import ValidationError
from structlog import get_logger

from mailroom.actors.broadcast.tell import Told, tell
from mailroom.actors.broadcast.turns import Pace, in_turn, turns
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.notify import Message
from mailroom.actors.limiter import CallClass
from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.broadcasts import HOLD_SECONDS, Said, Sending
from mailroom.storage.wrong_values import in_a_sentence

log = get_logger("mailroom.broadcast")

TOLD = Metric(
    "mailroom_broadcast_chats_total", "Chats of broadcasts, by what became of them", ["bot", "state"]
)

BATCH_CHATS = 10
"""Recipients marked at a time, less than half a second's worth: what is `unknown` after a kill, with those
whose answers were on their way.
"""
IN_HAND_MAX = 100
"""Recipients marked and not told yet: at Telegram's slowest, 25/s wait for four seconds each."""
IDLE_SECONDS = 0.5
"""How often to look when nobody can be told now: how late a pause, a resume or a recipient may be."""
WAIT_SECONDS_MAX = 2.0
"""A recipient who must wait longer goes back into line, and others go first."""
SURE_SECONDS = HOLD_SECONDS / 2
"""A claim older than that is not acted on: the bot may be in other hands."""
OUTAGE_SECONDS = 1.0
FINISH_SECONDS = 6.0
"""How long calls under way may take after a stop was asked for."""
SETTLE_SECONDS = 3.0
STOPPED = "its process was stopped while it was sent"
BY = "supervisor"

Place = tuple[int, int]
"""A recipient: broadcast and chat."""


class BotBroadcasts:
    """One hold of a bot. `stopping` ends it in good order."""

    def __init__(
        self,
        hosted: HostedBot,
        sending: Sending,
        sender: ChatSender | None,
        stopping: trio.Event,
        clock: Callable[[], float],
    ) -> None:
        self.told = 0
        self._hosted = hosted
        self._sending = sending
        self._sender = sender
        self._stopping = stopping
        self._clock = clock
        self._pace = Pace()
        self._messages: dict[int, Message] = {}
        self._names: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._in_hand: dict[Place, Message] = {}
        self._said: list[Said] = []
        self._last: int | None = None

    async def run(self) -> None:
        """Send until nothing is left, the bot is not ours any more, or a stop is asked for."""
        if not await aio(self._sending.take):
            return
        log.info("broadcasts_begin", bot=self._hosted.name)
        try:
            async with trio.open_nursery() as calls:
                await self._send(calls)
                if self._stopping.is_set():
                    calls.cancel_scope.deadline = trio.current_time() + FINISH_SECONDS
        finally:
            with trio.move_on_after(SETTLE_SECONDS, shield=True):
                await self._end()

    async def _send(self, calls: trio.Nursery) -> None:
        while not self._stopping.is_set():
            try:
                if not await self._round(calls):
                    return
            except StoreUnavailable as error:
                log.warning("broadcasts_wait", bot=self._hosted.name, why=str(error))
                await self._wait(OUTAGE_SECONDS)

    async def _round(self, calls: trio.Nursery) -> bool:
        """Tell the next few. False if there is nothing left to do, or nothing of it is ours."""
        await self._settle()
        await self._look()
        now = self._clock()
        halted_seconds = max(
            self._pace.halted_until - now,
            self._hosted.limiter.bot_parked_until - now,
            self._hosted.hold.wait_seconds(),
        )
        room = 0 if halted_seconds > 0 else min(BATCH_CHATS, IN_HAND_MAX - len(self._in_hand))
        order = turns(list(self._messages), self._last, room)
        claimed = await aio(self._sending.claim, Counter(order))
        if claimed is None:
            log.warning(
                "broadcasts_lost", bot=self._hosted.name, note="another process has taken the bot over"
            )
            return False
        self._last = order[-1] if order else self._last
        places = list(in_turn(order, claimed))
        self._in_hand.update({place: self._messages[place[0]] for place in places})
        for place in places:
            await self._start(place, now + SURE_SECONDS, calls)
        if len(places) < len(order) or not self._messages:
            await self._finish()
        if not places:
            if not self._messages and not self._in_hand and not self._said:
                return False
            await self._wait(IDLE_SECONDS if halted_seconds <= 0 else min(halted_seconds, IDLE_SECONDS))
        return True

    async def _start(self, place: Place, sure_until: float, calls: trio.Nursery) -> None:
        """Begin to tell one when it is its time, or put it back."""
        limiter, now = self._hosted.limiter, self._clock()
        at = self._pace.take(now)
        wait = max(at - now, limiter.wait_seconds(CallClass.BULK, place[1], now))
        if wait <= WAIT_SECONDS_MAX:
            await self._wait(wait)
            now = self._clock()
            halted = max(self._pace.halted_until, limiter.bot_parked_until) > now or place[0] in self._faults
            if not halted and not self._stopping.is_set() and now < sure_until:
                calls.start_soon(self._tell, place)
                return
            wait = 0.0
        self._said.append(Said(*place, "waiting", None, wait))
        del self._in_hand[place]

    async def _tell(self, place: Place) -> None:
        broadcast_id, chat_id = place
        name = self._names[broadcast_id]
        told = await aio(tell, self._hosted, self._in_hand[place], name, chat_id, self._sender)
        self._follow(told, place)
        del self._in_hand[place]
        self._said.append(Said(*place, told.state, told.reason, told.after_seconds))

    def _follow(self, told: Told, place: Place) -> None:
        now = self._clock()
        child(TOLD, self._hosted.name, told.state).inc()
        if told.refused:
            self._pace.refused(place[1], told.after_seconds, now)
        elif told.outage:
            self._pace.failed(now)
        else:
            self._pace.answered()
        if told.state == "sent":
            self.told += 1
        if told.fault is not None:
            self._faults[place[0]] = told.fault

    async def _look(self) -> None:
        """What there is to send, and what should not be sent any more."""
        for broadcast_id, why in list(self._faults.items()):
            if await aio(self._sending.pause, broadcast_id, BY, why):
                log.error("broadcast_paused", bot=self._hosted.name, broadcast=broadcast_id, why=why)
            del self._faults[broadcast_id]
        messages = {}
        for broadcast_id, text, name in await aio(self._sending.running):
            same = self._names.get(broadcast_id) == name
            self._names[broadcast_id] = name
            try:
                known = self._messages.get(broadcast_id) if same else None
                messages[broadcast_id] = known or Message.model_validate_json(text)
            except ValidationError as error:
                self._faults[broadcast_id] = (
                    f"this version of the code cannot read its message: {in_a_sentence(error)}"
                )
        self._messages = messages
        needed = {*messages, *(place[0] for place in self._in_hand)}
        self._names = {id_: name for id_, name in self._names.items() if id_ in needed}

    async def _finish(self) -> None:
        if not self._in_hand:
            await self._settle()
            await aio(self._sending.put_back)
        for broadcast_id in await aio(self._sending.finish):
            log.info("broadcast_done", bot=self._hosted.name, broadcast=broadcast_id)

    async def _settle(self) -> None:
        if said := list(self._said):
            await aio(self._sending.settle, said)
            del self._said[: len(said)]

    async def _end(self) -> None:
        """Write down what is known, and let the bot go."""
        for place, message in self._in_hand.items():
            event = message.as_ == "event"
            self._said.append(Said(*place, "waiting") if event else Said(*place, "unknown", STOPPED))
        self._in_hand.clear()
        try:
            await self._settle()
            await aio(self._sending.put_back)
            await aio(self._sending.let_go)
        except StoreUnavailable as error:
            log.warning("broadcasts_not_let_go", bot=self._hosted.name, why=str(error))

    async def _wait(self, seconds: float) -> None:
        """Wait, but not on when asked to stop."""
        with trio.move_on_after(seconds):
            await self._stopping.wait()
