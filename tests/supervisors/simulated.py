"""Two processes that may own the chats, on a made-up clock with seeded scheduling: same seed, same trace.

Real are the actors, their supervisor, attempts, journal, ownership and its heartbeat; stores and Telegram are
Trio functions that take random time, fail, and answer late. Guest mode cannot jump in time, so the bridge is
a plain call, and what the actors use of asyncio is played by Trio (`Asyncio`).
"""

import random
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

import mailroom.actors.attempt
import mailroom.actors.journal
import mailroom.actors.running
import mailroom.actors.worker
import mailroom.supervisors.ownership
from mailroom.actors import memory
from mailroom.actors.attempt import TAKE_BACK_SECONDS
from mailroom.actors.hosting.hold import Hold
from mailroom.actors.order import Watermark
from mailroom.actors.policy import Policy
from mailroom.actors.runtime import bridge
from mailroom.actors.turn import Turn
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.postgres.lease import Held
from mailroom.storage.redis.entry import Chat, Entry, place
from mailroom.storage.redis.mailbox import Begun, Changes, Committed, Following, Loaded, every_partition
from mailroom.supervisors.chats.chats import Chats, open_chats
from mailroom.supervisors.heartbeat import TTL_SECONDS, Heartbeat
from mailroom.supervisors.ownership import Ownership

CHATS = [Chat("shop", str(n)) for n in range(3)]
CALLS = 2
"""Of the handler of each message."""
Call = tuple[str, int, int]
"""A call to the outside: the chat, the message's order, and which call of its handler."""


@dataclass
class Kept:
    """What the store keeps of the attempts at a message."""

    attempts: int = 0
    attempt_id: str = "-"
    outages: int = 0


class Redis:
    """The mailboxes' rules in memory. `tells_takers`: whether an equal epoch of another taker is refused;
    `knows_attempts`: whether an attempt that is begun again is the same one.
    """

    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster
        self.seq = 0
        self.fence: tuple[int, str] = (0, "")
        self.fencer = ""
        self.tells_takers = True
        self.begins_unheard = 0.0
        self.knows_attempts = True
        self.boxes: dict[Chat, list[Entry]] = {chat: [] for chat in CHATS}
        self.tries: dict[int, Kept] = {}
        self.journals: dict[int, dict[int, bytes]] = {}
        self.committed: dict[Chat, list[int]] = {chat: [] for chat in CHATS}
        self.dead: list[int] = []

    def accept(self, chat: Chat, order: int) -> None:
        self.seq += 1
        entry = Entry(self.seq, order, self.cluster.now_ms(), "message", "chat", f"t{order}", b"")
        self.boxes[chat].insert(place(self.boxes[chat], entry), entry)

    def check(self, epoch: int, taker: str) -> None:
        if epoch != self.fence[0] or (self.tells_takers and taker != self.fence[1]):
            raise Fenced("fenced", epoch, self.fence[0])

    def begin(self, entry: Entry, attempt_id: str) -> Begun:
        kept = self.tries.setdefault(entry.seq, Kept())
        kept.attempts += kept.attempt_id != attempt_id or not self.knows_attempts
        kept.attempt_id = attempt_id
        return Begun(kept.attempts, dict(self.journals.get(entry.seq, {})), kept.outages)


