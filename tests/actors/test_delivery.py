"""Deliveries: each effect takes place at most once, whichever kind it is."""

import pytest
from aiogram import Router
from pydantic import BaseModel

from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.handlers import Handlers, HandlersError
from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.outbox.outcome import Retry
from tests.actors.bot_process import Telegram, open_process
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.jobs.queue_harness import QUICK, Letter, open_queues

DELIVERY = Queue("delivery", of_bots=False)


class Order(BaseModel):
    number: int


DELIVER = Kind("shop.deliver", Order, Patience(backoff=QUICK), queue=DELIVERY)
SCAN = Kind("astral.scan", Letter, queue=DELIVERY)


def shop(deliver):
    """What a bot brings."""
    handlers = Handlers(DELIVERY)
    handlers.job(DELIVER)(deliver)
    return handlers


def test_bots_bring_their_deliveries(play):  # noqa: F811
    delivered = []

    async def deliver(order, context):
        delivered.append(order.number)

    async def scan(letter, context):
        delivered.append(letter.text)

    brought, more = shop(deliver), Handlers(DELIVERY)
    more.job(SCAN)(scan)

    async def scenario(queues):
        brought.include([more])
        new = [DELIVER(Order(number=7)), SCAN(Letter(text="x"))]
        assert await queues.run_all(brought, *new) == [["done"], ["done"]]

    play(scenario)
    assert sorted(map(str, delivered)) == ["7", "x"]


def test_two_bots_cannot_bring_the_same_name():
    async def deliver(order, context):
        """Never run."""

    with pytest.raises(HandlersError, match="two jobs"):
        shop(deliver).include([shop(deliver)])


def test_an_outside_system_that_takes_our_key_does_it_once(play):  # noqa: F811
    """Its answer is lost twice, and it is asked again with the same key."""
    supplier = {}

    async def deliver(order, context):
        supplier.setdefault(context.idempotency_key, order.number)
        return Retry("the answer was lost") if context.attempt < 3 else None

    brought = shop(deliver)

    async def scenario(queues):
        (story,) = await queues.run_all(brought, DELIVER(Order(number=7)))
        assert story == ["retry", "retry", "done"]

    play(scenario)
    assert list(supplier.values()) == [7]


@pytest.fixture
def delivered_to_chats(jobs_url, clean_redis_url):  # noqa: F811
    """A process with chats, and a queue of deliveries beside it."""

    def start(router, scenario):
        async def main():
            async with open_process(clean_redis_url, router, Telegram()) as process:
                sender = ChatSender(
                    process.mailboxes,
                    lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
                    process.chats.look_again,
                )
                async with open_queues(jobs_url, bots={"shop": process.bot}, chats=sender) as queues:
                    await scenario(queues, process)

        return host.run(main)

    return start


def test_a_message_into_the_chat_is_handled_once_however_often_the_job_runs(delivered_to_chats):
    router, handled, put = Router(), [], []

    @chat_event(router, "delivered")
    async def delivered(event: ChatEvent) -> None:
        handled.append((event.chat_id, event.data))

    async def deliver(order, context):
        put.append(await context.put_event("shop", 7, "delivered", str(order.number)))
        return Retry("crashed after it") if context.attempt == 1 else None

    brought = shop(deliver)

    async def scenario(queues, process):
        job = DELIVER(Order(number=1042))
        await queues.run_all(brought, job)
        await process.settled()

    delivered_to_chats(router, scenario)
    assert put == [True, False]
    assert handled == [(7, "1042")]


def test_goods_are_shown_though_the_number_of_their_job_comes_back_after_a_restore(delivered_to_chats):
    """Postgres is as it was last night, Redis as it is: it remembers the event of that number's other job."""
    router, handled, put = Router(), [], []

    @chat_event(router, "delivered")
    async def delivered(event: ChatEvent) -> None:
        handled.append(event.data)

    async def deliver(order, context):
        put.append((context.id, await context.put_event("shop", 7, "delivered", str(order.number))))

    brought = shop(deliver)

    async def scenario(queues, process):
        for number in (1042, 1043):
            job = DELIVER(Order(number=number))
            await queues.run_all(brought, job)
            await process.settled()
            await queues.execute("ALTER SEQUENCE mailroom.outbox_job_id_seq RESTART")

    delivered_to_chats(router, scenario)
    assert put == [(1, True), (1, True)]
    assert handled == ["1042", "1043"]


def test_a_job_may_put_several_messages_into_its_chat(delivered_to_chats):
    router, handled = Router(), []

    @chat_event(router, "delivered")
    async def delivered(event: ChatEvent) -> None:
        handled.append(event.data)

    async def deliver(order, context):
        for part in ("key", "manual"):
            await context.put_event("shop", 7, "delivered", part, part=part)

    brought = shop(deliver)

    async def scenario(queues, process):
        job = DELIVER(Order(number=1042))
        await queues.run_all(brought, job)
        await process.settled()

    delivered_to_chats(router, scenario)
    assert handled == ["key", "manual"]


def test_a_trace_with_blanks_does_no_harm_to_the_mailbox(delivered_to_chats):
    router, handled = Router(), []

    @chat_event(router, "delivered")
    async def delivered(event: ChatEvent, turn) -> None:
        handled.append(turn.trace_id)

    async def deliver(order, context):
        await context.put_event("shop", 7, "delivered")

    brought = shop(deliver)

    async def scenario(queues, process):
        job = DELIVER(Order(number=1042), trace="a b\nc")
        await queues.run_all(brought, job)
        await process.settled()

    delivered_to_chats(router, scenario)
    assert handled == ["a_b_c"]


def test_a_full_mailbox_is_tried_again_later(delivered_to_chats, monkeypatch):
    monkeypatch.setattr(
        "mailroom.storage.redis.mailbox.Mailboxes.accept.__kwdefaults__", {**_defaults(), "cap": 0}
    )

    async def deliver(order, context):
        await context.put_event("shop", 7, "delivered")

    brought = shop(deliver)

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(
            DELIVER.with_patience(Patience(attempts_max=2, backoff=QUICK))(Order(number=1042))
        )
        await queues.start(brought)
        await queues.quiet()
        dead = await queues.seen(id_)
        assert (dead.attempts, dead.last_error) == (2, "MailboxFullError: the mailbox of shop:7 is full")

    delivered_to_chats(Router(), scenario)


def _defaults():
    from mailroom.storage.redis.mailbox import Mailboxes

    return Mailboxes.accept.__kwdefaults__


def test_a_bot_that_is_not_there_gets_no_mailbox(delivered_to_chats):
    async def deliver(order, context):
        await context.put_event("sohp", 7, "delivered")

    brought = shop(deliver)

    async def scenario(queues, process):
        (id_,) = await queues.enqueue(
            DELIVER.with_patience(Patience(attempts_max=1, backoff=QUICK))(Order(number=1042))
        )
        await queues.start(brought)
        await queues.quiet()
        assert "there is no bot 'sohp' here; there are ['shop']" in (await queues.seen(id_)).last_error
        assert await aio(process.mailboxes.ready, process.ownership.partitions, 10) == []

    delivered_to_chats(Router(), scenario)
