"""Two bots whose things have the same numbers: a payment is the business of the bot that asked for it."""

from mailroom.actors.accounts import account_handlers
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.paying.kinds import CONFIRM, Confirm, Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.paying.purpose import Follows, Purpose
from mailroom.actors.payment import payment_handlers
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import find_payment
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import MemoryProvider, Shop


class Streets:
    """Shops side by side, on one queue of payments, at one account or at several."""

    def __init__(self, *accounts):
        self.accounts = Accounts(accounts)
        self.sellers = {name: Shop(*accounts) for name in ("candles", "tea")}
        self.sold = []
        purposes = {(name, "shop.order"): self._purpose(name) for name in self.sellers}
        self.jobs = [
            account_handlers(self.accounts),
            *(payment_handlers(name, self.accounts, purposes) for name in self.sellers),
        ]

    def _purpose(self, name):
        async def paid(_connection, payment):
            self.sold.append((name, payment.bot, payment.reference))
            return Follows()

        return Purpose(paid=paid, mismatched=None, given_back=None)

    async def orders(self, queues, name, account=None):
        return await self.sellers[name].open(queues, "1042", bot=name, provider=account)

    async def run(self, queues, *jobs):
        return await queues.run_all(self.jobs, *jobs)

    async def status(self, queues, id_):
        return (await aio(find_payment, queues.pool, id_)).status


def noticed(account, id_):
    wanted = Noticed(provider=account, provider_id=f"p-{id_}", state="paid")
    return noticed_job(wanted, digest="d")


def test_order_1042_of_two_shops_at_one_account_is_sold_by_the_shop_that_was_paid(play):  # noqa: F811
    async def scenario(queues):
        account = MemoryProvider()
        streets = Streets(account)
        candles, tea = await streets.orders(queues, "candles"), await streets.orders(queues, "tea")
        account.becomes(f"p-{tea}", "paid")
        await streets.run(queues, noticed("yoomoney", tea))
        assert streets.sold == [("tea", "tea", "1042")]
        assert (await streets.status(queues, candles), await streets.status(queues, tea)) == (
            "pending",
            "paid",
        )

    play(scenario)


def test_a_payment_of_a_bot_that_nobody_knows_here_is_sold_by_no_other_and_waits_for_it(play):  # noqa: F811
    async def scenario(queues):
        account = MemoryProvider()
        streets = Streets(account)
        id_ = await streets.sellers["tea"].open(queues, "1042", bot="coffee")
        account.becomes(f"p-{id_}", "paid")
        await streets.run(queues, noticed("yoomoney", id_))
        assert streets.sold == []
        assert await streets.status(queues, id_) == "pending"
        waits = "SELECT name FROM mailroom.outbox_job WHERE queue = 'coffee.payment'"
        assert await queues.fetch(waits) == "payment.confirm"

    play(scenario)


def test_a_payment_at_another_account_with_our_name_on_it_pays_for_nothing(play):  # noqa: F811
    """Who owns the one account can write any name on what is paid there."""

    async def scenario(queues):
        first, second = MemoryProvider("first", kind="yoomoney"), MemoryProvider("second", kind="yoomoney")
        streets = Streets(first, second)
        id_ = await streets.orders(queues, "candles", first)
        ref = (await aio(find_payment, queues.pool, id_)).ref
        second.put("p-forged", "paid", reference=ref)
        await streets.run(queues, noticed("second", "forged"))
        assert (streets.sold, await streets.status(queues, id_)) == ([], "pending")
        assert await aio(queues.pool.fetchval, "SELECT count(*) FROM mailroom.payment_lost") == 0, (
            "its row is known"
        )

    play(scenario)


def test_what_was_opened_before_an_account_was_renamed_is_settled_under_its_new_name(play):  # noqa: F811
    async def scenario(queues):
        old = MemoryProvider("old", kind="yoomoney")
        streets = Streets(old)
        candles, tea = await streets.orders(queues, "candles"), await streets.orders(queues, "tea")
        renamed = MemoryProvider("new", kind="yoomoney", formerly=["old"])
        renamed.payments = old.payments
        streets = Streets(renamed)
        renamed.becomes(f"p-{candles}", "paid")
        renamed.becomes(f"p-{tea}", "paid")
        job_of_before = noticed("old", candles)
        await streets.run(queues, job_of_before, CONFIRM(Confirm(payment_id=tea), bot="tea"))
        assert sorted(streets.sold) == [("candles", "candles", "1042"), ("tea", "tea", "1042")]

    play(scenario)
