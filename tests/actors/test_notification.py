"""What one chat is told: in order by its bot, or at once."""

from dataclasses import replace
from functools import partial

import pytest
import trio
from aiogram import Router
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from pydantic import ValidationError

from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.notify import NOTIFICATION, NOTIFY, Notify
from mailroom.actors.notification import notification_handlers
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.suspensions import Suspensions
from tests.actors.bot_process import Telegram, open_process, refusal, too_many
from tests.actors.controlled_bot import ControlledBot
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.jobs.queue_harness import open_queues

BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")
NOT_FOUND = refusal(400, "Bad Request: chat not found")
MOVED_BODY = """{"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded",
    "parameters": {"migrate_to_chat_id": -1007}}"""
MOVED = (400, MOVED_BODY.encode())


def notice(text="hello", chat=7, **options):
    return NOTIFY(Notify(bot="shop", chat=chat, as_="notice", text=text, **options))


def event(name="ready", data="", chat=7):
    return NOTIFY(Notify(bot="shop", chat=chat, as_="event", name=name, data=data))


@pytest.fixture
def telegram():
    return Telegram()


@pytest.fixture
def tell(jobs_url, clean_redis_url, telegram):  # noqa: F811
    """A process with chats, and the queue of notifications at work beside it."""

    def tell(scenario, router=None):
        async def main():
            with trio.fail_after(30):
                async with open_process(clean_redis_url, router or Router(), telegram) as process:
                    sender = ChatSender(
                        process.mailboxes,
                        lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
                        process.chats.look_again,
                    )
                    async with open_queues(jobs_url, bots={"shop": process.bot}, chats=sender) as queues:
                        await queues.start(notification_handlers("shop"))
                        await scenario(queues, process)

        return host.run(main)

    return tell


def test_a_notice_goes_out_at_once_past_what_waits_in_the_chat(tell, telegram):
    controlled = ControlledBot()

    async def scenario(queues, process):
        await process.write(7, "hold on")
        await process.until(lambda: controlled.began)
        (id_,) = await queues.enqueue(notice("your order is here", silent=True))
        await queues.quiet()
        assert telegram.texts(7) == ["your order is here"]
        assert await queues.story(id_) == ["done"]
        controlled.let_go("hold on")
        await process.settled()

    tell(scenario, controlled.router)
    assert telegram.calls[0][1]["disable_notification"] is True


def test_an_event_is_handled_in_order_with_the_chats_messages(tell, telegram):
    controlled = ControlledBot()

    @chat_event(controlled.router, "ready")
    async def ready(event: ChatEvent) -> None:
        controlled.began.append(f"event {event.data}")

    async def scenario(queues, process):
        await process.write(7, "hold on")
        await process.until(lambda: controlled.began)
        (id_,) = await queues.enqueue(event("ready", "1042"))
        await queues.quiet()
        assert await queues.story(id_) == ["done"]
        assert controlled.began == ["hold on"]
        controlled.let_go("hold on")
        await process.settled()
        assert controlled.began == ["hold on", "event 1042"]

    tell(scenario, controlled.router)


def test_an_event_is_handled_once_when_its_job_is_run_again(tell):
    router, handled = Router(), []

    @chat_event(router, "ready")
    async def ready(event: ChatEvent) -> None:
        handled.append(event.data)

    async def scenario(queues, process):
        accept, times = process.mailboxes.accept, []

        async def loses_its_answer(offer, **options):
            receipt = await accept(offer, **options)
            times.append(receipt.status)
            if len(times) == 1:
                raise RuntimeError("the answer was lost")
            return receipt

        process.mailboxes.accept = loses_its_answer
        (id_,) = await queues.enqueue(event("ready", "1042"))
        await queues.until_true(partial(retried, queues, id_))
        await aio(queues.on_call().retry, [id_])
        queues.listener.wake("shop.notification")
        await queues.quiet()
        await process.settled()
        assert times == ["accepted", "duplicate"]

    async def retried(queues, id_):
        return await queues.story(id_) == ["retry"]

    tell(scenario, router)
    assert handled == ["1042"]


def test_an_event_for_a_suspended_chat_waits_in_its_mailbox(tell):
    router, handled = Router(), []

    @chat_event(router, "ready")
    async def ready(event: ChatEvent) -> None:
        handled.append(event.data)

    async def scenario(queues, process):
        suspensions = Suspensions(process.mailboxes._work)
        await aio(suspensions.put, "chat/shop:7", "ann", "why")
        (id_,) = await queues.enqueue(event())
        await queues.quiet()
        assert (await queues.story(id_), handled) == (["done"], [])
        loaded = await aio(process.mailboxes.load, Chat("shop", "7"), process.ownership.number, 10)
        assert [entry.kind for entry in loaded.box] == ["event"]

    tell(scenario, router)


