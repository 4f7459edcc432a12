"""Whatever notice comes, and in whatever order: each ends right, with one line in the log and a count."""

from dataclasses import astuple
from datetime import timedelta
from functools import partial

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from mailroom.actors.paying.kinds import CONFIRM, Confirm, Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.providers.payments import Money
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.lost_payments import end_lost, lost_payments, lost_sums
from mailroom.storage.postgres.payments import created_at_provider, find_payment, mark_canceled
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import DOWN, PRICE, Shop


def notice(provider_id, state="paid", provider="yoomoney", digest="d"):
    return noticed_job(Noticed(provider=provider, provider_id=provider_id, state=state), digest=digest)


def counted(verdict, provider="yoomoney"):
    labels = {"account": provider, "verdict": verdict}
    return REGISTRY.get_sample_value("mailroom_payment_notices_total", labels) or 0.0


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def tell(play, shop):  # noqa: F811
    """Play a scenario whose notices end with this verdict, told in one line each."""

    def tell(scenario, *verdicts):
        before = {verdict: counted(verdict) for verdict in verdicts}
        with capture_logs() as lines:
            play(scenario)
        told = [line["verdict"] for line in lines if line["event"] == "payment_notice"]
        assert told == list(verdicts)
        assert all(counted(verdict) == before[verdict] + told.count(verdict) for verdict in before)
        return [line for line in lines if line["event"] == "payment_notice"]

    return tell


