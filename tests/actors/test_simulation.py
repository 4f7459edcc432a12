"""The loop of the chat actors on a made-up clock with seeded scheduling: same seed, same trace.

Guest mode cannot jump in time (Trio does not see what asyncio waits for), so here the bridge is a plain call,
and store and handlers are Trio functions that take random time, fail, and answer late. The actor is real.
"""

import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import trio
import trio.testing

import mailroom.actors.chat
import mailroom.actors.fast_lane
from mailroom.actors.chat import ChatActor
from mailroom.actors.hosting.hold import Hold
from mailroom.actors.judge import AGAIN, HANDLED, OUTAGE
from mailroom.actors.order import Watermark
from mailroom.actors.outcome import BEHIND, SUSPENDED, Done, Later
from mailroom.actors.policy import Policy
from mailroom.actors.runtime.system import open_actor_system
from mailroom.storage.redis.entry import Chat, Entry, place
from mailroom.storage.redis.mailbox import Begun, Committed, Following, Loaded
from tests.supervisors.simulated import crossing_the_bridge

CHATS = [Chat("shop", str(n)) for n in range(3)]
MESSAGES = 12
pytestmark = pytest.mark.slow
SEEDS = range(60)
SWEEP_SECONDS = 5.0
SOON_MS = 2500
"""What the actor was told of begins before any sweep could have found it."""


class Store:
    """Mailboxes in memory; every call takes a moment before its effect and another one after it."""

    taker = "t"

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.seq = 0
        self.boxes: dict[Chat, list[Entry]] = {chat: [] for chat in CHATS}
        self.fast: dict[Chat, list[Entry]] = {chat: [] for chat in CHATS}
        self.tries: dict[int, int] = {}
        self.suspended: set[Chat] = set()

    def now_ms(self) -> int:
        return int(trio.current_time() * 1000)

    async def moment(self) -> None:
        await trio.sleep(self.chance.choice([0, 0, 0.001, 0.003]))

    async def accept(self, chat: Chat, order: int, *, expedited: bool) -> Entry:
        await self.moment()
        self.seq += 1
        entry = Entry(self.seq, order, self.now_ms(), "message", "chat", "t", b"", expedited)
        lane = (self.fast if expedited else self.boxes)[chat]
        lane.insert(place(lane, entry), entry)
        await self.moment()
        return entry

    def stands_first(self, chat: Chat, entry: Entry) -> bool:
        return self.boxes[chat][:1] == [entry]

    async def expedited(self, chat: Chat, most: int) -> list[Entry]:
        await self.moment()
        found = self.fast[chat][:most]
        await self.moment()
        return found

    async def load(self, chat: Chat, _epoch: int, window: int) -> Loaded:
        await self.moment()
        box, fast = self.boxes[chat], self.fast[chat]
        found = Loaded(chat in self.suspended, {}, box[:window], fast[:window], 0, len(box), self.seq)
        await self.moment()
        return found


class PlayedAttempt:
    """An attempt that the simulation makes up."""

    def __init__(
        self,
        simulation: "Simulation",
        _bot: Any,
        chat: Chat,
        entry: Entry,
        *_: Any,
        following: Any,
        **__: Any,
    ) -> None:
        self.run = lambda begun: simulation.run(chat, entry, begun, following)


