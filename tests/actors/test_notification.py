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
from mailroom.actors.jobs.chat_door import ChatDoor
from mailroom.actors.jobs.notify import NOTIFICATION, NOTIFY, Notify
from mailroom.actors.notification import notification_handlers
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.suspensions import Suspensions
from tests.actors.hands import Hands
from tests.actors.house import Telegram, open_house, refusal, too_many
from tests.actors.jobs.conftest import jobs_template, jobs_url  # noqa: F401 - fixtures
from tests.actors.jobs.stand import open_stand

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
    """A house with chats, and the queue of notifications at work beside it."""

    def tell(scenario, router=None):
        async def main():
            with trio.fail_after(30):
                async with open_house(clean_redis_url, router or Router(), telegram) as house:
                    door = ChatDoor(
                        house.mailboxes,
                        lambda chat, receipt: house.chats.arrived(chat, receipt.entry, receipt.begun),
                        house.chats.look_again,
                    )
                    async with open_stand(jobs_url, bots={"shop": house.bot}, chats=door) as stand:
                        await stand.start(notification_handlers("shop"))
                        await scenario(stand, house)

        return host.run(main)

    return tell


def test_a_notice_goes_out_at_once_past_what_waits_in_the_chat(tell, telegram):
    hands = Hands()

    async def scenario(stand, house):
        await house.write(7, "hold on")
        await house.until(lambda: hands.began)
        (id_,) = await stand.enqueue(notice("your order is here", silent=True))
        await stand.quiet()
        assert telegram.texts(7) == ["your order is here"]
        assert await stand.story(id_) == ["done"]
        hands.let_go("hold on")
        await house.settled()

    tell(scenario, hands.router)
    assert telegram.calls[0][1]["disable_notification"] is True


def test_an_event_is_handled_in_order_with_the_chats_messages(tell, telegram):
    hands = Hands()

    @chat_event(hands.router, "ready")
    async def ready(event: ChatEvent) -> None:
        hands.began.append(f"event {event.data}")

    async def scenario(stand, house):
        await house.write(7, "hold on")
        await house.until(lambda: hands.began)
        (id_,) = await stand.enqueue(event("ready", "1042"))
        await stand.quiet()
        assert await stand.story(id_) == ["done"]
        assert hands.began == ["hold on"]
        hands.let_go("hold on")
        await house.settled()
        assert hands.began == ["hold on", "event 1042"]

    tell(scenario, hands.router)


def test_an_event_is_handled_once_when_its_job_is_run_again(tell):
    router, handled = Router(), []

    @chat_event(router, "ready")
    async def ready(event: ChatEvent) -> None:
        handled.append(event.data)

    async def scenario(stand, house):
        accept, times = house.mailboxes.accept, []

        async def loses_its_answer(offer, **options):
            receipt = await accept(offer, **options)
            times.append(receipt.status)
            if len(times) == 1:
                raise RuntimeError("the answer was lost")
            return receipt

        house.mailboxes.accept = loses_its_answer
        (id_,) = await stand.enqueue(event("ready", "1042"))
        await stand.until_true(partial(retried, stand, id_))
        await aio(stand.on_call().retry, [id_])
        stand.ears.wake("shop.notification")
        await stand.quiet()
        await house.settled()
        assert times == ["accepted", "duplicate"]

    async def retried(stand, id_):
        return await stand.story(id_) == ["retry"]

    tell(scenario, router)
    assert handled == ["1042"]


def test_an_event_for_a_suspended_chat_waits_in_its_mailbox(tell):
    router, handled = Router(), []

    @chat_event(router, "ready")
    async def ready(event: ChatEvent) -> None:
        handled.append(event.data)

    async def scenario(stand, house):
        suspensions = Suspensions(house.mailboxes._work)
        await aio(suspensions.put, "chat/shop:7", "ann", "why")
        (id_,) = await stand.enqueue(event())
        await stand.quiet()
        assert (await stand.story(id_), handled) == (["done"], [])
        loaded = await aio(house.mailboxes.load, Chat("shop", "7"), house.ownership.number, 10)
        assert [entry.kind for entry in loaded.box] == ["event"]

    tell(scenario, router)


