"""Payments as rows: one pending for a thing at a provider, and each step of its life once."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.payment_names import installation_in
from mailroom.storage.postgres.payments import (
    created_at_provider,
    find_payment,
    is_expired,
    mark_asked,
    mark_canceled,
    mark_mismatched,
    mark_paid,
    mark_refunded,
    open_payment,
    payments_of,
)
from mailroom.storage.postgres.refunds import (
    begin_again,
    begin_refund,
    find_refund,
    finish_refund,
    note_by_gateway,
    note_refund,
    pending_refund,
    refunds_of,
)

ORDER = {
    "bot": "shop",
    "purpose": "shop.order",
    "reference": "1001",
    "amount_minor": 149_000,
    "currency": "RUB",
}


@pytest.fixture
def play(clean_postgres_url):
    def play(scenario):
        async def main():
            await apply_migrations(clean_postgres_url)
            async with asyncpg.create_pool(clean_postgres_url, min_size=6, max_size=6) as pool:
                await scenario(pool)

        asyncio.run(main())

    return play


def test_a_thing_is_asked_for_once_at_a_time_at_each_provider(play):
    async def scenario(pool):
        asked = await asyncio.gather(*(open_payment(pool, provider="a", **ORDER) for _ in range(12)))
        assert len({payment.id for payment in asked}) == 1
        other = await open_payment(pool, provider="b", **ORDER)
        assert other.id != asked[0].id
        with pytest.raises(ValueError, match="pending with 149000 RUB"):
            await open_payment(pool, provider="a", **{**ORDER, "amount_minor": 1})
        assert await mark_canceled(pool, asked[0].id)
        again = await open_payment(pool, provider="a", **{**ORDER, "amount_minor": 1})
        assert [payment.id for payment in await payments_of(pool, "shop", "shop.order", "1001")] == [
            asked[0].id,
            other.id,
            again.id,
        ]

    play(scenario)


def test_where_and_until_when_a_payment_is_paid_is_kept(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        noted = await created_at_provider(pool, id_, "p-1", pay_url="https://pay/1", expires_at=moment)
        assert (noted.provider_id, noted.pay_url, noted.expires_at) == ("p-1", "https://pay/1", moment)
        assert (await created_at_provider(pool, id_, "p-1")) == noted
        assert await created_at_provider(pool, id_, "p-2", pay_url="https://pay/2") is None
        assert await find_payment(pool, id_) == noted
        assert await open_payment(pool, provider="a", **ORDER) == noted
        assert await is_expired(pool, id_)
        assert not await is_expired(pool, (await open_payment(pool, provider="b", **ORDER)).id)

    play(scenario)


def test_what_was_paid_instead_is_kept_and_goes_back(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        assert await mark_mismatched(pool, id_, 100, "USD")
        assert not await mark_mismatched(pool, id_, 5, "EUR")
        assert not await mark_paid(pool, id_)
        payment = await find_payment(pool, id_)
        assert (payment.status, payment.paid_minor, payment.paid_currency) == ("mismatched", 100, "USD")
        refund = await begin_refund(pool, id_, "mismatch")
        assert (refund.amount_minor, refund.currency, refund.why) == (100, "USD", "mismatch")

    play(scenario)


@pytest.mark.parametrize("how", ["done", "impossible", "needless"])
def test_the_money_of_a_payment_goes_back_once(play, how):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        assert await begin_refund(pool, id_, "owner") is None
        await mark_paid(pool, id_)
        begun = await asyncio.gather(*(begin_refund(pool, id_, f"why {n}") for n in range(6)))
        assert len(set(begun)) == 1
        assert (begun[0].status, begun[0].amount_minor) == ("pending", 149_000)
        assert (await find_payment(pool, id_)).status == "refunding"
        await note_refund(pool, begun[0].id, "r-1")
        ended = await asyncio.gather(*(finish_refund(pool, begun[0].id, how) for _ in range(6)))
        assert ended.count(True) == 1
        refund = await find_refund(pool, id_)
        assert (refund.status, refund.provider_id) == (how, "r-1")
        assert refund.over_at is not None
        assert (await find_payment(pool, id_)).status == "refunded"
        assert await begin_refund(pool, id_, "again") == refund
        assert not await mark_refunded(pool, id_)

    play(scenario)


def test_what_went_back_at_the_provider_does_not_go_back_again(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        await mark_paid(pool, id_)
        assert await mark_refunded(pool, id_)
        assert await begin_refund(pool, id_, "owner") is None

    play(scenario)


def test_a_refund_that_was_refused_makes_room_for_one_other(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        await mark_paid(pool, id_)
        refused = await begin_refund(pool, id_, "owner")
        assert await finish_refund(pool, refused.id, "failed", words="too little on the account")
        assert (await find_payment(pool, id_)).status == "refunding"
        made = [await begin_again(pool, id_, 149_000, "RUB", "owner") for _ in range(2)]
        assert made == [True, False]
        rows = await refunds_of(pool, id_)
        assert [one.status for one in rows] == ["failed", "pending"]
        names = {one.ref for one in rows}
        assert len(names) == len({installation_in(name) for name in names} - {None}) + 1 == 2

    play(scenario)


def test_a_refund_of_the_version_before_keeps_its_name(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        await mark_paid(pool, id_)
        old = (
            "INSERT INTO mailroom.payment_refund (payment_id, amount_minor, currency, why) "
            "VALUES ($1, 149000, 'RUB', 'owner') ON CONFLICT DO NOTHING"
        )
        assert await pool.execute(old, id_) == "INSERT 0 1"
        assert await pool.execute(old, id_) == "INSERT 0 0"
        refund = await begin_refund(pool, id_, "owner")
        assert (refund.ref, refund.unnamed) == (str(id_), True)

    play(scenario)


def test_each_refund_made_at_the_provider_is_noted_once(play):
    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        await mark_paid(pool, id_)
        for name in ("c-1", "c-2", None):
            assert await note_by_gateway(pool, id_, name, 100, "RUB", "done")
            assert not await note_by_gateway(pool, id_, name, 100, "RUB", "done")
        assert await note_by_gateway(pool, id_, "c-1", 100, "RUB", "failed", "lost_or_stolen_card")
        assert await note_by_gateway(pool, id_, None, 300, "RUB", "done")
        noted = [(one.provider_id, one.amount_minor, one.status) for one in await refunds_of(pool, id_)]
        assert noted == [("c-1", 100, "failed"), ("c-2", 100, "done"), (None, 300, "done")]
        assert await pending_refund(pool, id_) is None

    play(scenario)


def test_a_notice_and_the_refund_it_tells_of_do_not_wait_for_each_other(play):
    """Both end the refund: who has the payment's row has its refunds, too."""

    async def scenario(pool):
        id_ = (await open_payment(pool, provider="a", **ORDER)).id
        await mark_paid(pool, id_)
        refund = await begin_refund(pool, id_, "owner")
        async with pool.acquire() as notice, notice.transaction():
            await mark_asked(notice, id_)
            job = asyncio.create_task(finish_refund(pool, refund.id, "done"))
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not await pool.fetchval(waiting):  # noqa: ASYNC110 - another session waits
                await asyncio.sleep(0.01)
            await notice.execute("SET LOCAL lock_timeout = '5s'")
            assert await finish_refund(notice, refund.id, "done")
        assert not await job

    play(scenario)
