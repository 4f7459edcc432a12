"""The actor of one chat: the only one who works on its messages and writes its state.

It is woken when something is in line and works through it, oldest first, one message at a time. Its memory is
a window on the mailbox in Redis, never more; what it knows can be thrown away at any moment and read again. A
turn itself runs on the asyncio side (`attempt.py`); here it is decided which message is next, when it may
start, and what follows from how it ended.
"""

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, Protocol

import trio

from mailroom.actors import report
from mailroom.actors.at_work import AtWork
from mailroom.actors.attempt import Attempt
from mailroom.actors.chat_state import ChatState
from mailroom.actors.control import Control
from mailroom.actors.fast_lane import FastLane
from mailroom.actors.head import Head
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.local_work import Local, run_local
from mailroom.actors.outcome import BACK, BEHIND, GONE, SUSPENDED, TORN, Done, Later, Outcome
from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.stopping import stop_begun
from mailroom.actors.window import Window
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Begun, Changes, Early, Following, Incomplete, Loaded

WAKE = "wake"


class ChatHost(Protocol):
    """What a chat actor needs of the supervisor it lives under."""

    worker: Worker
    slots: trio.CapacityLimiter
    draining: bool

    def spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work beside the actors."""

    def failed(self, actor: "ChatActor", error: BaseException | None) -> None:
        """The actor itself has failed, not a bot's handler, and is gone."""

    def rests(self, actor: "ChatActor") -> None:
        """The actor has nothing to do now."""