def test_a_429_puts_the_notice_off_and_the_chats_replies_too(tell, telegram):
    telegram.tell(too_many(3600), method="sendMessage")

    async def scenario(queues, process):
        (first,) = await queues.enqueue(notice("a"))
        await queues.until_true(partial(put_off, queues, first))
        (second,) = await queues.enqueue(notice("b"))
        await queues.until_true(partial(put_off, queues, second))
        assert await queues.story(first) == ["retry"]
        assert await queues.story(second) == ["snoozed"]  # Telegram was not asked: that was no attempt
        for id_ in (first, second):
            seen = await queues.seen(id_)
            assert 3000 < (seen.run_at - seen.created_at).total_seconds() < 3700
        (elsewhere,) = await queues.enqueue(notice("c", chat=8))
        await queues.quiet()
        assert await queues.story(elsewhere) == ["done"]

    async def put_off(queues, id_):
        return (await queues.seen(id_)).state == "retrying"

    tell(scenario)
    assert telegram.texts() == ["c"]
    assert len(telegram.tried) == 2


def test_a_notice_waits_while_telegram_does_not_know_the_bot(tell, telegram):
    # Seen: a revoked token made dead letters of notices, on 404 at the first attempt.
    telegram.tell(refusal(404, "Not Found"), method="sendMessage")

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(notice())

        async def put_off():
            return await queues.story(id_) == ["snoozed"]

        await queues.until_true(put_off)
        assert process.bot.hold.why
        await process.until(lambda: not process.bot.hold.why, "getMe has brought the bot back")
        queues.listener.wake("shop.notification")
        await queues.quiet()
        assert (await queues.story(id_))[-1] == "done"

    tell(scenario)
    assert telegram.texts() == ["hello"]


@pytest.mark.parametrize("answer", [BLOCKED, NOT_FOUND])
def test_a_refusal_is_final(tell, telegram, answer):
    telegram.tell(answer, method="sendMessage")

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(notice())
        await queues.quiet()
        dead = await queues.seen(id_)
        assert (dead.state, dead.attempts) == ("dead", 1)
        assert dead.last_error.startswith("Telegram will not deliver it: ")

    tell(scenario)
    assert len(telegram.tried) == 1


def test_a_group_that_moved_is_told_where_it_is_now(tell, telegram):
    telegram.tell(MOVED, chat_id=-7)

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(notice("hello", chat=-7))
        await queues.quiet()
        assert await queues.story(id_) == ["done"]

    tell(scenario)
    assert telegram.texts(-1007) == ["hello"]


def test_a_telegram_that_is_down_is_tried_again(tell, telegram):
    method = SendMessage(chat_id=7, text="x")
    telegram.tell(TelegramNetworkError(method=method, message="no route"), method="sendMessage")

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(notice())
        await queues.until_true(partial(told, queues, id_, ["retry"]))
        await aio(queues.on_call().retry, [id_])
        queues.listener.wake("shop.notification")
        await queues.until_true(partial(told, queues, id_, ["retry", "requeued", "done"]))

    async def told(queues, id_, story):
        return await queues.story(id_) == story

    tell(scenario)
    assert telegram.texts() == ["hello"]


def test_a_bot_that_is_not_there_is_said(tell):
    async def scenario(queues, process):
        job = NOTIFY(Notify(bot="sohp", chat=7, as_="notice", text="x"))
        (id_,) = await queues.enqueue(replace(job, queue=NOTIFICATION.of("shop")))
        await queues.quiet()
        assert (await queues.seen(id_)).last_error == "there is no bot 'sohp' here; there are ['shop']"

    tell(scenario)


def test_the_payload_is_what_others_write_too():
    raw = '{"bot": "shop", "chat": 7, "as": "notice", "text": "x"}'
    assert Notify.model_validate_json(raw).as_ == "notice"
    assert '"as":"event"' in event().payload


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"as": "notice"}, "a notice needs a text"),
        ({"as": "event", "text": "x"}, "an event needs a name"),
        ({"as": "notice", "text": "x" * 4097}, "at most 4096"),
        ({"as": "shout", "text": "x"}, "'event' or 'notice'"),
    ],
)
def test_a_notification_that_says_nothing_is_refused_where_it_is_made(wrong, why):
    with pytest.raises(ValidationError, match=why):
        Notify.model_validate({"bot": "shop", "chat": 7, **wrong})
