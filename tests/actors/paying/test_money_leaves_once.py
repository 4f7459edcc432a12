"""Accidents in which money left twice, or was held for gone although it had come back."""

import pytest

from mailroom.actors.paying.ending import REFUSALS_MAX, REFUSED_BACKOFF
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.providers.payments import Dispute, Money, ProviderRefusedError
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payment_names import installation_in
from mailroom.storage.postgres.payments import mark_paid
from mailroom.storage.postgres.refunds import refunds_of
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import DOWN, PRICE, MemoryProvider, Shop
from tests.actors.paying.memory_provider import give_back as begin

PAID = PRICE.amount_minor


@pytest.fixture
def shop():
    return Shop()


async def paid(shop, queues):
    id_ = await shop.open(queues)
    shop.provider.becomes(f"p-{id_}", "paid")
    assert await aio(mark_paid, queues.pool, id_)
    return id_


async def give_back(shop, queues, id_):
    jobs = await begin(queues, id_)
    await shop.work(queues)
    return jobs


async def again(shop, queues):
    """Whatever waits for its time is due now."""
    await queues.execute("UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()")
    await shop.work(queues)


async def notice(shop, queues, id_, digest="x"):
    """Something about the payment has changed."""
    wanted = Noticed(provider=shop.provider.name, provider_id=f"p-{id_}")
    return await shop.work(queues, noticed_job(wanted, digest=digest))


def asked(shop):
    return [order.money.amount_minor for order in shop.provider.refund_calls]


@pytest.mark.parametrize("lists", [True, False])
def test_a_part_given_back_in_the_cabinet_is_not_given_back_again_by_the_owner(play, lists):  # noqa: F811
    shop = Shop(MemoryProvider(lists=lists))

    async def scenario(queues):
        id_ = await paid(shop, queues)
        shop.provider.in_the_cabinet(f"p-{id_}", 50_000)
        await give_back(shop, queues, id_)
        assert asked(shop) == [PAID - 50_000]
        assert await shop.told(queues) == [("back owner", PAID - 50_000)]
        assert sorted(await shop.rows(queues, id_)) == [
            ("gateway", 50_000, "done"),
            ("ours", PAID - 50_000, "done"),
        ]

    play(scenario)


@pytest.mark.parametrize("refusal", [None, "final"])
def test_a_part_given_back_in_the_cabinet_is_not_credited_to_the_balance_again(play, refusal):  # noqa: F811
    shop = Shop(MemoryProvider(can_refund=refusal is not None))
    if refusal:
        shop.provider.on_refund.answers = [ProviderRefusedError("the account is closed", "final")]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        shop.provider.in_the_cabinet(f"p-{id_}", 50_000)
        await give_back(shop, queues, id_)
        assert await shop.told(queues) == [("owed owner", PAID - 50_000)]

    play(scenario)


