"""Broadcasts over a real Postgres: everybody once, whatever happens on the way."""

import asyncio
from functools import partial
from itertools import pairwise

import pytest
import trio
import trio.testing
from aiogram import Router
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError
from pydantic import ValidationError

from mailroom.actors.broadcast import bot as broadcast_bot
from mailroom.actors.broadcast.create import create
from mailroom.actors.broadcast.part import BroadcastPart
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.notify import NOTIFY, Message, Notify
from mailroom.actors.notification import notification_handlers
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.broadcasts import DIED, Broadcasts, Said, Sending
from tests.actors.bot_process import Telegram, open_process, refusal, too_many
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.jobs.queue_harness import Life, open_queues

BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")
UNREADABLE = refusal(400, "Bad Request: can't parse entities: Unclosed start tag")
HELLO = Message(as_="notice", text="hello")


@pytest.fixture
def telegram():
    return Telegram()


class BroadcastHarness:
    """A process that sends broadcasts, and people who make them."""

    def __init__(self, queues, process, nursery):
        self.queues = queues
        self.process = process
        self.broadcasts = Broadcasts(queues.pool)
        self.sender = ChatSender(
            process.mailboxes,
            lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
            process.chats.look_again,
        )
        self._nursery = nursery

    async def create(self, recipients, message=HELLO, **options):
        return await aio(partial(create, self.broadcasts, "shop", message, recipients, **options))

    async def start(self):
        life = Life()
        part = BroadcastPart(self.queues.pool, {"shop": self.process.bot}, self.sender)
        self._nursery.start_soon(life.run, part.live)
        await life.up.wait()
        return life

    async def progress(self, id_):
        return await aio(self.broadcasts.progress, id_)

    async def over(self, *ids):
        async def all_over():
            return all([(await self.progress(id_)).status == "done" for id_ in ids])

        await self.queues.until_true(all_over, "the broadcasts to be over")

    async def states(self, id_):
        rows = await aio(
            self.queues.pool.fetch,
            "SELECT chat_id, state FROM mailroom.broadcast_recipient WHERE broadcast_id = $1 ORDER BY 1",
            id_,
        )
        return dict(map(tuple, rows))


@pytest.fixture
def play(jobs_url, clean_redis_url, telegram):  # noqa: F811
    def play(scenario, router=None):
        async def main():
            with trio.fail_after(40):
                async with (
                    open_process(clean_redis_url, router or Router(), telegram) as process,
                    open_queues(jobs_url, bots={"shop": process.bot}) as queues,
                    trio.open_nursery() as nursery,
                ):
                    await scenario(BroadcastHarness(queues, process, nursery))
                    nursery.cancel_scope.cancel()

        host.run(main)

    return play


def hold_calls(telegram):
    """Calls that wait in the air until they are let go."""
    event = asyncio.Event()
    return event, event.wait


def test_everybody_is_told_once_and_whoever_is_named_twice_too(play, telegram):
    async def chats():
        for chat in [1, 2, 3, 2, 1, -1000000000007]:
            yield chat

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create(chats())
        await harness.over(id_)
        seen = await harness.progress(id_)
        assert (seen.sent, seen.total, seen.left, seen.failed, seen.unknown) == (4, 4, 0, {}, 0)
        assert seen.finished_at > seen.started_at

    play(scenario)
    assert sorted(args["chat_id"] for _, args in telegram.calls) == [-1000000000007, 1, 2, 3]


def test_a_hundred_thousand_recipients_are_taken_in_and_seen(play):
    async def scenario(harness):
        id_ = await harness.create(range(1, 100_001), start=False)
        began = trio.current_time()
        seen = await harness.progress(id_)
        assert trio.current_time() - began < 10
        assert (seen.status, seen.left, seen.per_second, seen.eta_seconds) == ("paused", 100_000, 0, None)
        sending = Sending(harness.queues.pool, "shop", "me")
        await aio(sending.take)
        await aio(harness.broadcasts.resume, id_, "ann")
        claimed = await aio(sending.claim, {id_: 10})
        assert claimed == {id_: list(range(1, 11))}
        await aio(sending.settle, [Said(id_, chat, "sent") for chat in range(1, 11)])
        seen = await harness.progress(id_)
        assert seen.eta_seconds == pytest.approx(99_990 / seen.per_second)

    play(scenario)


