"""Whatever notice comes, and in whatever order: each ends right, with one line in the log and a count."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from actors.payment import CONFIRM, Confirm, Noticed, PaymentActor, noticed_job
from actors.providers.payments import Money
from actors.runtime.bridge import aio
from storage.postgres.payments import created_at_provider, find_payment, mark_canceled
from tests.actors.jobs.conftest import jobs_template, jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.till import DOWN, PRICE, Shop


def notice(provider_id, state="paid", provider="yoomoney", digest="d"):
    return noticed_job(Noticed(provider=provider, provider_id=provider_id, state=state), digest=digest)


def counted(verdict, provider="yoomoney"):
    labels = {"provider": provider, "verdict": verdict}
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
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        assert await shop.work(stand, notice(f"p-{id_}")) == [["done"]]
        assert await shop.status(stand, id_) == "paid"
        assert (
            await stand.fetch("SELECT trace FROM outbox_job WHERE queue = 'delivery'") == f"yoomoney:p-{id_}"
        )

    (line,) = tell(scenario, "paid")
    assert (line["purpose"], line["reference"], line["money"]) == ("shop.order", "1042", "1490.00 RUB")


def test_the_same_notice_again_changes_nothing(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        await stand.execute("DELETE FROM outbox_dedup")
        await shop.work(stand, notice(f"p-{id_}"))
        assert await shop.told(stand) == [("paid", PRICE.amount_minor)]

    tell(scenario, "paid", "duplicate")


def test_the_same_notice_fifty_times_in_line_is_one_job(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, *(notice(f"p-{id_}") for _ in range(50)))
        assert shop.provider.fetched == [f"p-{id_}"]

    tell(scenario, "paid")


@pytest.mark.parametrize(
    ("paid", "currency"), [(148_999, "RUB"), (149_001, "RUB"), (1, "RUB"), (149_000, "USD")]
)
def test_the_wrong_money_buys_nothing_and_goes_back_as_it_came(tell, shop, paid, currency):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid", money=Money(paid, currency))
        await shop.work(stand, notice(f"p-{id_}"))
        assert await shop.told(stand) == [(f"mismatched {currency}", paid), ("back mismatch", paid)]
        payment = await aio(find_payment, stand.pool, id_)
        assert (payment.status, payment.paid_minor, payment.paid_currency) == ("refunded", paid, currency)
        assert [order.money for order in shop.provider.refund_calls] == [Money(paid, currency)]
        assert await stand.fetch("SELECT count(*) FROM outbox_job WHERE queue = 'delivery'") == 0
        # The thing can be paid for anew, by another payment.
        assert await shop.open(stand) != id_

    (line,) = tell(scenario, "mismatched")
    assert line["asked_for"] == "1490.00 RUB"


def test_a_notice_of_something_that_nobody_knows_is_no_dead_letter(tell, shop):
    async def scenario(stand):
        assert await shop.work(stand, notice("made-up")) == [["done"]]

    (line,) = tell(scenario, "unknown")
    assert "knows no made-up" in line["why"]


@pytest.mark.parametrize("state", ["pending", "canceled", "refunded"])
def test_somebody_elses_payment_that_is_not_paid_is_nothing_to_us(tell, shop, state):
    async def scenario(stand):
        shop.provider.put("foreign", state, reference="their-77")
        assert await shop.work(stand, notice("foreign")) == [["done"]]

    tell(scenario, "unknown")


@pytest.mark.parametrize("reference", ["their-77", "77", "9" * 40, "٧٧"])
def test_money_that_came_for_nothing_of_ours_is_for_a_person_to_see(tell, shop, reference):
    async def scenario(stand):
        shop.provider.put("foreign", "paid", reference=reference)
        (job,) = await stand.enqueue(notice("foreign"))
        await shop.work(stand)
        dead = await stand.seen(job)
        assert dead.state == "dead"
        assert dead.last_error.startswith(f"1490.00 RUB were paid at yoomoney as foreign, for {reference}")

    tell(scenario, "unclaimed")


def test_a_notice_that_overtakes_our_own_create_call_finds_its_payment(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand, create=False)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        payment = await aio(find_payment, stand.pool, id_)
        assert (payment.status, payment.provider_id) == ("paid", f"p-{id_}")
        # And when the answer to the call comes at last, it fits.
        assert await aio(created_at_provider, stand.pool, id_, f"p-{id_}", "https://pay")

    tell(scenario, "paid")


def test_a_second_payment_at_the_provider_for_one_of_ours_is_for_a_person_to_see(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.put("p-second", "paid", reference=str(id_))
        (job,) = await stand.enqueue(notice("p-second"))
        await shop.work(stand)
        assert (await stand.seen(job)).state == "dead"
        assert await shop.status(stand, id_) == "pending"

    tell(scenario, "unclaimed")


def test_canceled_after_succeeded_stays_paid(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        await shop.work(stand, notice(f"p-{id_}", "canceled"))
        assert await shop.status(stand, id_) == "paid"

    tell(scenario, "paid", "duplicate")


def test_succeeded_after_canceled_is_paid(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        assert await aio(mark_canceled, stand.pool, id_)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        assert await shop.told(stand) == [("paid", PRICE.amount_minor)]

    tell(scenario, "paid")


def test_a_provider_that_takes_its_word_back_is_for_a_person_to_see(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        shop.provider.becomes(f"p-{id_}", "canceled")
        (job,) = await stand.enqueue(notice(f"p-{id_}", "canceled"))
        await shop.work(stand)
        assert "says that it was canceled, and it was paid" in (await stand.seen(job)).last_error

    tell(scenario, "paid", "disputed")


@pytest.mark.parametrize(("state", "verdict"), [("canceled", "canceled"), ("pending", "pending")])
def test_a_notice_of_what_has_not_been_paid_is_told_as_it_is(tell, shop, state, verdict):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", state)
        assert await shop.work(stand, notice(f"p-{id_}", state)) == [["done"]]
        assert await shop.status(stand, id_) == state

    tell(scenario, verdict)


def test_a_notice_that_says_paid_too_early_is_asked_about_again(play, shop):  # noqa: F811
    async def scenario(stand):
        id_ = await shop.open(stand)
        (job,) = await stand.enqueue(notice(f"p-{id_}"))
        await stand.start(shop.jobs, PaymentActor)
        await stand.until_true(lambda: story(stand, job, ["retry"]))
        shop.provider.becomes(f"p-{id_}", "paid")
        await aio(stand.on_call().retry, [job])
        stand.ears.wake("payment")
        await stand.until_true(lambda: over(stand, id_))

    async def story(stand, job, wanted):
        return await stand.story(job) == wanted

    async def over(stand, id_):
        return await shop.status(stand, id_) == "paid"

    play(scenario)


def test_a_payer_who_makes_up_a_paid_notice_leaves_no_dead_letter(tell, shop, monkeypatch):
    monkeypatch.setattr("actors.jobs.context.JobContext.is_last_attempt", True)

    async def scenario(stand):
        id_ = await shop.open(stand)
        assert await shop.work(stand, notice(f"p-{id_}")) == [["done"]]
        assert await shop.status(stand, id_) == "pending"
        assert await stand.fetch("SELECT asked_at IS NOT NULL FROM payment") is True

    (line,) = tell(scenario, "pending")
    assert line["said_paid"] is True


@pytest.mark.parametrize(("why", "verdict"), [("too_late", "late"), ("twice", "twice")])
def test_money_that_is_of_no_use_to_the_bot_goes_back(tell, shop, why, verdict):
    shop.give_back = why

    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        assert await shop.told(stand) == [
            ("paid", PRICE.amount_minor),
            (f"back {why}", PRICE.amount_minor),
        ]
        assert await shop.status(stand, id_) == "refunded"

    tell(scenario, verdict)


def test_money_given_back_by_another_hand_is_taken_from_the_bot(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        shop.provider.becomes(f"p-{id_}", "refunded", refunded_minor=PRICE.amount_minor)
        await shop.work(stand, notice(f"p-{id_}", None), notice(f"p-{id_}", None, digest="e"))
        assert await shop.told(stand) == [("paid", PRICE.amount_minor), ("back owner", PRICE.amount_minor)]
        assert await shop.status(stand, id_) == "refunded"

    tell(scenario, "paid", "refunded", "duplicate")


def test_a_part_given_back_by_another_hand_is_told_and_changes_nothing(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, notice(f"p-{id_}"))
        shop.provider.becomes(f"p-{id_}", "paid", refunded_minor=100)
        await shop.work(stand, notice(f"p-{id_}", None))
        assert await shop.status(stand, id_) == "paid"

    tell(scenario, "paid", "partly_refunded")


def test_money_that_came_and_went_before_we_heard_of_it_buys_nothing(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        shop.provider.becomes(f"p-{id_}", "refunded", refunded_minor=PRICE.amount_minor)
        await shop.work(stand, notice(f"p-{id_}"))
        assert (await shop.status(stand, id_), await shop.told(stand)) == ("refunded", [])

    tell(scenario, "refunded")


def test_polls_that_find_nothing_new_are_not_told(tell, shop):
    async def scenario(stand):
        id_ = await shop.open(stand)
        confirm = shop.jobs.new(CONFIRM, Confirm(payment_id=id_))
        await shop.work(stand, confirm)
        shop.provider.becomes(f"p-{id_}", "paid")
        await shop.work(stand, confirm)
        await shop.work(stand, confirm)

    tell(scenario, "paid")


def test_a_provider_that_is_down_is_asked_again(tell, shop):
    shop.provider.on_fetch.answers = [DOWN]

    async def scenario(stand):
        id_ = await shop.open(stand)
        (job,) = await stand.enqueue(notice(f"p-{id_}"))
        await shop.work(stand)
        assert (await stand.seen(job)).state == "retrying"

    tell(scenario)