def test_a_notice_leads_to_the_payment_and_what_follows_from_it(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        assert await shop.work(queues, notice(f"p-{id_}")) == [["done"]]
        assert await shop.status(queues, id_) == "paid"
        assert (
            await queues.fetch("SELECT trace FROM mailroom.outbox_job WHERE queue = 'shop.delivery'")
            == f"yoomoney:p-{id_}"
        )

    (line,) = tell(scenario, "paid")
    assert (line["purpose"], line["reference"], line["money"]) == ("shop.order", "1042", "1490.00 RUB")


def test_the_same_notice_again_changes_nothing(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        await queues.execute("DELETE FROM mailroom.outbox_dedup")
        await shop.work(queues, notice(f"p-{id_}"))
        assert await shop.told(queues) == [("paid", PRICE.amount_minor)]

    tell(scenario, "paid", "duplicate")


def test_the_same_notice_fifty_times_in_line_is_one_job(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, *(notice(f"p-{id_}") for _ in range(50)))
        assert shop.provider.fetched == [f"p-{id_}"]

    tell(scenario, "paid")


@pytest.mark.parametrize(
    ("paid", "currency"), [(148_999, "RUB"), (149_001, "RUB"), (1, "RUB"), (149_000, "USD")]
)
def test_the_wrong_money_buys_nothing_and_goes_back_as_it_came(tell, shop, paid, currency):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid", money=Money(paid, currency))
        await shop.work(queues, notice(f"p-{id_}"))
        assert await shop.told(queues) == [(f"mismatched {currency}", paid), ("back mismatch", paid)]
        payment = await aio(find_payment, queues.pool, id_)
        assert (payment.status, payment.paid_minor, payment.paid_currency) == ("refunded", paid, currency)
        assert [order.money for order in shop.provider.refund_calls] == [Money(paid, currency)]
        assert (
            await queues.fetch("SELECT count(*) FROM mailroom.outbox_job WHERE queue = 'shop.delivery'") == 0
        )
        # The thing can be paid for anew, by another payment.
        assert await shop.open(queues) != id_

    (line,) = tell(scenario, "mismatched")
    assert line["asked_for"] == "1490.00 RUB"


def test_a_notice_of_something_that_nobody_knows_is_no_dead_letter(tell, shop):
    async def scenario(queues):
        assert await shop.work(queues, notice("made-up")) == [["done"]]

    (line,) = tell(scenario, "unknown")
    assert "knows no made-up" in line["why"]


@pytest.mark.parametrize("state", ["pending", "canceled", "refunded"])
def test_somebody_elses_payment_that_is_not_paid_is_nothing_to_us(tell, shop, state):
    async def scenario(queues):
        shop.provider.put("foreign", state, reference="their-77")
        assert await shop.work(queues, notice("foreign")) == [["done"]]

    tell(scenario, "unknown")


@pytest.mark.parametrize("reference", ["their-77", "77", "9" * 40, "٧٧", None, f"m{'z' * 10}-{'0' * 26}"])
def test_money_that_came_for_nothing_of_ours_is_counted_and_no_dead_letter(tell, shop, reference):
    async def scenario(queues):
        shop.provider.put("foreign", "paid", reference=reference)
        assert await shop.work(queues, notice("foreign")) == [["done"]]
        assert await aio(lost_payments, queues.pool) == []

    (line,) = tell(scenario, "unclaimed")
    assert line["log_level"] == "warning"


def test_a_payment_of_another_system_with_the_number_of_ours_is_left_to_that_system(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues, create=False)
        shop.provider.put("foreign", "paid", reference=str(id_))
        assert await shop.work(queues, notice("foreign")) == [["done"]]
        payment = await aio(find_payment, queues.pool, id_)
        assert (payment.status, payment.provider_id) == ("pending", None)
        assert await shop.told(queues) == []
        assert shop.provider.refund_calls == []

    tell(scenario, "unclaimed")


@pytest.mark.parametrize(
    ("money", "made", "verdict"),
    [
        (PRICE, timedelta(), "paid"),
        (PRICE, None, "paid"),
        (PRICE, -timedelta(minutes=9), "paid"),
        (PRICE, -timedelta(minutes=11), "unclaimed"),
        (Money(149_001, "RUB"), timedelta(), "unclaimed"),
        (Money(149_000, "USD"), timedelta(), "unclaimed"),
    ],
)
@pytest.mark.parametrize("adopted", [True, False], ids=["its name is the number", "it has a name of its own"])
def test_a_number_from_before_counts_with_the_same_sum_and_not_for_what_was_made_before_it(
    tell, shop, money, made, verdict, adopted
):
    async def scenario(queues):
        id_ = await shop.open(queues, create=False)
        name = str(id_) if adopted else "p-old"
        await queues.execute(
            "UPDATE mailroom.payment SET ref = $1, provider_id = $2", str(id_), name if adopted else None
        )
        created_at = (await aio(find_payment, queues.pool, id_)).created_at
        made_at = None if made is None else created_at + made
        shop.provider.put(name, "paid", money, reference=str(id_), made_at=made_at)
        confirm = CONFIRM(Confirm(payment_id=id_, notified=True), bot="shop")
        assert await shop.work(queues, confirm if adopted else notice(name)) == [["done"]]
        assert await shop.status(queues, id_) == ("paid" if verdict == "paid" else "pending")

    tell(scenario, verdict)


def test_a_payment_that_bears_our_name_and_has_no_row_is_lost_and_moves_by_nobody_but_a_person(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        payment = await aio(find_payment, queues.pool, id_)
        shop.provider.becomes(f"p-{id_}", "paid", about={"for": "shop.order 1042", "items": "5-7"})
        await queues.execute(
            "TRUNCATE mailroom.payment RESTART IDENTITY CASCADE"
        )  # what a backup of before has
        assert await shop.work(queues, notice(f"p-{id_}")) == [["done"]]
        (lost,) = await aio(lost_payments, queues.pool)
        assert (lost.ref, lost.provider, lost.provider_id) == (payment.ref, "yoomoney", f"p-{id_}")
        assert (lost.amount_minor, lost.currency, lost.state) == (149_000, "RUB", "paid")
        assert lost.about == {"for": "shop.order 1042", "items": "5-7"}
        # The next customer gets the same number, and nothing of that money.
        assert await shop.open(queues, "2") == id_
        assert await shop.status(queues, id_) == "pending"
        assert await shop.told(queues) == []
        assert shop.provider.refund_calls == []
        assert [tuple(astuple(one)) for one in await aio(lost_sums, queues.pool)] == [
            ("yoomoney", "RUB", 1, 149_000)
        ]
        assert not await aio(partial(end_lost, queues.pool, "m-other", "credited", by="ann", why="?"))
        assert await aio(
            partial(end_lost, queues.pool, lost.ref, "delivered", by="ann", why="seen in the chat")
        )
        assert not await aio(partial(end_lost, queues.pool, lost.ref, "credited", by="bob", why="me too"))
        assert await aio(lost_sums, queues.pool) == await aio(lost_payments, queues.pool) == []
        (ended,) = await aio(partial(lost_payments, queues.pool, ended_too=True))
        assert (ended.ending, ended.ended_by, ended.why) == ("delivered", "ann", "seen in the chat")

    (line,) = tell(scenario, "lost")
    assert (line["about"]["for"], line["log_level"]) == ("shop.order 1042", "error")


def test_a_lost_payment_whose_money_goes_back_in_the_cabinet_waits_for_nobody_any_more(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        await queues.execute("TRUNCATE mailroom.payment CASCADE")
        for state, open_ in (("pending", 0), ("paid", 1), ("refunded", 0)):
            shop.provider.becomes(f"p-{id_}", state)
            assert await shop.work(queues, notice(f"p-{id_}", state)) == [["done"]]
            assert len(await aio(lost_payments, queues.pool)) == open_

    tell(scenario, "lost", "lost", "lost")


def test_a_notice_that_overtakes_our_own_create_call_finds_its_payment(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues, create=False)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        payment = await aio(find_payment, queues.pool, id_)
        assert (payment.status, payment.provider_id) == ("paid", f"p-{id_}")
        # And when the answer to the call comes at last, it fits.
        assert await aio(created_at_provider, queues.pool, id_, f"p-{id_}", "https://pay")

    tell(scenario, "paid")


def test_a_second_payment_at_the_provider_for_one_of_ours_is_for_a_person_to_see(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        ref = (await aio(find_payment, queues.pool, id_)).ref
        shop.provider.put("p-second", "paid", reference=ref)
        (job,) = await queues.enqueue(notice("p-second"))
        await shop.work(queues)
        assert (await queues.seen(job)).state == "dead"
        assert await shop.status(queues, id_) == "pending"

    tell(scenario, "disputed")


def test_canceled_after_succeeded_stays_paid(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        await shop.work(queues, notice(f"p-{id_}", "canceled"))
        assert await shop.status(queues, id_) == "paid"

    tell(scenario, "paid", "duplicate")


def test_succeeded_after_canceled_is_paid(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        assert await aio(mark_canceled, queues.pool, id_)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        assert await shop.told(queues) == [("paid", PRICE.amount_minor)]

    tell(scenario, "paid")


def test_a_provider_that_takes_its_word_back_is_for_a_person_to_see(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        shop.provider.becomes(f"p-{id_}", "canceled")
        await shop.work(queues, notice(f"p-{id_}", "canceled"))
        assert "says that it was canceled, and it was paid" in (await shop.asked(queues)).last_error

    tell(scenario, "paid", "disputed")


@pytest.mark.parametrize(("state", "verdict"), [("canceled", "canceled"), ("pending", "pending")])
def test_a_notice_of_what_has_not_been_paid_is_told_as_it_is(tell, shop, state, verdict):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", state)
        assert await shop.work(queues, notice(f"p-{id_}", state)) == [["done"]]
        assert await shop.status(queues, id_) == state

    tell(scenario, verdict)


def test_a_notice_that_says_paid_too_early_is_asked_about_again(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await shop.open(queues)
        await queues.enqueue(notice(f"p-{id_}"))
        await shop.start(queues)
        await queues.until_true(lambda: asked_once(queues))
        shop.provider.becomes(f"p-{id_}", "paid")
        await aio(queues.on_call().retry, [(await shop.asked(queues)).id])
        queues.listener.wake("shop.payment")
        await queues.until_true(lambda: over(queues, id_))

    async def asked_once(queues):
        return (
            await queues.fetch(
                "SELECT count(*) FROM mailroom.outbox_event WHERE name = 'payment.confirm' AND kind = 'retry'"
            )
            == 1
        )

    async def over(queues, id_):
        return await shop.status(queues, id_) == "paid"

    play(scenario)


def test_a_payer_who_makes_up_a_paid_notice_leaves_no_dead_letter(tell, shop, monkeypatch):
    monkeypatch.setattr("mailroom.actors.jobs.context.JobContext.is_last_attempt", True)

    async def scenario(queues):
        id_ = await shop.open(queues)
        assert await shop.work(queues, notice(f"p-{id_}")) == [["done"]]
        assert await shop.status(queues, id_) == "pending"
        assert await queues.fetch("SELECT asked_at IS NOT NULL FROM mailroom.payment") is True

    (line,) = tell(scenario, "pending")
    assert line["said_paid"] is True


@pytest.mark.parametrize(("why", "verdict"), [("too_late", "late"), ("twice", "twice")])
def test_money_that_is_of_no_use_to_the_bot_goes_back(tell, shop, why, verdict):
    shop.give_back = why

    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        assert await shop.told(queues) == [
            ("paid", PRICE.amount_minor),
            (f"back {why}", PRICE.amount_minor),
        ]
        assert await shop.status(queues, id_) == "refunded"

    tell(scenario, verdict)


def test_money_given_back_by_another_hand_is_taken_from_the_bot(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        shop.provider.in_the_cabinet(f"p-{id_}", PRICE.amount_minor)
        await shop.work(queues, notice(f"p-{id_}", None), notice(f"p-{id_}", None, digest="e"))
        assert await shop.told(queues) == [("paid", PRICE.amount_minor), ("back owner", PRICE.amount_minor)]
        assert await shop.status(queues, id_) == "refunded"

    tell(scenario, "paid", "refunded", "duplicate")


def test_a_part_given_back_by_another_hand_is_told_and_changes_nothing(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, notice(f"p-{id_}"))
        shop.provider.in_the_cabinet(f"p-{id_}", 100)
        await shop.work(queues, notice(f"p-{id_}", None))
        assert await shop.rows(queues, id_) == [("gateway", 100, "done")]
        assert await shop.status(queues, id_) == "paid"

    tell(scenario, "paid", "partly_refunded")


def test_money_that_came_and_went_before_we_heard_of_it_buys_nothing(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        shop.provider.in_the_cabinet(f"p-{id_}", PRICE.amount_minor)
        await shop.work(queues, notice(f"p-{id_}"))
        assert (await shop.status(queues, id_), await shop.told(queues)) == ("refunded", [])

    tell(scenario, "refunded")


def test_polls_that_find_nothing_new_are_not_told(tell, shop):
    async def scenario(queues):
        id_ = await shop.open(queues)
        confirm = CONFIRM(Confirm(payment_id=id_), bot="shop")
        await shop.work(queues, confirm)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(queues, confirm)
        await shop.work(queues, confirm)

    tell(scenario, "paid")


def test_a_provider_that_is_down_is_asked_again(tell, shop):
    shop.provider.on_fetch.answers = [DOWN]

    async def scenario(queues):
        id_ = await shop.open(queues)
        await shop.work(queues, notice(f"p-{id_}"))
        assert (await shop.asked(queues)).state == "retrying"

    tell(scenario)