class Mailboxes:
    """Redis as one process reaches it: only while it runs, and never at once."""

    def __init__(self, redis: Redis, process: "Process") -> None:
        self.taker = process.name
        self._redis = redis
        self._process = process

    def now_ms(self) -> int:
        return self._redis.cluster.now_ms()

    async def _ask(self, effect: Callable[[], Any], unheard: float = 0.0) -> Any:
        await self._process.moment()
        answer = effect()
        await self._process.moment()
        if self._redis.cluster.chance.random() < unheard:
            raise StoreUnavailable("the answer got lost")
        return answer

    async def load(self, chat: Chat, epoch: int, window: int) -> Loaded:
        def effect() -> Loaded:
            self._redis.check(epoch, self.taker)
            box = self._redis.boxes[chat]
            return Loaded(False, {}, box[:window], [], 0, len(box), self._redis.seq)

        return await self._ask(effect)  # type: ignore[no-any-return]

    async def begin(self, chat: Chat, epoch: int, seq: int, attempt_id: str, *, apart: bool = False) -> Any:
        def effect() -> Any:
            self._redis.check(epoch, self.taker)
            found = next((one for one in self._redis.boxes[chat] if one.seq == seq), None)
            if found is None or found is not self._redis.boxes[chat][0]:
                return "behind" if found else "gone"
            return self._redis.begin(found, attempt_id)

        return await self._ask(effect, self._redis.begins_unheard)

    async def journal(self, chat: Chat, epoch: int, seq: int, trace: str, number: int, record: bytes) -> None:
        def effect() -> None:
            if any(one.seq == seq and one.trace == trace for one in self._redis.boxes[chat]):
                self._redis.journals.setdefault(seq, {}).setdefault(number, record)
            self._process.leaving.discard((str(chat), int(trace[1:]), number))
            self._redis.check(epoch, self.taker)

        await self._ask(effect)

    async def commit(
        self,
        chat: Chat,
        epoch: int,
        done: Entry,
        _changes: Changes,
        *,
        following: Following | None = None,
        dead: Any = None,
        **_: Any,
    ) -> Committed:
        def effect() -> Committed:
            redis, box = self._redis, self._redis.boxes[chat]
            redis.check(epoch, self.taker)
            if redis.fencer != self.taker:
                redis.cluster.faults.append(f"{chat}: {self.taker} commits after {redis.fencer} took over")
            if done not in box:
                return Committed(True, len(box), None)
            box.remove(done)
            for number in range(CALLS):
                self._process.leaving.discard((str(chat), done.order or 0, number))
            (redis.dead if dead else redis.committed[chat]).append(done.order or 0)
            begun = None
            if following is not None and box[:1] == [following.entry]:
                begun = redis.begin(following.entry, following.attempt_id)
            return Committed(False, len(box), begun)

        committed: Committed = await self._ask(effect)
        if committed.next is not None and self._process.stops_after_commit:
            self._process.stops_after_commit = False
            await self._process.stopped()
        return committed

    async def park(
        self,
        _chat: Chat,
        epoch: int,
        seq: int,
        _until_ms: int,
        *,
        take_back: str = "",
        outage: bool = False,
    ) -> None:
        def effect() -> None:
            self._redis.check(epoch, self.taker)
            kept = self._redis.tries.setdefault(seq, Kept())
            if take_back and kept.attempt_id == take_back:
                kept.attempts, kept.attempt_id = max(kept.attempts - 1, 0), "-"
                kept.outages += outage

        await self._ask(effect)

    async def stands(self, _chat: Chat, epoch: int) -> bool:
        return bool(await self._ask(lambda: self._redis.fence == (epoch, self.taker)))

    async def expedited(self, _chat: Chat, _most: int) -> list[Entry]:
        return []

    async def raise_fences(self, _partitions: Any, epoch: int) -> None:
        def effect() -> None:
            standing, taker = self._redis.fence
            same = self._redis.tells_takers and standing == epoch and taker != self.taker
            if standing > epoch or same:
                raise Fenced("another stands", epoch, standing)
            self._redis.fence, self._redis.fencer = (epoch, self.taker), self.taker

        await self._ask(effect)

    async def ready(self, partitions: Any, _most: int, **_: Any) -> list[Chat]:
        return await self._ask(
            lambda: [chat for chat, box in self._redis.boxes.items() if box and partitions]
        )  # type: ignore[no-any-return]


class Postgres:
    """The lease rows, all as one: they are taken and lost together. `extends`: whether a beat before which
    nobody beat for long gives everybody his time anew.
    """

    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster
        self.owner: str | None = None
        self.epoch = 0
        self.expires = 0.0
        self.beaten = 0.0
        self.away = False
        self.extends = True

    def restore(self) -> None:
        """Yesterday's backup: nobody owned anything, and no epoch had been given out."""
        self.owner, self.epoch, self.expires, self.beaten = None, 0, 0.0, 0.0

    def beat(self) -> None:
        now = trio.current_time()
        if self.extends and now - self.beaten > TTL_SECONDS / 2:
            self.expires = max(self.expires, now + TTL_SECONDS)
        self.beaten = now


