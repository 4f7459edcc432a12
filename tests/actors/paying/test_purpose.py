"""What follows from a payment is written in the transaction that changes it: where its room has its tables,
once, and for nobody to see where it is undone.
"""

from dataclasses import replace

from mailroom.actors.events import NewEvent
from mailroom.actors.paying.kinds import CONFIRM, Confirm
from mailroom.actors.paying.purpose import Follows, Purpose
from mailroom.actors.payment import payment_handlers
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.deeds import deeds
from mailroom.storage.postgres.payments import find_payment
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.jobs.queue_harness import Letter
from tests.actors.paying.memory_provider import DELIVER, Shop

SELL = "INSERT INTO {schema}.sale (effect, payment) VALUES ($1, $2)"
FOLLOWED = "SELECT array_agg(name ORDER BY id) FROM mailroom.outbox_job WHERE name <> 'payment.confirm'"


class Books:
    """A room with a table of its own, which sells what is paid for; `fails` says how often it cannot."""

    def __init__(self, queues):
        self.queues, self.seller, self.fails = queues, Shop(), 0
        purpose = Purpose(paid=self.paid, mismatched=None, given_back=None)
        purposes = {("shop", "shop.order"): replace(purpose, within=SchemaPool(queues.pool, "books"))}
        self.jobs = payment_handlers("shop", self.seller.providers, purposes)

    async def paid(self, tx, payment):
        await tx.connection.execute(SELL, tx.once("sale"), payment.id)
        await tx.enqueue(DELIVER(Letter(text="a book"), bot="shop"))
        await tx.tell(7001, NewEvent("books.paid", "{}"))
        await tx.note("sell", payment.reference)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the room is ill")
        return Follows()

    async def sell(self, *notices):
        """A payment that its provider has, and that so many notices tell of."""
        await self.queues.execute(
            "CREATE SCHEMA books; CREATE TABLE books.sale (effect text UNIQUE, payment int)"
        )
        id_ = await self.seller.open(self.queues)
        self.seller.provider.becomes(f"p-{id_}", "paid")
        asked = [CONFIRM(Confirm(payment_id=id_), bot="shop", trace=trace) for trace in notices]
        self.stories = await self.queues.run_all(self.jobs, *asked)
        return await aio(find_payment, self.queues.pool, id_)


def test_a_payment_that_two_notices_tell_of_is_sold_once_where_the_tables_of_the_room_are(play):  # noqa: F811
    async def scenario(queues):
        books = Books(queues)
        payment = await books.sell("first", "second")
        assert await queues.fetch("SELECT array_agg(effect) FROM books.sale") == [
            f"payment-{payment.ref}:sale"
        ]
        assert await queues.fetch(FOLLOWED) == ["shop.deliver", "notify"]
        (deed,) = await aio(deeds, queues.pool, "shop")
        assert (deed.who, deed.action, deed.target) == (f"payment {payment.ref}", "sell", "1042")
        traces = "SELECT array_agg(DISTINCT trace) FROM mailroom.outbox_job WHERE name <> 'payment.confirm'"
        assert await queues.fetch(traces) == [deed.trace]

    play(scenario)


def test_what_a_purpose_raises_undoes_all_that_it_did_wakes_nobody_and_is_tried_again(play):  # noqa: F811
    async def scenario(queues):
        books, woken = Books(queues), []
        books.fails, wake = 1, queues.listener.wake
        queues.listener.wake = lambda queue: (woken.append(queue), wake(queue))
        payment = await books.sell("first")
        assert (books.stories, payment.status) == ([["retry", "done"]], "paid")
        assert await queues.fetch("SELECT count(*) FROM books.sale") == 1
        assert await queues.fetch(FOLLOWED) == ["shop.deliver", "notify"]
        assert len(await aio(deeds, queues.pool, "shop")) == 1
        assert sorted(queue for queue in woken if queue != "shop.payment") == [
            "shop.delivery", "shop.notification",
        ]  # fmt: skip

    play(scenario)
