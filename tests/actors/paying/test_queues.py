"""What is known to be of a bot's payment waits in that bot's queue, and nobody else's."""

from mailroom.actors.accounts import account_handlers
from mailroom.actors.paying.kinds import NOTICED, RECONCILE, Noticed, Reconcile
from mailroom.actors.paying.noticed import hinted_job, noticed_job
from mailroom.actors.payment import begin_giving_back, payment_handlers
from mailroom.actors.runtime.bridge import aio
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import DOWN, MemoryProvider, Shop
from tests.rooms import transaction_on


def noticed(id_, state="paid"):
    return noticed_job(Noticed(provider="yoomoney", provider_id=f"p-{id_}", state=state), digest="d")


def hinted(id_, state="paid"):
    return hinted_job(Noticed(provider="yoomoney", provider_id=f"p-{id_}", state=state), ours=True)


async def waiting(queues):
    rows = await aio(queues.pool.fetch, "SELECT queue, name FROM mailroom.outbox_job ORDER BY id")
    return [tuple(row) for row in rows]


async def only_the_accounts(queues, shop, *jobs):
    """What has happened while no bot's queue of payments is worked."""
    return await queues.run_all(account_handlers(shop.providers), *jobs)


def test_a_notice_of_a_payment_that_is_known_asks_no_provider_before_it_is_in_its_bots_queue(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        candles, tea = await shop.open(queues, bot="candles"), await shop.open(queues, bot="tea")
        assert await only_the_accounts(queues, shop, noticed(candles), noticed(tea)) == [["done"], ["done"]]
        assert shop.provider.fetched == []
        assert sorted(await waiting(queues)) == [
            ("candles.payment", "payment.confirm"),
            ("tea.payment", "payment.confirm"),
        ]

    play(scenario)


def test_a_bot_whose_queue_stands_still_keeps_back_the_money_of_no_other(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        shop.purposes[("tea", "shop.order")] = shop.purposes[("shop", "shop.order")]
        ours, theirs = await shop.open(queues), await shop.open(queues, bot="tea")
        shop.provider.becomes(f"p-{ours}", "paid")
        shop.provider.becomes(f"p-{theirs}", "paid")
        await aio(queues.on_call().pause, "shop.payment", "ann", "its books are being checked")
        tea = payment_handlers("tea", shop.providers, shop.purposes)
        await queues.start(account_handlers(shop.providers))
        await queues.start(tea)
        await queues.enqueue(noticed(ours), noticed(theirs))
        await queues.until_true(lambda: is_paid(queues, theirs))
        assert await shop.status(queues, ours) == "pending"
        assert ("shop.payment", "payment.confirm") in await waiting(queues)
        await aio(queues.on_call().resume, "shop.payment")
        await queues.start(payment_handlers("shop", shop.providers, shop.purposes))
        await queues.until_true(lambda: is_paid(queues, ours))
        assert len(await shop.told(queues)) == 2

    async def is_paid(queues, id_):
        return await Shop().status(queues, id_) == "paid"

    play(scenario)


def test_pending_payments_are_asked_for_by_their_bots_and_one_that_stands_still_keeps_back_none(
    play,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr("mailroom.actors.accounts.RECONCILED_MAX", 2)

    async def scenario(queues):
        shop = Shop()
        for number in range(4):
            await shop.open(queues, str(number), bot="gone")
        ours = await shop.open(queues)
        await queues.execute("UPDATE mailroom.payment SET created_at = now() - interval '1 hour'")
        await only_the_accounts(queues, shop, RECONCILE(Reconcile()))
        assert sorted(await waiting(queues)) == [
            ("gone.payment", "payment.confirm"),
            ("gone.payment", "payment.confirm"),
            ("shop.payment", "payment.confirm"),
        ]
        assert await shop.status(queues, ours) == "pending"

    play(scenario)


def test_the_money_of_a_payment_goes_back_in_the_queue_of_its_bot(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        id_ = await shop.open(queues, bot="tea")
        await queues.execute("UPDATE mailroom.payment SET status = 'paid', paid_at = now()")

        async def go_back():
            async with transaction_on(queues.pool) as tx:
                await begin_giving_back(tx, id_, "owner")

        await aio(go_back)
        assert await waiting(queues) == [("tea.payment", "payment.refund")]

    play(scenario)


def test_a_payment_of_a_bot_that_was_taken_away_waits_for_it_and_is_settled_when_it_is_back(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        id_ = await shop.open(queues, bot="gone")
        shop.provider.becomes(f"p-{id_}", "paid")
        assert await shop.work(queues, noticed(id_)) == [["done"]]
        assert await waiting(queues) == [("gone.payment", "payment.confirm")]
        assert await shop.status(queues, id_) == "pending"
        back = {("gone", "shop.order"): shop.purposes[("shop", "shop.order")]}
        await queues.run_all(payment_handlers("gone", shop.providers, back))
        assert await shop.status(queues, id_) == "paid"

    play(scenario)


def test_a_notice_that_anybody_may_have_sent_waits_for_the_look_under_way_and_is_then_looked_into(play):  # noqa: F811
    """It has had its 200: no gateway says again what it tells."""

    async def scenario(queues):
        provider = MemoryProvider()
        provider.signs_notices = False
        provider.on_fetch.answers = [DOWN]
        shop = Shop(provider)
        id_ = await shop.open(queues)
        await shop.work(queues, hinted(id_))
        assert (await shop.asked(queues)).state == "retrying"
        await queues.execute("DELETE FROM mailroom.outbox_dedup WHERE queue = 'accounts'")
        (second,) = await queues.enqueue(hinted(id_, None))
        await only_the_accounts(queues, shop)
        assert await queues.story(second) == ["snoozed"]
        assert await waiting(queues) == [("shop.payment", "payment.confirm"), ("accounts", NOTICED.name)]
        provider.becomes(f"p-{id_}", "paid")
        for queue in ("shop.payment", "accounts"):
            await queues.execute(
                "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE queue = $1", queue
            )
            await shop.work(queues)
        assert await waiting(queues) == [("shop.delivery", "shop.deliver")]
        assert len(provider.fetched) == 3, "the one that failed, the one after it, and that of the second"

    play(scenario)