def test_whoever_has_blocked_the_bot_is_failed_and_not_tried_again(play, telegram):
    telegram.tell(BLOCKED, chat_id=2)
    telegram.tell(refusal(400, "Bad Request: chat not found"), chat_id=4)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2, 3, 4])
        await harness.over(id_)
        seen = await harness.progress(id_)
        assert seen.sent == 2
        assert seen.failed == {BLOCKED_WORDS: 1, "Bad Request: chat not found": 1}

    play(scenario)
    assert len(telegram.tried) == 4


BLOCKED_WORDS = "Forbidden: bot was blocked by the user"


def test_a_429_halts_the_bot_and_loses_nobody(play, telegram):
    telegram.tell(too_many(1), chat_id=3)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2, 3, 4, 5])
        await harness.over(id_)
        assert (await harness.progress(id_)).sent == 5

    play(scenario)
    times = [at for _, _, at in telegram.tried]
    assert max(after - before for before, after in pairwise(times)) >= 0.99
    assert sorted(args["chat_id"] for _, args in telegram.calls) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("answer", [refusal(401, "Unauthorized"), refusal(404, "Not Found")])
def test_a_bot_that_telegram_does_not_know_halts_the_broadcast_which_goes_on_by_itself(
    play, telegram, answer
):
    # Seen: a 401 that passed paused the broadcast until somebody came to resume it.
    telegram.tell(answer, chat_id=1)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2, 3])
        await harness.over(id_)
        assert (await harness.progress(id_)).sent == 3

    play(scenario)
    assert sorted(args["chat_id"] for name, args in telegram.calls if name == "sendMessage") == [1, 2, 3]


@pytest.mark.parametrize(
    "answer",
    [
        (429, b'{"ok": false, "error_code": 429, "description": "Too Many Requests: later"}'),
        (429, b"<html>429 Too Many Requests</html>"),
    ],
)
def test_a_429_without_a_figure_loses_nobody(play, telegram, answer):
    telegram.tell(answer, chat_id=1)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2])
        await harness.over(id_)

    play(scenario)
    assert sorted(args["chat_id"] for _, args in telegram.calls) == [1, 2]


def test_a_message_that_telegram_cannot_read_pauses_the_broadcast_and_fails_nobody(play, telegram):
    telegram.tell(UNREADABLE, chat_id=1)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create(range(1, 100), Message(as_="notice", text="<b>", parse_mode="HTML"))

        async def paused():
            return (await harness.progress(id_)).status == "paused"

        await harness.queues.until_true(paused)
        seen = await harness.progress(id_)
        assert seen.status_by == "supervisor"
        assert "can't parse entities" in seen.status_why
        assert seen.failed == {}

    play(scenario)
    assert len(telegram.tried) < 15


def test_a_small_broadcast_is_not_held_up_by_a_large_one(play, telegram):
    async def scenario(harness):
        await harness.start()
        large = await harness.create(range(1, 5_000), Message(as_="notice", text="large"))
        await harness.queues.until(lambda: len(telegram.calls) >= 5)
        small = await harness.create(range(10_001, 10_011), Message(as_="notice", text="small"))
        await harness.over(small)
        between = [args["text"] for _, args in telegram.calls]
        between = between[between.index("small") : len(between) - between[::-1].index("small")]
        assert 8 <= between.count("large") <= 12
        await aio(harness.broadcasts.cancel, large, "ann", "enough")

    play(scenario)


