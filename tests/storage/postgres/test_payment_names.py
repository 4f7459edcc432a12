"""Names of payments: made once, and never again, whatever becomes of the database."""

import asyncio
from itertools import pairwise

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.payment_names import NAME, installation_in, is_number, new_suffix
from mailroom.storage.postgres.payments import (
    find_payment,
    find_payment_called,
    installation_id,
    open_payment,
)
from tests.storage.postgres.old_database import make_old
from tests.storage.postgres.outbox.box import connected

ORDER = {"bot": "shop", "provider": "a", "purpose": "shop.order", "amount_minor": 149_000, "currency": "RUB"}


def test_names_are_all_different_and_say_when_they_were_made():
    names = [new_suffix() for _ in range(2_000)]
    assert len(set(names)) == len(names)
    assert all(first[:10] <= second[:10] for first, second in pairwise(names))
    assert all(NAME.fullmatch(f"m0123456789-{name}") for name in names)


@given(st.text())
def test_any_text_is_a_name_of_some_installation_a_number_or_neither(text):
    assert installation_in(text) is None or NAME.fullmatch(text)
    assert not (is_number(text) and installation_in(text))
    if is_number(text):
        assert str(int(text)) == text
        assert int(text) < 2**63


@pytest.fixture
def play(clean_postgres_url):
    def play(scenario, *, migrated=True):
        async def main():
            if migrated:
                await apply_migrations(clean_postgres_url)
            connection = await asyncpg.connect(clean_postgres_url)
            try:
                await scenario(connection)
            finally:
                await connection.close()

        asyncio.run(main())

    return play


def test_two_databases_at_one_account_never_give_the_same_name(play):
    async def scenario(connection):
        first = await open_payment(connection, reference="1001", **ORDER)
        installation = await installation_id(connection)
        assert first.ref.startswith(f"m{installation}-")
        assert NAME.fullmatch(first.ref)
        assert len(first.ref) == 38
        # The same database, as it was before: its sequences and its identity are those of the backup.
        await connection.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")
        again = await open_payment(connection, reference="1001", **ORDER)
        assert again.id == first.id
        assert again.ref != first.ref
        assert await find_payment_called(connection, ["a"], again.ref) == again
        assert await find_payment_called(connection, ["b"], again.ref) is None
        assert await find_payment_called(connection, ["a"], first.ref) is None

    play(scenario)


def test_without_an_identity_no_payment_gets_a_name_that_could_come_again(play):
    async def scenario(connection):
        await connection.execute("DELETE FROM mailroom.installation WHERE key = 'id'")
        with pytest.raises(AssertionError):
            await open_payment(connection, reference="1001", **ORDER)
        assert await connection.fetchval("SELECT count(*) FROM mailroom.payment") == 0

    play(scenario)


def test_payments_of_the_version_before_keep_their_numbers_also_those_it_makes_while_it_is_replaced(
    play, clean_postgres_url
):
    async def scenario(connection):
        await make_old(connection, "0011_ownership_beat")
        old = (
            "INSERT INTO payment (provider, purpose, reference, amount_minor, currency)"
            " VALUES ('a', 'shop.order', $1, 149000, 'RUB') RETURNING id"
        )
        made_before = await connection.fetchval(old, "1001")
        assert "0012_names_for_ever" in await apply_migrations(clean_postgres_url)
        async with connected(clean_postgres_url) as before:
            made_while = await before.fetchval(old, "1002")
        for id_ in (made_before, made_while):
            async with connected(clean_postgres_url) as now:
                payment = await find_payment(now, id_)
            assert (payment.ref, payment.about) == (str(id_), {})

    play(scenario, migrated=False)
