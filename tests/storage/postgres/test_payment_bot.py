"""A payment names its bot: numbers that are alike meet nowhere, also while a version is replaced."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.payments import created_at_provider, find_payment, open_payment, payments_of
from mailroom.storage.postgres.retired import retire
from tests.storage.postgres.old_database import make_old

ORDER = {"purpose": "shop.order", "reference": "1042", "amount_minor": 149_000, "currency": "RUB"}
OLD_OPEN = (
    "INSERT INTO payment (provider, purpose, reference, amount_minor, currency, ref, about)"
    " VALUES ('yookassa', 'shop.order', $1, 149000, 'RUB', 'm-' || $1::text, $2::jsonb)"
    " ON CONFLICT (purpose, reference, provider) WHERE status = 'pending'"
    " DO UPDATE SET reference = excluded.reference"
    " RETURNING id"
)
"""As the version before opened payments."""


@pytest.fixture
def play(clean_postgres_url):
    def play(scenario):
        async def main():
            async with asyncpg.create_pool(clean_postgres_url, min_size=2, max_size=2) as pool:
                await scenario(pool, lambda: apply_migrations(clean_postgres_url))

        asyncio.run(main())

    return play


async def before(pool, *, alive):
    """The database as the version before left it; `alive`: a process of it works."""
    async with pool.acquire() as connection:
        await make_old(connection, "0021_shop_pictures")
        if alive:
            await connection.execute("UPDATE pair SET mark = 7, seen_at = clock_timestamp()")


def test_orders_of_two_bots_with_one_number_are_two_payments(play):
    async def scenario(pool, migrate):
        await migrate()
        first = await open_payment(pool, bot="one", provider="a", **ORDER)
        second = await open_payment(pool, bot="two", provider="a", **ORDER)
        assert (first.id != second.id, first.bot, second.bot) == (True, "one", "two")
        assert await open_payment(pool, bot="one", provider="a", **ORDER) == first
        assert await payments_of(pool, "two", "shop.order", "1042") == [second]

    play(scenario)


def test_an_order_has_one_payment_at_an_account_that_was_renamed_in_between(play):
    async def scenario(pool, migrate):
        await migrate()
        asked = await open_payment(pool, bot="one", provider="old", **ORDER)
        asked = await created_at_provider(pool, asked.id, "p-1", "https://pay.example/1")
        assert await open_payment(pool, bot="one", provider="new", formerly=["old"], **ORDER) == asked
        other = await open_payment(pool, bot="two", provider="new", formerly=["old"], **ORDER)
        assert (other.provider, other.pay_url) == ("new", None)

    play(scenario)


def test_old_payments_are_given_the_bot_that_the_gateway_was_told_or_else_that_of_the_order(play):
    async def scenario(pool, migrate):
        await before(pool, alive=False)
        order = await pool.fetchval(
            "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor,"
            " currency, status) VALUES ('e', 'candles', 1, 1, 'en', '', 149000, 'RUB', 'awaiting_payment')"
            " RETURNING id"
        )
        told = await pool.fetchval(OLD_OPEN, "7001", '{"bot": "tea"}')
        untold = await pool.fetchval(OLD_OPEN, str(order), "{}")
        nobodys = await pool.fetchval(OLD_OPEN, "7002", "{}")
        assert "0022_payment_bot" in await migrate()
        assert [(await find_payment(pool, id_)).bot for id_ in (told, untold, nobodys)] == [
            "tea",
            "candles",
            "",
        ]

    play(scenario)


def test_the_version_before_goes_on_opening_payments_until_it_must_be_gone(play):
    async def scenario(pool, migrate):
        await before(pool, alive=True)
        await migrate()
        opened = await pool.fetchval(OLD_OPEN, "1042", '{"bot": "one"}')
        assert await pool.fetchval(OLD_OPEN, "1042", '{"bot": "one"}') == opened
        asked = {**ORDER, "provider": "yookassa"}
        assert (await open_payment(pool, bot="one", **asked)).id == opened, "the same for the new version"
        assert not await retire(pool)
        await pool.execute(
            "UPDATE mailroom.installation SET value = now()::text WHERE key = 'payment_pending_once_until'"
        )
        assert await retire(pool)
        assert not await retire(pool)
        assert (await open_payment(pool, bot="two", **asked)).id != opened

    play(scenario)


def test_where_nobody_works_while_the_tables_change_nothing_of_the_version_before_is_left(play):
    async def scenario(pool, migrate):
        await before(pool, alive=False)
        await migrate()
        found = await pool.fetchval(
            "SELECT count(*) FROM pg_indexes WHERE indexname = 'payment_pending_once'"
        )
        assert (found, await retire(pool)) == (0, False)

    play(scenario)


def test_what_somebody_holds_is_taken_away_later(play):
    async def scenario(pool, migrate):
        await before(pool, alive=True)
        await migrate()
        await pool.execute(
            "UPDATE mailroom.installation SET value = now()::text WHERE key = 'payment_pending_once_until'"
        )
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("LOCK TABLE mailroom.payment IN ROW EXCLUSIVE MODE")
            assert not await retire(pool)
        assert await retire(pool)

    play(scenario)