class Leases:
    """Postgres as the loop of one process reaches it, or its heartbeat."""

    def __init__(self, postgres: Postgres, alive: Callable[[], Awaitable[None]], beats: Any) -> None:
        self._postgres = postgres
        self._alive = alive
        self._beats = beats

    def another(self) -> "Leases":
        return Leases(self._postgres, self._beats, self._beats)

    async def _ask(self, effect: Callable[[], Any]) -> Any:
        await self._alive()
        await trio.sleep(0.01)
        if self._postgres.away:
            await trio.sleep(2.0)
            await self._alive()
            raise StoreUnavailable("Postgres does not answer")
        answer = effect()
        await self._alive()
        return answer

    async def owners(self) -> list[Any]:
        return await self._ask(list)  # type: ignore[no-any-return]

    async def acquire(self, owner: str, partitions: Any, ttl: float, *, gone: Any, floor: int) -> Held:
        def effect() -> Held:
            postgres = self._postgres
            postgres.beat()
            if postgres.owner not in (None, owner) and trio.current_time() <= postgres.expires:
                return Held(0, ())
            postgres.owner, postgres.expires = owner, trio.current_time() + ttl
            postgres.epoch = max(postgres.epoch + 1, floor)
            return Held(postgres.epoch, tuple(partitions))

        return await self._ask(effect)  # type: ignore[no-any-return]

    async def renew(self, owner: str, epoch: int, ttl: float) -> tuple[int, ...]:
        def effect() -> tuple[int, ...]:
            postgres = self._postgres
            postgres.beat()
            if (postgres.owner, postgres.epoch) != (owner, epoch):
                return ()
            postgres.expires = trio.current_time() + ttl
            return tuple(every_partition())

        return await self._ask(effect)  # type: ignore[no-any-return]

    async def release(self, owner: str, epoch: int) -> None:
        def effect() -> None:
            if (self._postgres.owner, self._postgres.epoch) == (owner, epoch):
                self._postgres.owner = None

        await self._ask(effect)

    async def close(self) -> None:
        pass