def test_a_429_puts_the_notice_off_and_the_chats_replies_too(tell, telegram):
    telegram.tell(too_many(3600), method="sendMessage")

    async def scenario(stand, house):
        (first,) = await stand.enqueue(notice("a"))
        await stand.until_true(partial(put_off, stand, first))
        (second,) = await stand.enqueue(notice("b"))
        await stand.until_true(partial(put_off, stand, second))
        assert await stand.story(first) == ["retry"]
        assert await stand.story(second) == ["snoozed"]  # Telegram was not asked: that was no attempt
        for id_ in (first, second):
            seen = await stand.seen(id_)
            assert 3000 < (seen.run_at - seen.created_at).total_seconds() < 3700
        (elsewhere,) = await stand.enqueue(notice("c", chat=8))
        await stand.quiet()
        assert await stand.story(elsewhere) == ["done"]

    async def put_off(stand, id_):
        return (await stand.seen(id_)).state == "retrying"

    tell(scenario)
    assert telegram.texts() == ["c"]
    assert len(telegram.tried) == 2


def test_a_notice_waits_while_telegram_does_not_know_the_bot(tell, telegram):
    # Seen: a revoked token made dead letters of notices, on 404 at the first attempt.
    telegram.tell(refusal(404, "Not Found"), method="sendMessage")

    async def scenario(stand, house):
        (id_,) = await stand.enqueue(notice())

        async def put_off():
            return await stand.story(id_) == ["snoozed"]

        await stand.until_true(put_off)
        assert house.bot.hold.why
        await house.until(lambda: not house.bot.hold.why, "getMe has brought the bot back")
        stand.ears.wake("shop.notification")
        await stand.quiet()
        assert (await stand.story(id_))[-1] == "done"

    tell(scenario)
    assert telegram.texts() == ["hello"]


@pytest.mark.parametrize("answer", [BLOCKED, NOT_FOUND])
def test_a_refusal_is_final(tell, telegram, answer):
    telegram.tell(answer, method="sendMessage")

    async def scenario(stand, house):
        (id_,) = await stand.enqueue(notice())
        await stand.quiet()
        dead = await stand.seen(id_)
        assert (dead.state, dead.attempts) == ("dead", 1)
        assert dead.last_error.startswith("Telegram will not deliver it: ")

    tell(scenario)
    assert len(telegram.tried) == 1


def test_a_group_that_moved_is_told_where_it_is_now(tell, telegram):
    telegram.tell(MOVED, chat_id=-7)

    async def scenario(stand, house):
        (id_,) = await stand.enqueue(notice("hello", chat=-7))
        await stand.quiet()
        assert await stand.story(id_) == ["done"]

    tell(scenario)
    assert telegram.texts(-1007) == ["hello"]


def test_a_telegram_that_is_down_is_tried_again(tell, telegram):
    method = SendMessage(chat_id=7, text="x")
    telegram.tell(TelegramNetworkError(method=method, message="no route"), method="sendMessage")

    async def scenario(stand, house):
        (id_,) = await stand.enqueue(notice())
        await stand.until_true(partial(told, stand, id_, ["retry"]))
        await aio(stand.on_call().retry, [id_])
        stand.ears.wake("shop.notification")
        await stand.until_true(partial(told, stand, id_, ["retry", "requeued", "done"]))

    async def told(stand, id_, story):
        return await stand.story(id_) == story

    tell(scenario)
    assert telegram.texts() == ["hello"]


def test_a_bot_that_is_not_there_is_said(tell):
    async def scenario(stand, house):
        job = NOTIFY(Notify(bot="sohp", chat=7, as_="notice", text="x"))
        (id_,) = await stand.enqueue(replace(job, queue=NOTIFICATION.of("shop")))
        await stand.quiet()
        assert (await stand.seen(id_)).last_error == "there is no bot 'sohp' here; there are ['shop']"

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