def test_two_parts_given_back_in_the_cabinet_leave_the_rest_to_give_back(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        shop.provider.in_the_cabinet(f"p-{id_}", 40_000)
        await notice(shop, queues, id_, "1")
        await notice(shop, queues, id_, "1 again")
        shop.provider.in_the_cabinet(f"p-{id_}", 9_000)
        await notice(shop, queues, id_, "2")
        assert await shop.rows(queues, id_) == [("gateway", 40_000, "done"), ("gateway", 9_000, "done")]
        assert await shop.status(queues, id_) == "paid"
        await give_back(shop, queues, id_)
        assert asked(shop) == [100_000]
        assert await shop.status(queues, id_) == "refunded"

    play(scenario)


def test_parts_given_back_in_the_cabinet_that_add_up_are_a_refund(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        for amount_minor in (49_000, 100_000):
            shop.provider.in_the_cabinet(f"p-{id_}", amount_minor)
            await notice(shop, queues, id_, str(amount_minor))
        assert await shop.told(queues) == [("back owner", PAID)]
        assert await shop.status(queues, id_) == "refunded"
        assert await give_back(shop, queues, id_) == []

    play(scenario)


def test_what_was_given_back_while_our_refund_waited_is_not_given_back_by_it(play, shop):  # noqa: F811
    shop.provider.on_refund.answers = [DOWN]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        shop.provider.in_the_cabinet(f"p-{id_}", PAID)
        await again(shop, queues)
        assert asked(shop) == [PAID]
        assert await shop.told(queues) == [("back owner", PAID)]
        assert [row for row in await shop.rows(queues, id_) if row[0] == "ours"] == [
            ("ours", PAID, "needless")
        ]

    play(scenario)


@pytest.mark.parametrize("days", [0, 2])
def test_a_crash_between_the_refund_and_its_row_does_not_give_back_twice(play, shop, days):  # noqa: F811
    """After a day the gateway has forgotten our key: the same call would be another refund."""
    shop.provider.after_refund.answers = [DOWN]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        if days:
            shop.provider.asked_for.clear()
            await queues.execute("UPDATE mailroom.payment_refund SET tried_at = now() - interval '2 days'")
        await again(shop, queues)
        assert asked(shop) == [PAID]
        assert len(shop.provider.listed) == 1
        assert await shop.rows(queues, id_) == [("ours", PAID, "done")]
        assert await shop.told(queues) == [("back owner", PAID)]

    play(scenario)


def test_a_refund_that_may_be_forgotten_is_not_asked_for_again_where_nobody_can_look(play):  # noqa: F811
    shop = Shop(MemoryProvider(lists=False))
    shop.provider.on_refund.answers = [DOWN]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(shop, queues, id_)
        await queues.execute("UPDATE mailroom.payment_refund SET tried_at = now() - interval '2 days'")
        await again(shop, queues)
        assert asked(shop) == [PAID]
        assert "look in its cabinet" in (await queues.seen(job)).last_error

    play(scenario)


def test_a_list_that_lags_behind_its_sum_is_waited_for(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        shop.provider.becomes(f"p-{id_}", "paid", refunded_minor=50_000)
        await give_back(shop, queues, id_)
        assert asked(shop) == []
        shop.provider.in_the_cabinet(f"p-{id_}", 50_000)
        await again(shop, queues)
        assert asked(shop) == [PAID - 50_000]

    play(scenario)


def test_a_refund_of_the_version_before_keeps_its_key_and_its_request(play, shop):  # noqa: F811
    shop.provider.after_refund.answers = [DOWN]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await begin(queues, id_)
        await queues.execute("UPDATE mailroom.payment_refund SET ref = NULL")
        await shop.work(queues)
        await again(shop, queues)
        (order,) = shop.provider.refund_calls
        assert (order.idempotency_key, order.reference) == (f"refund-{id_}", "")
        assert await shop.rows(queues, id_) == [("ours", PAID, "done")]

    play(scenario)


def test_no_two_refunds_have_one_name_though_the_database_counts_anew(play, shop):  # noqa: F811
    async def scenario(queues):
        keys = []
        for _ in range(2):
            id_ = await paid(shop, queues)
            await give_back(shop, queues, id_)
            keys.append(shop.provider.refund_calls[-1].idempotency_key)
            await queues.execute(
                "TRUNCATE mailroom.payment, mailroom.payment_refund RESTART IDENTITY CASCADE"
            )
            shop.provider.listed.clear()
        assert keys[0] != keys[1]
        ours = {installation_in(key.removeprefix("refund-")) for key in keys}
        assert len(ours) == 1
        assert None not in ours

    play(scenario)


def test_a_part_that_was_back_before_we_heard_of_the_payment_is_in_the_books(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        shop.provider.in_the_cabinet(f"p-{id_}", 50_000)
        wanted = Noticed(provider=shop.provider.name, provider_id=f"p-{id_}", state="paid")
        await shop.work(queues, noticed_job(wanted, digest="paid"))
        await shop.work(queues)
        assert await shop.rows(queues, id_) == [("gateway", 50_000, "done")]
        assert await shop.status(queues, id_) == "paid"

    play(scenario)


# A refusal is not always for good


def test_a_refund_refused_for_want_of_money_goes_through_another_day(play, shop):  # noqa: F811
    shop.provider.on_refund.answers = [ProviderRefusedError("insufficient_funds", "passes")] * 2

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        assert await shop.told(queues) == [("refund_waits", PAID)]
        assert await shop.status(queues, id_) == "refunding"
        waits = [(one.status, one.words) for one in await aio(refunds_of, queues.pool, id_)]
        assert waits == [("failed", "insufficient_funds"), ("pending", None)]
        await again(shop, queues)
        await again(shop, queues)
        # Each try has a name of its own: the gateway repeats its answer to a name. The owner is told once.
        assert len({order.idempotency_key for order in shop.provider.refund_calls}) == 3
        assert await shop.told(queues) == [("refund_waits", PAID), ("back owner", PAID)]
        assert await shop.status(queues, id_) == "refunded"

    play(scenario)


def test_a_refund_that_the_gateway_cancels_for_a_while_goes_through_later(play, shop):  # noqa: F811
    shop.provider.refund_state = "pending"

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        (name,) = shop.provider.listed
        shop.provider.fails(name, "passes", "insufficient_funds")
        await again(shop, queues)
        assert await shop.told(queues) == [("refund_waits", PAID)]
        shop.provider.refund_state = "done"
        await again(shop, queues)
        assert await shop.told(queues) == [("refund_waits", PAID), ("back owner", PAID)]
        assert await shop.rows(queues, id_) == [("ours", PAID, "failed"), ("ours", PAID, "done")]

    play(scenario)


def test_a_refund_that_is_refused_for_days_is_owed_at_last(play, shop):  # noqa: F811
    shop.provider.on_refund.answers = [
        ProviderRefusedError("insufficient_funds", "passes") for _ in range(REFUSALS_MAX)
    ]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        for _ in range(REFUSALS_MAX - 1):
            await again(shop, queues)
        assert await shop.told(queues) == [("refund_waits", PAID), ("owed owner", PAID)]
        assert len(shop.provider.refund_calls) == REFUSALS_MAX

    play(scenario)


def test_a_refusal_that_may_pass_is_waited_out_over_a_weekend():
    waits = [REFUSED_BACKOFF.delay_seconds(number, 0.0) for number in range(1, REFUSALS_MAX)]
    assert 3.5 * 86_400 < sum(waits) < 4 * 86_400


def test_a_wrong_key_is_for_a_person_to_mend_and_no_reason_to_owe(play, shop):  # noqa: F811
    shop.provider.on_refund.answers = [ProviderRefusedError("401: the key is wrong", "person")]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await give_back(shop, queues, id_)
        assert (await queues.seen(job)).state == "dead"
        assert await shop.told(queues) == []
        await aio(queues.on_call().retry, [job])
        await shop.work(queues)
        assert await shop.told(queues) == [("back owner", PAID)]

    play(scenario)


# Refunds that come back


@pytest.mark.parametrize("refusal", ["final", "passes"])
def test_a_refund_that_fails_after_three_days_is_owed_or_tried_again(play, shop, refusal):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        await queues.execute("UPDATE mailroom.payment_refund SET over_at = now() - interval '3 days'")
        (name,) = shop.provider.listed
        shop.provider.fails(name, refusal)
        await notice(shop, queues, id_, "failed")
        await notice(shop, queues, id_, "told twice")
        told = (await shop.told(queues))[1:]
        if refusal == "final":
            assert told == [("owed owner", PAID)]
            assert (await shop.status(queues, id_), asked(shop)) == ("refunded", [PAID])
            assert await shop.rows(queues, id_) == [("ours", PAID, "impossible")]
        else:
            assert (told, await shop.status(queues, id_)) == ([("refund_lost", PAID)], "refunding")
            await again(shop, queues)
            assert (await shop.told(queues))[2:] == [("back owner", PAID)]
            assert await shop.rows(queues, id_) == [("ours", PAID, "failed"), ("ours", PAID, "done")]

    play(scenario)


def test_a_part_from_the_cabinet_that_fails_can_be_given_back_again(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        name = shop.provider.in_the_cabinet(f"p-{id_}", 50_000)
        await notice(shop, queues, id_, "part")
        shop.provider.fails(name)
        await notice(shop, queues, id_, "failed")
        assert await shop.told(queues) == [("refund_lost", 50_000)]
        assert await shop.rows(queues, id_) == [("gateway", 50_000, "failed")]
        await give_back(shop, queues, id_)
        assert asked(shop) == [PAID]

    play(scenario)


def test_all_of_it_from_the_cabinet_that_fails_is_given_back_by_us(play, shop):  # noqa: F811
    """The order was taken back because of it: somebody owes the payer the money, and it is not the payer."""

    async def scenario(queues):
        id_ = await paid(shop, queues)
        name = shop.provider.in_the_cabinet(f"p-{id_}", PAID)
        await notice(shop, queues, id_, "all")
        assert await shop.status(queues, id_) == "refunded"
        shop.provider.fails(name)
        await notice(shop, queues, id_, "failed")
        await again(shop, queues)
        assert await shop.told(queues) == [
            ("back owner", PAID), ("refund_lost", PAID), ("back owner", PAID),
        ]  # fmt: skip
        assert (asked(shop), await shop.status(queues, id_)) == ([PAID], "refunded")

    play(scenario)


def test_what_was_credited_and_then_given_back_in_the_cabinet_is_told_to_the_owner(play, shop):  # noqa: F811
    shop.provider.on_refund.answers = [ProviderRefusedError("the card is lost", "final")]

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        shop.provider.in_the_cabinet(f"p-{id_}", 20_000)
        for digest in ("cabinet", "told twice"):
            await notice(shop, queues, id_, digest)
        assert await shop.told(queues) == [("owed owner", PAID), ("back_twice", 20_000)]

    play(scenario)


# Disputes


def dispute(state="open", amount_minor=PAID, *, withdrawn=True, id_="dp-1"):
    return Dispute(id_, state, Money(amount_minor, "RUB"), withdrawn, "fraudulent")


async def disputed(shop, queues, id_, *disputes):
    shop.provider.becomes(f"p-{id_}", "paid", disputes=disputes)
    await notice(shop, queues, id_, str(disputes))


def test_a_dispute_that_is_won_leaves_everything_as_it_was(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await disputed(shop, queues, id_, dispute("inquiry", withdrawn=False))
        assert await shop.status(queues, id_) == "paid"
        await disputed(shop, queues, id_, dispute(withdrawn=False))
        await disputed(shop, queues, id_, dispute())
        assert await shop.status(queues, id_) == "disputed"
        await disputed(shop, queues, id_, dispute("won", withdrawn=False))
        assert await shop.status(queues, id_) == "paid"
        assert await shop.told(queues) == [("inquiry", PAID), ("dispute", PAID), ("dispute_won", PAID)]
        await give_back(shop, queues, id_)
        assert asked(shop) == [PAID]

    play(scenario)


def test_a_dispute_that_is_lost_takes_the_money_and_nothing_is_given_back_after_it(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await disputed(shop, queues, id_, dispute())
        await disputed(shop, queues, id_, dispute("lost"))
        await disputed(shop, queues, id_, dispute("lost"))
        assert await shop.told(queues) == [("dispute", PAID), ("dispute_lost all", PAID)]
        assert await shop.status(queues, id_) == "charged_back"
        assert (await give_back(shop, queues, id_), asked(shop)) == ([], [])

    play(scenario)


def test_a_dispute_about_a_part_leaves_the_rest_to_give_back(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await disputed(shop, queues, id_, dispute("lost", 49_000))
        assert await shop.told(queues) == [("dispute_lost", 49_000)]
        assert await shop.status(queues, id_) == "paid"
        await give_back(shop, queues, id_)
        assert asked(shop) == [100_000]

    play(scenario)


@pytest.mark.parametrize("ends", ["won", "lost"])
def test_a_refund_that_meets_a_dispute_waits_for_its_end(play, shop, ends):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        (job,) = await begin(queues, id_)
        shop.provider.becomes(f"p-{id_}", "paid", disputes=(dispute(),))
        await shop.work(queues)
        assert (asked(shop), (await queues.seen(job)).attempts) == ([], 0)
        shop.provider.becomes(f"p-{id_}", "paid", disputes=(dispute(ends, withdrawn=ends == "lost"),))
        await again(shop, queues)
        assert asked(shop) == ([PAID] if ends == "won" else [])
        assert await shop.told(queues) == [("back owner", PAID)]
        assert await shop.status(queues, id_) == "refunded"

    play(scenario)


def test_a_dispute_lost_after_a_refund_is_money_gone_twice(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        shop.provider.becomes(f"p-{id_}", "refunded", disputes=(dispute("lost"),))
        for digest in ("lost", "told twice"):
            await notice(shop, queues, id_, digest)
        assert await shop.told(queues) == [
            ("back owner", PAID), ("dispute_lost", PAID), ("back_twice", PAID),
        ]  # fmt: skip

    play(scenario)


def test_a_refund_that_fails_because_of_a_dispute_is_not_owed_as_well(play, shop):  # noqa: F811
    """The bank gives the payer the money: a credit would be the second time."""

    async def scenario(queues):
        id_ = await paid(shop, queues)
        await give_back(shop, queues, id_)
        (name,) = shop.provider.listed
        shop.provider.fails(name, "disputed", "charge_for_pending_refund_disputed")
        await disputed(shop, queues, id_, dispute("lost"))
        assert ("owed owner", PAID) not in await shop.told(queues)
        assert asked(shop) == [PAID]

    play(scenario)