def test_pause_resume_and_cancel(play, telegram):
    async def scenario(harness):
        await harness.start()
        id_ = await harness.create(range(1, 1_000))
        await harness.queues.until(lambda: len(telegram.calls) >= 3)
        assert await aio(harness.broadcasts.pause, id_, "ann", "a typing error")
        await harness.queues.until_true(partial(nobody_in_hand, harness, id_))
        told = len(telegram.calls)
        seen = await harness.progress(id_)
        assert (seen.status, seen.status_by, seen.status_why) == ("paused", "ann", "a typing error")
        assert (seen.sent, seen.left, seen.eta_seconds) == (told, 999 - told, None)
        assert await aio(harness.broadcasts.resume, id_, "ann")
        await harness.queues.until(lambda: len(telegram.calls) >= told + 3)
        assert await aio(harness.broadcasts.cancel, id_, "ann", "never mind")
        await harness.queues.until_true(partial(nobody_in_hand, harness, id_))
        seen = await harness.progress(id_)
        assert (seen.status, seen.sent) == ("cancelled", len(telegram.calls))
        assert not await aio(harness.broadcasts.resume, id_, "ann")

    async def nobody_in_hand(harness, id_):
        return "sending" not in (await harness.states(id_)).values()

    play(scenario)


def test_notices_go_out_beside_a_broadcast_and_do_not_wait_for_its_end(play, telegram):
    async def scenario(harness):
        await harness.start()
        await harness.queues.start(notification_handlers("shop"))
        await harness.create(range(1, 5_000))
        await harness.queues.until(lambda: len(telegram.calls) >= 30)
        for number in range(10):
            began = trio.current_time()
            notice = Notify(bot="shop", chat=90_000 + number, as_="notice", text="ready")
            await harness.queues.enqueue(NOTIFY(notice))
            await harness.queues.until(lambda: len(telegram.texts(90_000 + number)) == 1)  # noqa: B023
            assert trio.current_time() - began < 10, "the broadcast takes minutes"
        bulk = [at for _, args, at in telegram.tried if args["text"] == "hello"]
        for start in bulk:
            assert sum(start <= one < start + 1 for one in bulk) <= 27

    play(scenario)


def test_after_a_kill_a_notice_in_hand_is_unknown_and_nobody_is_told_twice(play, telegram):
    async def scenario(harness):
        let_go, wait = hold_calls(telegram)
        for chat in (3, 4):
            telegram.tell(wait, chat_id=chat)
        broadcast_bot_end = broadcast_bot.BotBroadcasts._end
        try:
            broadcast_bot.BotBroadcasts._end = nothing  # a killed process writes nothing down
            life = await harness.start()
            id_ = await harness.create(range(1, 7))
            await harness.queues.until(lambda: len(telegram.tried) == 6)
            await harness.queues.until_true(partial(sent, harness, id_, 4))
            await life.cancel()
        finally:
            broadcast_bot.BotBroadcasts._end = broadcast_bot_end
        await aio(harness.queues.pool.execute, "UPDATE mailroom.broadcast_hold SET until = now()")
        await harness.start()
        await harness.over(id_)
        seen = await harness.progress(id_)
        assert (seen.sent, seen.unknown, seen.left) == (4, 2, 0)
        reasons = await aio(
            harness.queues.pool.fetch,
            "SELECT DISTINCT reason FROM mailroom.broadcast_recipient WHERE state = 'unknown'",
        )
        assert [row[0] for row in reasons] == [DIED]
        assert len(telegram.tried) == 6
        assert await aio(harness.broadcasts.repeat_unknown, id_) == 2
        await harness.over(id_)
        assert (await harness.progress(id_)).sent == 6
        let_go.set()

    async def nothing(self):
        pass

    async def sent(harness, id_, chats):
        return list((await harness.states(id_)).values()).count("sent") == chats

    play(scenario)


