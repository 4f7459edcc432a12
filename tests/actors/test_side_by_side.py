"""What two turns of a chat write that are at work side by side (conformance E: G11)."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import Message, PreCheckoutQuery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailroom.actors.attempt import Attempt
from mailroom.actors.chat_state import ChatState
from mailroom.actors.control import Control
from mailroom.actors.outcome import Done
from mailroom.actors.policy import Policy
from mailroom.actors.state import ActorStorage, field_name
from mailroom.actors.turn import Turn
from mailroom.actors.worker import Worker
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Mailboxes, Offer, every_partition
from tests.actors.bot_process import FIRST_UPDATE_ID, Ownership, pre_checkout

KEYS = ("paid", "n", "cart")
KEY = StorageKey(bot_id=42, chat_id=7, user_id=7)
DATA, STATE = field_name("data", KEY), field_name("state", KEY)
MISSING = object()


def test_what_a_checkout_wrote_is_not_erased_by_the_handler_beside_it(play, telegram):
    # Seen: `paid` was gone once the handler had come to its end.
    router, free, began = Router(), asyncio.Event(), []

    @router.message()
    async def slow(message: Message, state: FSMContext) -> None:
        data = await state.get_data()
        began.append(message.text)
        await free.wait()
        await state.set_data({**data, "seen": message.text})

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery, state: FSMContext) -> None:
        await state.update_data(paid=1)
        await state.set_state("paid")
        await query.answer(ok=True)

    async def scenario(process):
        await process.write(7, "hello")
        await process.until(lambda: began)
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID + 1))
        await process.until(lambda: telegram.calls)
        free.set()
        await process.settled()
        return await process.state(7)

    state = play(router, scenario)
    storage = ActorStorage("shop", None)
    assert storage.from_text(state[DATA]) == {"paid": 1, "seen": "hello"}
    assert state[STATE] == "paid"


# Any interleaving

Steps = list[tuple[int, str, Any]]
"""Who (0: the turn of the box, 1 and 2: those of the fast lane, one after the other), what, with what."""


@dataclass
class Model:
    """The conversation as G11 says it becomes, on plain dictionaries."""

    ids: list[int]
    data: dict[str, Any] = field(default_factory=dict)
    state: str | None = None
    base: dict[int, Any] = field(default_factory=dict)
    own: dict[int, Any] = field(default_factory=dict)
    """By turn: its own data and state, once it wrote them."""
    beside: dict[int, list[tuple[int, dict[str, Any], str | None]]] = field(default_factory=dict)
    """By turn at work: what others committed since: who, the data that changed, the state that changed."""

    def begin(self, who: int) -> None:
        self.base[who] = {"data": dict(self.data), "state": self.state}
        self.own[who] = {}
        self.beside[who] = []

    def read(self, who: int, part: str) -> Any:
        if part not in self.own[who]:
            self.base[who][part] = dict(self.data) if part == "data" else self.state
        found = self.own[who].get(part, self.base[who][part])
        return dict(found) if part == "data" else found

    def write(self, who: int, part: str, value: Any) -> None:
        self.own[who][part] = value

    def commit(self, who: int) -> None:
        beside, base, own = self.beside.pop(who), self.base[who], self.own[who]
        changed: dict[str, Any] = {}
        mine = own.get("data", base["data"])
        for key in KEYS:
            value = mine.get(key, MISSING)
            others = [other for other, keys, _ in beside if key in keys]
            if value != base["data"].get(key, MISSING) and (
                not others or self.ids[who] > self.ids[others[-1]]
            ):
                changed[key] = value
        changed = {key: value for key, value in changed.items() if self.data.get(key, MISSING) != value}
        state = None
        others = [other for other, _, name in beside if name]
        wrote = own.get("state", base["state"])
        if wrote != base["state"] and (not others or self.ids[who] > self.ids[others[-1]]):
            state = wrote
        for key, value in changed.items():
            self.data.pop(key, None) if value is MISSING else self.data.update({key: value})
        for one in self.beside.values():
            one.append((who, changed, state if state != self.state else None))
        self.state = state or self.state


steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["read", "update", "update", "drop", "replace", "state", "commit"]),
        st.tuples(st.sampled_from(KEYS), st.integers(0, 2)),
    ),
    max_size=24,
)


class Bot:
    """A bot whose handlers take the steps that the test gives them."""

    name, apart, parks = "shop", False, False

    def __init__(self) -> None:
        self.storage = ActorStorage("shop", None)  # type: ignore[arg-type]
        self.orders: dict[int, asyncio.Queue[tuple[Callable[[], Any], asyncio.Future[Any]] | None]] = {}

    async def handle(self, turn: Turn) -> bool:
        assert turn.entry is not None
        while (order := await self.orders[turn.entry.seq].get()) is not None:
            step, answer = order
            answer.set_result(await step())
        return True


async def take(mailboxes: Mailboxes, chat: Chat, ids: list[int], plan: Steps) -> None:
    """Play the plan with the real worker and Redis, and with the model; compare what they come to."""
    worker, bot, state, model = Worker(mailboxes, Ownership(1), Policy()), Bot(), ChatState(), Model(ids)
    entries: list[Entry] = []
    for who, order in enumerate(ids):
        offer = Offer(chat, f"{chat}.{order}", order, "message", "chat", f"t{who}", b"", who > 0)
        entry = (await mailboxes.accept(offer)).entry
        assert entry is not None
        bot.orders[entry.seq] = asyncio.Queue()
        entries.append(entry)
    turns: dict[int, asyncio.Task[Any]] = {}
    finished: set[int] = set()

    async def do(who: int, step: Callable[[], Any]) -> Any:
        if who not in turns:
            attempt = Attempt(
                worker,
                bot,  # type: ignore[arg-type]
                chat,
                entries[who],
                state,
                f"a{who}",
                1,
                late=False,
                following=lambda _: None,
                broken_off=lambda: False,
                control=Control(),
            )
            turns[who] = asyncio.ensure_future(attempt.run(None))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        bot.orders[entries[who].seq].put_nowait((step, answer))
        return await answer

    async def end(who: int) -> None:
        bot.orders[entries[who].seq].put_nowait(None)
        assert isinstance(await turns[who], Done)
        model.commit(who)
        finished.add(who)

    storage, key = bot.storage, StorageKey(bot_id=42, chat_id=int(chat.id), user_id=7)
    for who, what, (name, value) in plan:
        if who in finished or (who == 2 and 1 in turns and 1 not in finished) or (who == 1 and 2 in turns):
            continue  # those of the fast lane never run side by side
        if who not in turns:

            async def nothing() -> None:
                """The turn has begun."""

            await do(who, nothing)
            model.begin(who)
        if what == "commit":
            await end(who)
        elif what == "read":
            assert await do(who, lambda: storage.get_data(key)) == model.read(who, "data")
            assert await do(who, lambda: storage.get_state(key)) == model.read(who, "state")
        elif what == "update":
            await do(who, lambda name=name, value=value: storage.update_data(key, {name: value}))
            model.write(who, "data", {**model.read(who, "data"), name: value})
        elif what == "drop":
            kept = {one: was for one, was in model.read(who, "data").items() if one != name}
            await do(who, lambda: storage.get_data(key))
            await do(who, lambda kept=kept: storage.set_data(key, kept))
            model.write(who, "data", kept)
        elif what == "replace":
            await do(who, lambda name=name, value=value: storage.set_data(key, {name: value}))
            model.write(who, "data", {name: value})
        else:
            await do(who, lambda name=name: storage.set_state(key, name))
            model.write(who, "state", name)
    for who in sorted(turns.keys() - finished):
        await end(who)
    kept = (await mailboxes.load(chat, 1, 1)).state
    assert kept == dict(state), "memory and store agree"
    assert storage.unpacked(state.get(field_name("data", key))) == model.data
    assert state.get(field_name("state", key)) == model.state


@pytest.fixture
def side_by_side(clean_redis_url: str) -> Iterator[Callable[[list[int], Steps], None]]:
    with asyncio.Runner() as runner:
        mailboxes = Mailboxes(Line(clean_redis_url), Line(clean_redis_url))
        runner.run(mailboxes.raise_fences(list(every_partition()), 1))
        chats = iter(range(1, 1_000_000))
        yield lambda ids, plan: runner.run(take(mailboxes, Chat("shop", str(next(chats))), ids, plan))
        runner.run(mailboxes._intake.close())
        runner.run(mailboxes._work.close())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.permutations([101, 102, 103]), plan=steps)
def test_whatever_turns_read_and_write_side_by_side_becomes_one_state(side_by_side, ids, plan):
    side_by_side(ids, plan)


def test_a_loss_would_be_noticed(side_by_side, monkeypatch):
    monkeypatch.setattr(ChatState, "merged", lambda self, work, changes, bases, texts: changes)
    plan = [
        (0, "read", ("n", 0)),
        (0, "update", ("n", 1)),
        (1, "update", ("paid", 1)),
        (1, "commit", ("n", 0)),
    ]
    with pytest.raises(AssertionError):
        side_by_side([101, 102, 103], plan)