class Simulation:
    """Everything around the actors, and what happened, in order."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.mailboxes = Store(self.chance)
        self.ownership = SimpleNamespace(epoch=1)
        self.policy = Policy(window=4, quantum=3)
        self.slots = trio.CapacityLimiter(2)
        self.draining = False
        self.worker = self
        self.bot = SimpleNamespace(watermark=Watermark(), fast=False, hold=Hold())
        self.trace: list[tuple[str, str, int]] = []
        self.told: set[int] = set()
        self.finished: set[int] = set()
        self.at_it: set[tuple[Chat, bool]] = set()
        self.faults: list[str] = []

    # What a host is to its actors

    def spawn(self, work: Any) -> None:
        self.nursery.start_soon(work)

    def failed(self, actor: ChatActor, error: BaseException | None) -> None:
        self.faults.append(f"{actor.chat} failed: {error!r}")

    def rests(self, actor: ChatActor) -> None:
        pass

    # What a worker is to them

    async def persist(self, call: Any) -> Any:
        return await call()

    async def run(self, chat: Chat, entry: Entry, begun: Any, following: Any) -> Any:
        store = self.mailboxes
        if begun is None:
            await store.moment()
            if chat in store.suspended:
                return SUSPENDED
            if not entry.expedited and not store.stands_first(chat, entry):
                return BEHIND
            store.tries[entry.seq] = store.tries.get(entry.seq, 0) + 1
        attempt = store.tries.get(entry.seq, 0)
        self.note("begins", chat, entry)
        if entry.seq in self.told and attempt == 1 and store.now_ms() - entry.accepted_ms > SOON_MS:
            self.faults.append(f"{chat}: {entry.order} was told of, and waited for the sweep")
        if entry.seq in self.finished:
            self.faults.append(f"{chat}: {entry.order} was handled although it was finished")
        if not entry.expedited:
            waiting = [one.order for one in store.boxes[chat] if (one.order or 0) < (entry.order or 0)]
            if waiting and attempt == 1 and begun is None:
                self.faults.append(f"{chat}: {entry.order} began before {waiting}")
        lane = (chat, entry.expedited)
        if lane in self.at_it:
            self.faults.append(f"{chat}: {entry.order} ran beside another of its lane")
        self.at_it.add(lane)
        await trio.sleep(self.chance.choice([0, 0.002, 0.03]))
        self.at_it.discard(lane)
        if self.chance.random() < 0.15:
            pause = self.chance.choice([0.0, 0.02])
            return Later(AGAIN if self.chance.random() < 0.5 else OUTAGE, pause, attempt, None)
        return await self.commit(chat, entry, following([entry]))

    async def commit(self, chat: Chat, entry: Entry, asked: Following | None) -> Done:
        store = self.mailboxes
        await store.moment()
        lane = (store.fast if entry.expedited else store.boxes)[chat]
        if entry not in lane:
            self.faults.append(f"{chat}: {entry.order} was committed twice")
            return Done(HANDLED, Committed(True, len(lane), None), 1)
        lane.remove(entry)
        self.finished.add(entry.seq)
        self.note("ends", chat, entry)
        begun, following = None, asked.entry if asked else None
        if following is not None and chat not in store.suspended and store.boxes[chat][:1] == [following]:
            store.tries[following.seq] = store.tries.get(following.seq, 0) + 1
            begun = Begun(store.tries[following.seq], {})
        await store.moment()
        return Done(HANDLED, Committed(False, len(store.boxes[chat]), begun), 1, following if begun else None)

    def note(self, what: str, chat: Chat, entry: Entry) -> None:
        self.trace.append((what, str(chat), entry.order or 0))

    # What happens to them

    async def play(self) -> None:
        async with trio.open_nursery() as nursery, open_actor_system() as system:
            self.nursery = nursery
            actors = {chat: ChatActor.activate(chat, self.bot, self) for chat in CHATS}  # type: ignore[arg-type]
            self.bot.watermark.saw(0, 0, in_order=True)
            ids = list(range(1, MESSAGES * len(CHATS) + 1))
            nursery.start_soon(self.sweep, actors)
            async with trio.open_nursery() as senders:
                for update_id in ids:
                    senders.start_soon(self.send, actors[CHATS[update_id % len(CHATS)]], update_id)
                senders.start_soon(self.operate, actors)
            with trio.move_on_after(120):
                while any((*self.mailboxes.boxes.values(), *self.mailboxes.fast.values())):  # noqa: ASYNC110
                    await trio.sleep(0.1)
            system.nursery.cancel_scope.cancel()
            nursery.cancel_scope.cancel()
        left = {str(chat): [one.order for one in box] for chat, box in self.mailboxes.boxes.items() if box}
        if left:
            self.faults.append(f"never handled: {left}")

    async def send(self, actor: ChatActor, update_id: int) -> None:
        # Roughly in order, as Telegram's parallel queues are.
        await trio.sleep(update_id * 0.004 + self.chance.random() * 0.02)
        entry = await self.mailboxes.accept(actor.chat, update_id, expedited=self.chance.random() < 0.1)
        self.bot.watermark.saw(update_id, self.mailboxes.now_ms())
        how = self.chance.random()
        if how < 0.1:
            self.told.add(entry.seq)
            actor.look_again()  # the answer was lost, or another process took the message in
        elif how > 0.05 + 0.1:  # else word of it was lost too, and the sweep finds it
            self.told.add(entry.seq)
            actor.offer(entry)

    async def sweep(self, actors: dict[Chat, ChatActor]) -> None:
        while True:
            await trio.sleep(SWEEP_SECONDS)
            for chat, actor in actors.items():
                if (self.mailboxes.boxes[chat] or self.mailboxes.fast[chat]) and actor.idle:
                    actor.reload()

    async def operate(self, actors: dict[Chat, ChatActor]) -> None:
        for _ in range(4):
            await trio.sleep(self.chance.random() * 0.05)
            chat = self.chance.choice(CHATS)
            self.mailboxes.suspended.add(chat)
            actors[chat].reload()
            await trio.sleep(self.chance.random() * 0.05)
            self.mailboxes.suspended.discard(chat)
            actors[chat].reload()


def simulate(seed: int) -> Simulation:
    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = True  # type: ignore[attr-defined]
    trio._core._run._r.seed(seed)  # type: ignore[attr-defined]
    simulations: list[Simulation] = []

    async def main() -> None:
        simulations.append(Simulation(seed))
        await simulations[0].play()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return simulations[0]


@pytest.fixture(autouse=True)
def plain_bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    async def call(fn: Any, *args: Any) -> Any:
        return await fn(*args)

    for module in crossing_the_bridge():
        monkeypatch.setattr(module, "aio", call)
    monkeypatch.setattr(mailroom.actors.fast_lane, "aio", call)
    monkeypatch.setattr(mailroom.actors.chat, "Attempt", PlayedAttempt)
    yield
    trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_message_is_handled_once_and_in_order(seed: int) -> None:
    assert simulate(seed).faults == []


def test_the_same_seed_gives_the_same_trace() -> None:
    first, again, other = simulate(1), simulate(1), simulate(2)
    assert first.trace == again.trace
    assert first.trace != other.trace


FAULTS = {
    "what waited for a slot is not looked at again": (ChatActor, "_may_begin", lambda self, entry: True),
    "a reload during a read is forgotten": (ChatActor, "reload", ChatActor.wake),
    "what does not stand first is begun": (Store, "stands_first", lambda self, chat, entry: True),
    "nobody looks into the mailbox again": (ChatActor, "look_again", lambda self: None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_simulation_notices_when(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, wrong = FAULTS[fault]
    monkeypatch.setattr(owner, name, wrong)
    assert any(simulate(seed).faults for seed in range(200))
