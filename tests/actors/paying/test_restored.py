"""Accidents of a database that is older than what its gateways know: a backup that was restored, or a new
database at the same account. Each gateway's simulator remembers, as the gateway does.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from mailroom.actors.paying.link import made_at
from mailroom.actors.paying.listing import list_all
from mailroom.actors.paying.whose import whose
from mailroom.actors.providers.payments import Money, PaymentOrder
from mailroom.actors.providers.receipts import Receipt, ReceiptItem
from mailroom.storage.postgres.lost_payments import lost_payments
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.payments import find_payment, mark_paid, open_payment
from tests.actors.providers.test_payment_simulators import every_provider, opened

BACK = "https://shop.example/back"
PRICE_MINOR = 149_000
RECEIPT = Receipt((ReceiptItem("Key", 1, PRICE_MINOR),), email="ann@example.com")


@pytest.fixture
def play(clean_postgres_url):
    def play(name, scenario):
        async def main():
            await apply_migrations(clean_postgres_url)
            async with (
                opened(name) as (gateway, provider),
                asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=4) as pool,
            ):
                await scenario(gateway, provider, pool)

        asyncio.run(main())

    return play


async def ordered(pool, provider):
    """A customer orders, and is shown where to pay: the order has the number that comes next."""
    payment = await open_payment(
        pool, bot="shop", provider=provider.name, purpose="shop.order", reference="1001",
        amount_minor=PRICE_MINOR, currency="RUB", about={"for": "shop.order 1001", "chat": "7"},
    )  # fmt: skip
    return await made_at(
        provider, payment, pool, description="Order No. 1001", return_url=BACK, language="en", receipt=RECEIPT
    )


async def paid(gateway, provider, payment):
    await gateway.control("act", gateway=provider.name, reference=payment.ref, act="pay")
    await gateway.noticed()


async def goes_back_to_yesterday(pool):
    """What a restore does: rows are gone, and sequences count again from where they were."""
    await pool.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")


@every_provider
def test_a_new_customer_after_a_restore_gets_nothing_for_what_another_one_has_paid(play, name):
    async def scenario(gateway, provider, pool):
        first = await ordered(pool, provider)
        await paid(gateway, provider, first)
        assert (await provider.fetch(first.provider_id)).state == "paid"
        await goes_back_to_yesterday(pool)
        second = await ordered(pool, provider)
        assert second.id == first.id
        assert second.provider_id != first.provider_id
        assert second.pay_url not in (first.pay_url, BACK)
        assert (await provider.fetch(second.provider_id)).state == "pending"
        # And a notice of the first one, which comes late, is not for the second.
        judged = await whose(pool, provider, await provider.fetch(first.provider_id))
        assert (judged.whose, judged.payment) == ("lost", None)
        assert (await find_payment(pool, second.id)).status == "pending"

    play(name, scenario)


@every_provider
def test_what_a_restored_database_does_not_know_is_found_where_the_gateway_has_a_list(play, name):
    async def scenario(gateway, provider, pool):
        begun = datetime.now(UTC) - timedelta(hours=1)
        kept = await ordered(pool, provider)
        await paid(gateway, provider, kept)
        await mark_paid(pool, kept.id)
        assert (await list_all(pool, {name: provider}, begun))[0].lost == 0
        await goes_back_to_yesterday(pool)
        await ordered(pool, provider)
        (listing,) = await list_all(pool, {name: provider}, begun)
        lost = await lost_payments(pool)
        if not provider.can_list:
            assert name == "aaio"
            assert (listing.listable, listing.lost, lost) == (False, 0, [])
            return
        assert (listing.listable, listing.payments, listing.lost, listing.missed) == (True, 2, 1, 0)
        assert [(one.ref, one.provider_id) for one in lost] == [(kept.ref, kept.provider_id)]
        assert lost[0].about == {"for": "shop.order 1001", "chat": "7"}

    play(name, scenario)


@every_provider
def test_what_another_system_does_at_the_account_under_our_number_is_not_ours(play, name):
    async def scenario(gateway, provider, pool):
        theirs = await ordered(pool, provider)
        await paid(gateway, provider, theirs)
        # Theirs are the database and the account of somebody else: we have the same number, and another name.
        await goes_back_to_yesterday(pool)
        await pool.execute("UPDATE mailroom.installation SET value = '0000000000' WHERE key = 'id'")
        ours = await ordered(pool, provider)
        assert ours.id == theirs.id
        judged = await whose(pool, provider, await provider.fetch(theirs.provider_id))
        assert (judged.whose, judged.payment) == ("unclaimed", None)
        assert await lost_payments(pool) == []
        assert (await find_payment(pool, ours.id)).provider_id == ours.provider_id

    play(name, scenario)


@every_provider
def test_a_payment_of_the_version_before_whose_answer_was_lost_is_asked_for_in_the_same_words(play, name):
    """A gateway refuses the same key with any other body: it was asked before the upgrade, and is again."""

    async def scenario(gateway, provider, pool):
        order = PaymentOrder(
            Money(PRICE_MINOR, "RUB"),
            "1",
            "Order No. 1001",
            BACK,
            "payment-1",
            receipt=RECEIPT,
            language="en",
        )
        made = await provider.create(order)
        id_ = await pool.fetchval(
            "INSERT INTO mailroom.payment (bot, provider, ref, purpose, reference, amount_minor, currency)"
            " VALUES ('shop', $1, '1', 'shop.order', '1001', $2, 'RUB') RETURNING id",
            name, PRICE_MINOR,
        )  # fmt: skip
        again = await ordered(pool, provider)
        assert (again.id, again.ref, again.provider_id) == (id_, "1", made.provider_id)

    play(name, scenario)