class ChatActor(TrioActor):
    """One chat."""

    registered = False
    __slots__ = (
        "_awake",
        "_bot",
        "_broken",
        "_epoch",
        "_fast_lane",
        "_head",
        "_host",
        "_last_group",
        "_loaded",
        "_locals",
        "_pause",
        "_scope",
        "_stale",
        "_state_read",
        "_work_in_hand",
        "chat",
        "state",
        "suspended",
        "window",
    )

    def __init__(self, chat: Chat, bot: HostedBot, host: ChatHost) -> None:
        super().__init__()
        self.chat = chat
        self.state = ChatState()
        self.suspended = False
        self.window = Window(host.worker.policy.window)
        self._bot = bot
        self._host = host
        self._work_in_hand = AtWork(host.worker.mailboxes.taker)
        self._epoch = 0
        self._loaded = False
        self._stale = False
        self._locals: list[Local] = []
        self._head = Head(bot, self.window)
        self._pause = self._head.pause
        self._last_group = ""
        self._awake = False
        self._scope: trio.CancelScope | None = None
        # What ended the fast lane: it is the whole actor that has failed.
        self._broken: Exception | None = None
        self._fast_lane: FastLane | None = None  # most chats never need one
        self._state_read = False

    @classmethod
    def activate(cls, chat: Chat, bot: HostedBot, host: ChatHost) -> "ChatActor":
        """Start the actor of a chat. Unlike Pykka's `start` it gives the actor itself: its supervisor shares
        its thread.
        """
        actor = cls(chat, bot, host)
        actor._start_actor_loop()
        return actor

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing runs: the actor may leave memory."""
        if self._awake or self._locals or self.busy:
            return False
        return self.suspended or (self.window.empty and self.window.complete)

    @property
    def busy(self) -> bool:
        """Whether a message is being handled."""
        return bool(self.window.running)

    async def wait_until_quiet(self) -> None:
        """Wait until no message is being handled."""
        while self.busy:
            await self._work_in_hand.wait_for_end()

    @property
    def at_work(self) -> tuple[Entry, Control] | None:
        """The message of the box that is being handled, and the hand on it."""
        return self._work_in_hand.message

    @property
    def loaded(self) -> bool:
        """Whether `state` is what the store holds."""
        return self._loaded

    def early(self, order: int) -> Early | None:
        """With what the accept of a message with this update_id may begin it, if it would be handled at once
        when it came now.
        """
        if not (self._loaded and not self.suspended and self.idle and self._bot.watermark.is_next(order)):
            return None
        if self._bot.hold.why:
            return None
        return Early(self._epoch, self._work_in_hand.attempt_id(0))

    def offer(self, entry: Entry, begun: Begun | None = None) -> None:
        """A message was accepted into the mailbox: no need to read it from there when it fits the window."""
        self._head.order.arrived(entry.queue, entry.accepted_ms)
        self._pause.complete_at = 0.0
        if self.window.offer(entry, begun, loaded=self._loaded) and entry.expedited:
            self._start_fast_lane()
        self.wake()

    def run_in_line(
        self, work: Callable[[], Awaitable[Any]], answer: Callable[[Any, BaseException | None], None]
    ) -> None:
        """Run work that belongs to no message between two messages."""
        self._locals.append(Local(work, answer))
        self.wake()

    def wake(self) -> None:
        """There may be something to do."""
        self._head.wake_up()
        if not self._awake:
            self._awake = True
            self.actor_ref.tell(WAKE)

    def look_again(self) -> None:
        """More may be in the mailbox than the window shows, and before what it shows."""
        if self.busy or self.window.box:  # else it is read at once
            self._start_fast_lane(look=True)
        self.window.doubt()
        self._pause.complete_at = 0.0
        self.wake()

    def reload(self) -> None:
        """What was read from the mailbox is not true any more: somebody else changed it."""
        self._loaded = False
        self._stale = True
        self.suspended = False
        self.wake()

    def restart(self) -> None:
        """Leave what is being handled, and begin anew with what the store holds. The attempt stays
        counted.
        """
        self.reload()
        if self._fast_lane is not None:
            self._fast_lane.cancel("on-call restarts the chat")
        if self._scope is not None:
            self._scope.cancel(reason="on-call restarts the chat")

    async def on_receive(self, message: Any) -> None:  # noqa: ARG002 - there is only one message: wake up
        """Work through what waits, but no more than a fair share at a time."""
        self._awake = False
        try:
            with trio.CancelScope() as self._scope:
                await self._work()
            if self._broken is not None:
                raise self._broken
        except Fenced as error:
            self._host.failed(self, error)
        finally:
            self._scope = None

    async def _work(self) -> None:
        left = self._host.worker.policy.quantum
        while left > 0 and self._broken is None:
            if not self._loaded:
                await self._load()
            if self._locals and not self.suspended:
                await self._run_local(self._locals.pop(0))
                left -= 1
                continue
            entry = await self._next()
            if entry is None:
                break
            async with self._host.slots:
                if self._may_begin(entry):
                    left -= await aio(self._turns, entry, left)
        else:
            self.wake()
        if self.idle:
            self._host.rests(self)

    def on_failure(self, exception_type: Any, exception_value: BaseException | None, traceback: Any) -> None:  # noqa: ARG002
        """Tell the supervisor; it starts the chat anew."""
        self._host.failed(self, exception_value)

    async def _load(self) -> None:
        worker = self._host.worker
        self._epoch = worker.ownership.epoch
        self._stale = False
        self._pause.complete_at = 0.0
        self.window.begin_reading()
        loaded = await aio(self._read)
        self.window.fill(loaded)
        self.suspended = loaded.suspended
        # What was asked for while we read is done next: a resumed chat must not stay suspended.
        self._loaded = not self._stale
        if self.window.expedited:
            self._start_fast_lane()
        if loaded.parked_until_ms:
            self._pause.put_off((loaded.parked_until_ms - worker.mailboxes.now_ms()) / 1000)

    async def _read(self) -> Loaded:
        """Read the chat, on the asyncio side. What a handler's left-over task writes meanwhile is newer than
        what we read, so the state is put in place before anything else of that loop runs.
        """
        worker = self._host.worker
        loaded = await worker.persist(
            lambda: worker.mailboxes.load(self.chat, self._epoch, worker.policy.window)
        )
        self.state.replace(loaded.state)
        self._state_read = True
        return loaded

    async def _next(self) -> Entry | None:
        """The message whose turn it is, once it may start; None when there is none, or it must not start."""
        while True:
            if self.suspended or self._host.draining:
                return None
            if self._locals:
                return None
            if not self.window.box:
                if self.window.complete:
                    return None
                await self._load()
                continue
            head = self.window.box[0]
            wait = self._wait_seconds(head)
            if wait <= 0:
                if not self.window.doubted:
                    return head
                await self._load()
                continue
            await self._head.wait(head, wait)
            if head.group:
                self._pause.make_up_for_a_stall(self._host.worker.mailboxes.now_ms() - head.accepted_ms)

    def _may_begin(self, entry: Entry) -> bool:
        """Whether it is still this message's turn, after something was waited for."""
        return self._loaded and not self.suspended and not self._host.draining and self.window.is_next(entry)

    def _wait_seconds(self, head: Entry) -> float:
        decided = self._fast_lane.decided if self._fast_lane is not None else None
        return self._head.wait_seconds(head, self._host.worker.mailboxes.now_ms(), decided)

    def _following(self, done: Sequence[Entry]) -> Following | None:
        """The message to begin with the commit of `done`, if it is clear already that it is the next."""
        if self._host.draining or self._locals:
            return None
        following = self.window.following(done)
        if following is None or self._wait_seconds(following) > 0:
            return None
        return Following(following, self._work_in_hand.attempt_id(following.seq))

    async def _turns(self, entry: Entry, most: int) -> int:
        """Handle a message, and those that follow it without a pause, on the asyncio side: a chat that is
        flooded need not cross over to Trio and back between two messages. Returns how many turns there were.
        """
        turns = 1
        if not self.window.is_next(entry):
            return 0  # an urgent handler has just had it stopped
        while (following := await self._turn(entry)) is not None and turns < most:
            if not self._may_begin(following) or self._locals or self._wait_seconds(following) > 0:
                break
            entry = following
            turns += 1
        return turns

    async def _turn(self, entry: Entry, *, stopped: bool = False) -> Entry | None:
        """Make one attempt at a message, and draw the consequences. Returns the message that was begun with
        its commit, if any. `stopped`: only to finish it.
        """
        control = self._work_in_hand.begin(
            entry, lambda: self._decided(entry), lambda journal: stop_begun(self, journal)
        )
        if stopped:
            control.stop()
        worker = self._host.worker
        late = entry.order is not None and entry.order < self._head.order.highest
        waited_ms = max(worker.mailboxes.now_ms() - entry.accepted_ms, 0)
        started = perf_counter()
        outcome: Outcome | None = None
        self.window.running.add(entry.seq)
        try:
            attempt = Attempt(
                worker,
                self._bot,
                self.chat,
                entry,
                self.state,
                self._work_in_hand.attempt_id(entry.seq),
                self._epoch,
                late=late,
                following=lambda done: None if entry.expedited else self._following(done),
                broken_off=lambda: self._host.draining,
                control=control,
            )
            outcome = await attempt.run(self.window.begun.pop(entry.seq, None))
        finally:
            again = outcome is None or outcome == TORN or isinstance(outcome, Later)
            self.window.running.discard(entry.seq)
            self._work_in_hand.end(entry, control, again=again)
        seconds = perf_counter() - started
        match outcome:
            case Done():
                self._done(entry, outcome)
                report.finished(self.chat, entry, outcome, late=late, waited_ms=waited_ms, seconds=seconds)
                return outcome.following
            case Later():
                self._put_off(entry, outcome)
            case Incomplete():
                self._pause.is_incomplete(outcome.wait_ms / 1000)
            case _ if outcome == GONE:
                self._finished(entry)
                self._loaded = False
            case _ if outcome == BACK:
                self._finished(entry)  # of its lane
                self._loaded = False
                self.wake()
            case _ if outcome in (BEHIND, TORN):
                if entry.expedited:
                    self._finished(entry)  # of its lane
                self._loaded = False
            case _:
                assert outcome == SUSPENDED
                self.suspended = True
        return None

    def _decided(self, entry: Entry) -> None:
        """It is sure now that a message which was taken for urgent is."""
        if self._fast_lane is not None:
            self._fast_lane.decided.add(entry.seq)
            self._head.wake_up()

    async def begun(self) -> Entry | None:
        """The message of the box that is begun and not finished, by the store."""
        worker = self._host.worker
        return await worker.persist(lambda: worker.mailboxes.begun(self.chat))

    async def finish_stopped(self, entry: Entry) -> None:
        """Finish a message that is begun and whose handler does not run, without running it again."""
        mine = next((one for one in self.window.box if one.seq == entry.seq), entry)
        await self._turn(mine, stopped=True)
        self.wake()

    def _done(self, entry: Entry, done: Done) -> None:
        if done.committed.gone:
            # Our commit went through and its answer was lost, or an operator took the message away.
            self._loaded = False
        elif done.verdict.dead and self._bot.parks:
            self.suspended = True
        for finished in (entry, *done.others):
            self._finished(finished)
        if entry.group:
            self._count_late_parts(entry, 1 + len(done.others))
        if done.following is not None and done.committed.next is not None:
            self.window.begun[done.following.seq] = done.committed.next
        if entry.order is not None and not entry.expedited:
            self._head.order.highest = max(self._head.order.highest, entry.order)
        if not entry.expedited:
            self._pause.not_before = 0.0

    def _finished(self, entry: Entry) -> None:
        self.window.finished(entry)
        self._work_in_hand.forget(entry.seq)

    def _count_late_parts(self, entry: Entry, parts: int) -> None:
        """Count what came after its media group had been handled."""
        group = f"{entry.kind} {entry.group}"
        if group == self._last_group and not self._bot.apart:
            report.late_parts(self.chat, parts)
        self._last_group = group

    def _put_off(self, entry: Entry, later: Later) -> None:
        if not entry.expedited:
            self._pause.put_off(later.seconds)
        else:
            assert self._fast_lane is not None, "it was run there"
            # Nobody looks at the lane again when a hold is over, as the box does.
            held = self._bot.hold.wait_seconds() if later.verdict.holds else 0.0
            self._fast_lane.again(entry, max(later.seconds, held))
        report.put_off(self.chat, entry, later)

    def _start_fast_lane(self, *, look: bool = False) -> None:
        if self._fast_lane is None:
            self._fast_lane = FastLane(
                self.window,
                self._host.spawn,
                may_run=self._may_run_beside,
                turn=self._turn,
                read=self._read_expedited,
                ended=self._lane_ended,
            )
        self._fast_lane.start(look=look)

    def _may_run_beside(self) -> bool:
        """Whether expedited messages may be run: the state that they read must have been read."""
        return self._state_read and not (self.suspended or self._host.draining or self._broken)

    async def _read_expedited(self) -> list[Entry]:
        worker = self._host.worker
        return await worker.persist(lambda: worker.mailboxes.expedited(self.chat, worker.policy.window))

    def _lane_ended(self, error: Exception | None) -> None:
        if error is not None:
            self._broken = error
            if self._scope is not None:
                self._scope.cancel(reason="an expedited message broke the chat")
                return
        self.wake()

    async def _run_local(self, local: Local) -> None:
        worker = self._host.worker
        try:
            result = await aio(
                lambda: run_local(worker, self._bot, self.chat, self.state, self._epoch, local.work)
            )
        except Exception as error:
            local.answer(None, error)
            return
        local.answer(result, None)

    def write(self, changes: Changes) -> None:
        """Somebody outside of a turn has just committed changes of this chat's state."""
        self.state.write(changes)