def test_after_a_kill_an_event_is_put_again_and_handled_once(play, telegram):
    router, handled = Router(), []

    @chat_event(router, "news")
    async def news(event: ChatEvent) -> None:
        handled.append((event.chat_id, event.data))

    async def scenario(harness):
        message = Message(as_="event", name="news", data="spring")
        id_ = await harness.create([7, 8], message)
        first = Sending(harness.queues.pool, "shop", "killed")
        await aio(first.take)
        await aio(first.claim, {id_: 2})
        ((_, _, called),) = await aio(first.running)
        dedupe_id = f"{called}-7"  # the killed one came as far as this
        await aio(
            partial(
                harness.sender.put,
                process_chat(7),
                "news",
                "spring",
                dedupe_id=dedupe_id,
                trace=called,
            )
        )
        await aio(harness.queues.pool.execute, "UPDATE mailroom.broadcast_hold SET until = now()")
        await harness.start()
        await harness.over(id_)
        await harness.process.settled()
        assert (await harness.progress(id_)).sent == 2

    play(scenario, router)
    assert sorted(handled) == [(7, "spring"), (8, "spring")]


def test_a_broadcast_is_told_though_its_number_comes_back_after_a_restore(play):
    """Postgres is as it was last night, Redis as it is: its mailboxes remember another one of that number."""
    router, handled = Router(), []

    @chat_event(router, "news")
    async def news(event: ChatEvent) -> None:
        handled.append(event.data)

    async def scenario(harness):
        await harness.start()
        for data in ("spring", "summer"):
            id_ = await harness.create([7], Message(as_="event", name="news", data=data))
            await harness.over(id_)
            await harness.process.settled()
            await aio(harness.queues.pool.execute, "TRUNCATE mailroom.broadcast RESTART IDENTITY CASCADE")

    play(scenario, router)
    assert handled == ["spring", "summer"]


def test_a_broadcast_of_the_version_before_keeps_the_name_that_mailboxes_know(play):
    async def scenario(harness):
        id_ = await harness.create([7], Message(as_="event", name="news"))
        sending = Sending(harness.queues.pool, "shop", "me")
        ((_, _, name),) = await aio(sending.running)
        assert len(name.split("-")) == 4  # the installation, its number, when it was written
        await aio(
            harness.queues.pool.execute,
            (
                "UPDATE mailroom.installation SET value = (now() + interval '1 "
                "hour')::text WHERE key LIKE 'job%'"
            ),
        )
        assert [one[2] for one in await aio(sending.running)] == [f"broadcast-{id_}"]

    play(scenario)


def process_chat(chat_id):
    from mailroom.storage.redis.entry import Chat

    return Chat("shop", str(chat_id))


def test_a_stop_in_good_order_leaves_nobody_unknown(play, telegram):
    async def scenario(harness):
        let_go, wait = hold_calls(telegram)
        telegram.tell(wait, chat_id=2)
        life = await harness.start()
        id_ = await harness.create(range(1, 500))
        await harness.queues.until(lambda: len(telegram.tried) >= 4)
        life.stopping.set()
        await trio.testing.wait_all_tasks_blocked(0.01)
        let_go.set()
        await life.over.wait()
        states = list((await harness.states(id_)).values())
        assert set(states) == {"sent", "waiting"}
        assert states.count("sent") == len(telegram.calls)
        assert await aio(Sending(harness.queues.pool, "shop", "next").take)  # it was let go at once
        assert life.error is None

    play(scenario)


def test_only_one_process_sends_a_bots_broadcasts(play, telegram):
    async def scenario(harness):
        lives = [await harness.start() for _ in range(3)]
        ids = [await harness.create(range(1, 16)) for _ in range(2)]
        await harness.over(*ids)
        assert sorted(args["chat_id"] for _, args in telegram.calls) == sorted(2 * list(range(1, 16)))
        assert [life.error for life in lives] == [None] * 3

    play(scenario)