class Process:
    """One process: its ownership, its chats, a bot that makes two calls for each message."""

    def __init__(self, cluster: "Cluster", name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.chats: Chats | None = None
        self.stops_after_commit = False
        self.leaving: set[Call] = set()
        """Calls that went out and are not recorded yet: the death of a process may double them."""
        self.losses = 0
        self._loop_stands: trio.Event | None = None
        self._all_stands: trio.Event | None = None
        self.mailboxes: Any = Mailboxes(cluster.redis, self)
        leases: Any = Leases(cluster.postgres, self.loop_runs, self.beats)
        self.ownership = Ownership(leases, self.mailboxes, clock=trio.current_time)
        self.ownership.owner = name
        self.bot: Any = SimpleNamespace(
            name="shop",
            watermark=Watermark(),
            fast=True,
            parks=False,
            apart=True,
            storage=SimpleNamespace(to_text=memory.to_text, from_text=memory.from_text),
            hold=Hold(),
            handle=self.handle,
            apologise=_apologise,
        )

    async def loop_runs(self) -> None:
        """The loop that bots share goes on only while neither it nor the process stands."""
        while (
            stalled := self._loop_stands if self._loop_stands is not None else self._all_stands
        ) is not None:
            await stalled.wait()

    async def beats(self) -> None:
        """The heartbeat goes on in spite of a blocked loop, unless it lives there."""
        if self.cluster.heartbeat_in_the_loop:
            await self.loop_runs()
        while self._all_stands is not None:
            await self._all_stands.wait()

    async def moment(self) -> None:
        await self.loop_runs()
        await trio.sleep(self.cluster.chance.choice([0, 0.001, 0.003, 0.02]))
        await self.loop_runs()

    def block(self, seconds: float) -> None:
        """A handler blocks the loop."""
        event = self._loop_stands = trio.Event()
        self.cluster.nursery.start_soon(self._go_on_after, seconds, "_loop_stands", event)

    async def stopped(self, seconds: float = 10.0) -> None:
        """SIGSTOP, and SIGCONT."""
        self.cluster.excused |= self.leaving
        event = self._all_stands = trio.Event()
        self.cluster.nursery.start_soon(self._go_on_after, seconds, "_all_stands", event)
        await self.loop_runs()

    async def _go_on_after(self, seconds: float, which: str, event: trio.Event) -> None:
        await trio.sleep(seconds)
        setattr(self, which, None)
        event.set()

    async def live(self) -> None:
        while True:
            await self.ownership.acquire()
            epoch = self.ownership.held_epoch
            worker = Worker(self.mailboxes, self.ownership, Policy(backoff_seconds=0.01, window=4, quantum=3))
            async with open_chats(worker, {"shop": self.bot}) as chats:
                self.chats = chats
                chats.spawn(chats.sweep.run)
                chats.spawn(lambda: self._give_up_after(chats, epoch))  # noqa: B023 - it ends with this round
                await self.ownership.keep()
                self.losses += 1
                self.chats = None
            await self.ownership.release()

    async def _give_up_after(self, chats: Chats, epoch: int) -> None:
        await chats.lost.wait()
        self.ownership.give_up(epoch)

    async def hears(self, chat: Chat, order: int) -> None:
        """Word of an arrival."""
        await self.loop_runs()
        if self.chats is not None:
            self.chats.look_again(chat)
        self.bot.watermark.saw(order, self.cluster.now_ms())

    async def handle(self, turn: Turn) -> bool:
        for number in range(CALLS):
            await self._call(turn)
            if number + 1 < CALLS:
                await trio.sleep(self.cluster.chance.choice([0, 0.05, 1.0]))
                await self.loop_runs()
        return True

    async def _call(self, turn: Turn) -> None:
        """As the session makes it: what is recorded does not go out again, the record is durable before the
        next call goes out, and the right to make it is asked for last.
        """
        number = turn.journal.next_number()
        if turn.journal.replay(number, b"markmark") is not None:
            return
        await turn.journal.settle()
        assert turn.permit is not None
        await turn.permit()
        call = (str(turn.chat), turn.update_id or 0, number)
        self.cluster.said.append(call)
        self.leaving.add(call)
        turn.journal.keep(number, b"markmark", b"")


async def _apologise(_turn: Turn) -> None:
    """Nobody is told: the dead letter itself is what the tests look at."""


@dataclass
class Cluster:
    """Stores, two processes, and what became of it all."""

    seed: int
    heartbeat_in_the_loop: bool = False
    nobody_loses: bool = False
    """Whether what befalls them is no reason to give the chats up."""
    two_may_call: bool = False
    """Whether two may believe for a moment that they own the chats, so that a call may go out twice."""
    said: list[Call] = field(default_factory=list)
    excused: set[Call] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.redis = Redis(self)
        self.postgres = Postgres(self)
        self.processes = [Process(self, "first"), Process(self, "second")]
        self.nursery: trio.Nursery

    def now_ms(self) -> int:
        return int(trio.current_time() * 1000)

    async def play(
        self, trouble: Callable[["Cluster"], Awaitable[None]], messages: int, seconds: float
    ) -> None:
        """Send messages to the chats, have the trouble meanwhile, and look at what is left of it."""
        async with trio.open_nursery() as self.nursery:
            for process in self.processes:
                self.nursery.start_soon(process.live)
                await trio.sleep(0.5)  # so that it is the first that owns them
            self.nursery.start_soon(trouble, self)
            for order in range(1, messages + 1):
                await trio.sleep(self.chance.random() * 2 * seconds / messages)
                chat = self.chance.choice(CHATS)
                self.redis.accept(chat, order)
                for process in self.processes:
                    self.nursery.start_soon(process.hears, chat, order)
            with trio.move_on_after(120):
                while any(self.redis.boxes.values()):  # noqa: ASYNC110
                    await trio.sleep(0.1)
            self.nursery.cancel_scope.cancel()
        self._judge()

    def _judge(self) -> None:
        doubled = {call for call in self.said if self.said.count(call) > 1} - self.excused
        if doubled and not self.two_may_call:
            self.faults.append(f"went out twice: {sorted(doubled)}")
        if self.nobody_loses and any(process.losses for process in self.processes):
            self.faults.append(f"lost without need: {[process.losses for process in self.processes]}")
        if self.redis.dead:
            self.faults.append(f"innocent dead letters: {self.redis.dead}")
        for chat, orders in self.redis.committed.items():
            if orders != sorted(set(orders)):
                self.faults.append(f"{chat}: handled as {orders}")
        if left := {str(chat): len(box) for chat, box in self.redis.boxes.items() if box}:
            self.faults.append(f"never handled: {left}")


class Beat(Heartbeat):
    """The heartbeat without its thread."""

    cluster: Cluster

    def __init__(self, leases: Any, owner: str, holding: Any, clock: Any, **_: Any) -> None:
        self.last_stall = None
        self._owner, self._holding, self._clock = owner, holding, clock
        self._trio = trio.lowlevel.current_trio_token()
        self._scope = trio.CancelScope()
        self.cluster.nursery.start_soon(self._go, leases.another())

    async def _go(self, leases: Any) -> None:
        with self._scope:
            while True:  # noqa: ASYNC110 - a heart beats by the clock
                await trio.sleep(await self._beat(leases))

    async def stop(self) -> None:
        self._scope.cancel()

    def _say(self, *_args: Any, **_more: Any) -> None:
        """Who wants to know reads the trace."""


class Asyncio:
    """What an attempt uses of asyncio, played by Trio."""

    CancelledError = trio.Cancelled
    sleep = staticmethod(trio.sleep)

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @staticmethod
    def current_task(*_: Any) -> Any:
        return trio.lowlevel.current_task()

    def ensure_future(self, work: Any) -> "Pending":
        pending = Pending()
        self._cluster.nursery.start_soon(pending.run, work)
        return pending

    class timeout:  # noqa: N801 - asyncio's own name
        def __init__(self, seconds: float) -> None:
            # What is said on the way out is said in spite of the cancellation, as asyncio has it.
            self._scope = trio.CancelScope(shield=seconds <= TAKE_BACK_SECONDS)
            self._seconds = seconds

        async def __aenter__(self) -> "Asyncio.timeout":
            self._scope.deadline = trio.current_time() + self._seconds
            self._scope.__enter__()
            return self

        async def __aexit__(self, *what: object) -> bool:
            swallowed = self._scope.__exit__(*what)
            if self._scope.cancelled_caught:
                raise TimeoutError
            return bool(swallowed)

        def expired(self) -> bool:
            return self._scope.cancelled_caught


class Pending:
    """A task of asyncio's, as far as the journal looks at one."""

    def __init__(self) -> None:
        self._ended = trio.Event()
        self._error: Exception | None = None
        self._scope = trio.CancelScope()

    async def run(self, work: Any) -> None:
        with self._scope:
            try:
                await work
            except Exception as error:
                self._error = error
        self._ended.set()

    def cancel(self) -> None:
        self._scope.cancel()

    def __await__(self) -> Any:
        yield from self._ended.wait().__await__()
        if self._error is not None:
            raise self._error


def crossing_the_bridge() -> list[ModuleType]:
    """Every module of ours that calls the asyncio side."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("mailroom.") and getattr(module, "aio", None) is bridge.aio
    ]


@contextmanager
def played_by_trio(monkeypatch: pytest.MonkeyPatch, cluster: Cluster) -> Iterator[None]:
    """Put Trio where asyncio is, for this cluster."""

    async def call(fn: Any, *args: Any) -> Any:
        return await fn(*args)

    with monkeypatch.context() as patch, capture_logs():
        for module in crossing_the_bridge():
            patch.setattr(module, "aio", call)
        for user in (
            mailroom.actors.attempt,
            mailroom.actors.journal,
            mailroom.actors.running,
            mailroom.actors.worker,
        ):
            patch.setattr(user, "asyncio", Asyncio(cluster))
        patch.setattr(Beat, "cluster", cluster, raising=False)
        patch.setattr(mailroom.supervisors.ownership, "Heartbeat", Beat)
        patch.setattr(trio._core._run, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
        with suppress(AttributeError):
            trio._core._run._r.seed(cluster.seed)  # type: ignore[attr-defined]
        yield
