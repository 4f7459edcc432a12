"""What is known to be of a bot's payment waits in that bot's queue, and nobody else's."""

from mailroom.actors.accounts import account_handlers
from mailroom.actors.paying.kinds import NOTICED, RECONCILE, Noticed, Reconcile
from mailroom.actors.paying.noticed import hinted_job, noticed_job
from mailroom.actors.payment import begin_giving_back, payment_handlers
from mailroom.actors.runtime.bridge import aio
from tests.actors.jobs.conftest import jobs_template, jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.till import DOWN, MemoryProvider, Shop
from tests.rooms import transaction_on


def noticed(id_, state="paid"):
    return noticed_job(Noticed(provider="yoomoney", provider_id=f"p-{id_}", state=state), digest="d")


def hinted(id_, state="paid"):
    return hinted_job(Noticed(provider="yoomoney", provider_id=f"p-{id_}", state=state), ours=True)


async def waiting(stand):
    rows = await aio(stand.pool.fetch, "SELECT queue, name FROM mailroom.outbox_job ORDER BY id")
    return [tuple(row) for row in rows]


async def only_the_accounts(stand, shop, *jobs):
    """What has happened while no bot's queue of payments is worked."""
    return await stand.run_all(account_handlers(shop.providers), *jobs)


def test_a_notice_of_a_payment_that_is_known_asks_no_provider_before_it_is_in_its_bots_queue(play):  # noqa: F811
    async def scenario(stand):
        shop = Shop()
        candles, tea = await shop.open(stand, bot="candles"), await shop.open(stand, bot="tea")
        assert await only_the_accounts(stand, shop, noticed(candles), noticed(tea)) == [["done"], ["done"]]
        assert shop.provider.fetched == []
        assert sorted(await waiting(stand)) == [
            ("candles.payment", "payment.confirm"),
            ("tea.payment", "payment.confirm"),
        ]

    play(scenario)


def test_a_bot_whose_queue_stands_still_keeps_back_the_money_of_no_other(play):  # noqa: F811
    async def scenario(stand):
        shop = Shop()
        shop.purposes[("tea", "shop.order")] = shop.purposes[("shop", "shop.order")]
        ours, theirs = await shop.open(stand), await shop.open(stand, bot="tea")
        shop.provider.becomes(f"p-{ours}", "paid")
        shop.provider.becomes(f"p-{theirs}", "paid")
        await aio(stand.on_call().pause, "shop.payment", "ann", "its books are being checked")
        tea = payment_handlers("tea", shop.providers, shop.purposes)
        await stand.start(account_handlers(shop.providers))
        await stand.start(tea)
        await stand.enqueue(noticed(ours), noticed(theirs))
        await stand.until_true(lambda: is_paid(stand, theirs))
        assert await shop.status(stand, ours) == "pending"
        assert ("shop.payment", "payment.confirm") in await waiting(stand)
        await aio(stand.on_call().resume, "shop.payment")
        await stand.start(payment_handlers("shop", shop.providers, shop.purposes))
        await stand.until_true(lambda: is_paid(stand, ours))
        assert len(await shop.told(stand)) == 2

    async def is_paid(stand, id_):
        return await Shop().status(stand, id_) == "paid"

    play(scenario)


def test_pending_payments_are_asked_for_by_their_bots_and_one_that_stands_still_keeps_back_none(
    play,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr("mailroom.actors.accounts.RECONCILED_MAX", 2)

    async def scenario(stand):
        shop = Shop()
        for number in range(4):
            await shop.open(stand, str(number), bot="gone")
        ours = await shop.open(stand)
        await stand.execute("UPDATE mailroom.payment SET created_at = now() - interval '1 hour'")
        await only_the_accounts(stand, shop, RECONCILE(Reconcile()))
        assert sorted(await waiting(stand)) == [
            ("gone.payment", "payment.confirm"),
            ("gone.payment", "payment.confirm"),
            ("shop.payment", "payment.confirm"),
        ]
        assert await shop.status(stand, ours) == "pending"

    play(scenario)


def test_the_money_of_a_payment_goes_back_in_the_queue_of_its_bot(play):  # noqa: F811
    async def scenario(stand):
        shop = Shop()
        id_ = await shop.open(stand, bot="tea")
        await stand.execute("UPDATE mailroom.payment SET status = 'paid', paid_at = now()")

        async def go_back():
            async with transaction_on(stand.pool) as tx:
                await begin_giving_back(tx, id_, "owner")

        await aio(go_back)
        assert await waiting(stand) == [("tea.payment", "payment.refund")]

    play(scenario)


def test_a_payment_of_a_bot_that_was_taken_away_waits_for_it_and_is_settled_when_it_is_back(play):  # noqa: F811
    async def scenario(stand):
        shop = Shop()
        id_ = await shop.open(stand, bot="gone")
        shop.provider.becomes(f"p-{id_}", "paid")
        assert await shop.work(stand, noticed(id_)) == [["done"]]
        assert await waiting(stand) == [("gone.payment", "payment.confirm")]
        assert await shop.status(stand, id_) == "pending"
        back = {("gone", "shop.order"): shop.purposes[("shop", "shop.order")]}
        await stand.run_all(payment_handlers("gone", shop.providers, back))
        assert await shop.status(stand, id_) == "paid"

    play(scenario)


def test_a_notice_that_anybody_may_have_sent_waits_for_the_look_under_way_and_is_then_looked_into(play):  # noqa: F811
    """It has had its 200: no gateway says again what it tells."""

    async def scenario(stand):
        provider = MemoryProvider()
        provider.signs_notices = False
        provider.on_fetch.answers = [DOWN]
        shop = Shop(provider)
        id_ = await shop.open(stand)
        await shop.work(stand, hinted(id_))
        assert (await shop.asked(stand)).state == "retrying"
        await stand.execute("DELETE FROM mailroom.outbox_dedup WHERE queue = 'accounts'")
        (second,) = await stand.enqueue(hinted(id_, None))
        await only_the_accounts(stand, shop)
        assert await stand.story(second) == ["snoozed"]
        assert await waiting(stand) == [("shop.payment", "payment.confirm"), ("accounts", NOTICED.name)]
        provider.becomes(f"p-{id_}", "paid")
        for queue in ("shop.payment", "accounts"):
            await stand.execute(
                "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE queue = $1", queue
            )
            await shop.work(stand)
        assert await waiting(stand) == [("shop.delivery", "shop.deliver")]
        assert len(provider.fetched) == 3, "the one that failed, the one after it, and that of the second"

    play(scenario)