def test_a_hold_is_lost_with_time_and_the_late_one_claims_nothing(play):
    async def scenario(harness):
        id_ = await harness.create([1, 2, 3])
        old, new = (Sending(harness.queues.pool, "shop", name) for name in ("old", "new"))
        assert await aio(old.take)
        assert not await aio(new.take)
        assert await aio(old.claim, {id_: 1}) == {id_: [1]}
        await aio(harness.queues.pool.execute, "UPDATE mailroom.broadcast_hold SET until = now()")
        assert await aio(new.take)
        assert await aio(old.claim, {id_: 1}) is None
        assert await aio(new.claim, {id_: 5}) == {id_: [2, 3]}
        await aio(old.settle, [Said(id_, 1, "sent")])  # what it says of what it did counts all the same
        assert (await harness.states(id_))[1] == "sent"

    play(scenario)


def test_those_marked_by_a_claim_whose_answer_got_lost_are_told_all_the_same(play, telegram):
    async def scenario(harness):
        claim, lost = Sending.claim, []

        async def loses_its_answer(self, wanted, *args):
            claimed = await claim(self, wanted, *args)
            if claimed and not lost:
                lost.append(claimed)
                raise broadcast_bot.StoreUnavailable("the connection broke")
            return claimed

        Sending.claim = loses_its_answer
        try:
            await harness.start()
            id_ = await harness.create(range(1, 15))
            await harness.over(id_)
        finally:
            Sending.claim = claim
        assert lost
        assert (await harness.progress(id_)).sent == 14

    play(scenario)
    assert len(telegram.tried) == 14


def test_a_lost_answer_is_unknown_and_slows_the_rest_down(play, telegram):
    method = SendMessage(chat_id=1, text="x")
    telegram.tell(TelegramNetworkError(method=method, message="Request timeout error"), chat_id=1)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2])
        await harness.over(id_)
        assert await harness.states(id_) == {1: "unknown", 2: "sent"}

    play(scenario)
    assert telegram.tried[1][2] - telegram.tried[0][2] >= 0.99


def test_whom_no_call_has_reached_is_told_later(play, telegram):
    method = SendMessage(chat_id=1, text="x")
    unreached = TelegramNetworkError(method=method, message="Cannot connect to host")
    unreached.__cause__ = ClientConnectorError(None, OSError("refused"))
    telegram.tell(unreached, chat_id=1)

    async def scenario(harness):
        await harness.start()
        id_ = await harness.create([1, 2])
        await harness.over(id_)
        assert await harness.states(id_) == {1: "sent", 2: "sent"}

    play(scenario)
    assert telegram.texts(1) == telegram.texts(2)


def test_a_cut_connection_is_waited_out(play, telegram):
    async def scenario(harness):
        await harness.start()
        id_ = await harness.create(range(1, 60))
        await harness.queues.until(lambda: len(telegram.calls) >= 5)
        await aio(
            harness.queues.pool.fetch,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await harness.over(id_)
        assert (await harness.progress(id_)).sent == 59

    play(scenario)
    assert len(telegram.tried) == 59


def test_a_broadcast_that_was_not_filled_to_the_end_is_never_sent(play, telegram):
    def breaks_off():
        yield from range(1, 6_000)
        raise RuntimeError("the list broke off")

    async def scenario(harness):
        with pytest.raises(RuntimeError, match="broke off"):
            await harness.create(breaks_off())
        (half,) = await aio(harness.broadcasts.find, "shop")
        assert (half.status, half.left) == ("filling", 5_000)
        assert await aio(harness.broadcasts.cancel, half.id, "ann", "half a list")

    play(scenario)
    assert telegram.calls == []


def test_what_is_over_for_long_is_forgotten_with_its_recipients(play):
    async def scenario(harness):
        id_ = await harness.create([1])
        await aio(harness.broadcasts.cancel, id_, "ann", "why")
        assert await aio(harness.broadcasts.prune) == 0
        assert await aio(harness.broadcasts.prune, 0.0) == 1
        assert await harness.states(id_) == {}

    play(scenario)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"as": "notice"}, "a notice needs a text"), ({"as": "event", "text": "x"}, "an event needs a name")],
)
def test_a_broadcast_that_says_nothing_is_refused_where_it_is_made(wrong, why):
    with pytest.raises(ValidationError, match=why):
        Message.model_validate(wrong)
