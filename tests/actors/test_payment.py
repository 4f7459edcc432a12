"""A payment is paid once, and what follows from it is enqueued once, whatever the provider does."""

import asyncio
from decimal import Decimal

import pytest

from mailroom.actors.accounts import account_handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.paying.kinds import CONFIRM, RECONCILE, Confirm, Reconcile
from mailroom.actors.payment import Follows, NotPayableError, Purpose, payment_handlers
from mailroom.actors.providers.payments import (
    FetchedPayment,
    Money,
    MoneyError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.sums import Sums
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import (
    created_at_provider,
    find_payment,
    find_payment_at,
    mark_refunded,
    open_payment,
)
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.jobs.queue_harness import Letter

DELIVER = Kind("shop.deliver", Letter, queue=Queue("delivery"))


class Provider:
    """A provider that says what the test wants."""

    kind, name, names, test, can_refund = "yoomoney", "yoomoney", ("yoomoney",), False, True

    def __init__(self):
        self.says = FetchedPayment("p-1", "paid", Money(149_000, "RUB"))
        self.asked = []

    def sums(self, currency):
        return Sums(1, 10**12)

    async def fetch(self, provider_id):
        self.asked.append(provider_id)
        if isinstance(self.says, BaseException):
            raise self.says
        return self.says

    async def refund(self, order):
        raise ProviderUnavailableError("not now", retry_after=3600)


class Seller:
    """The queue of payments, and a shop behind it."""

    def __init__(self):
        self.provider = Provider()
        purpose = Purpose(paid=self.on_paid, mismatched=self.on_mismatch, given_back=self.on_given_back)
        providers = {"yoomoney": self.provider}
        self.jobs = [
            account_handlers(providers),
            payment_handlers("shop", providers, {("shop", "shop.order"): purpose}),
        ]
        self.fails, self.failure = 0, RuntimeError("the shop is ill")
        self.give_back = None
        self.told = []

    async def on_paid(self, tx, payment):
        await tx.connection.execute("INSERT INTO sold VALUES ($1)", payment.reference)
        if self.fails:
            self.fails -= 1
            raise self.failure
        await tx.enqueue(DELIVER(Letter(text=payment.reference), bot="shop"))
        return Follows(self.give_back)

    async def on_mismatch(self, tx, payment, paid):
        self.told.append(("mismatch", payment.reference, str(paid)))

    async def on_given_back(self, tx, payment, back):
        self.told.append((back.why, payment.reference, str(back.money), back.to_payer))

    async def opened(self, queues, provider_id="p-1", reference=None, purpose="shop.order"):
        reference = reference or ("1042" if provider_id == "p-1" else provider_id)
        await queues.execute("CREATE TABLE IF NOT EXISTS sold (reference text)")
        payment = await aio(
            lambda: open_payment(
                queues.pool, bot="shop", provider="yoomoney", purpose=purpose, reference=reference,
                amount_minor=149_000, currency="RUB",
            )
        )  # fmt: skip
        assert await aio(created_at_provider, queues.pool, payment.id, provider_id)
        return payment.id

    def confirm(self, payment_id, **options):
        notified = options.pop("notified", False)
        return CONFIRM(Confirm(payment_id=payment_id, notified=notified), bot="shop", **options)

    async def work(self, queues, *jobs):
        return await queues.run_all(self.jobs, *jobs)

    async def start(self, queues):
        for one in self.jobs:
            await queues.start(one)

    async def status(self, queues, payment_id):
        return (await aio(find_payment, queues.pool, payment_id)).status

    async def followed(self, queues):
        return await queues.fetch("SELECT count(*) FROM mailroom.outbox_job WHERE queue = 'shop.delivery'")


@pytest.fixture
def seller():
    return Seller()


def test_a_payment_that_the_provider_confirms_is_paid_and_has_its_consequences(play, seller):  # noqa: F811
    async def scenario(queues):
        id_ = await seller.opened(queues)
        assert await seller.work(queues, seller.confirm(id_)) == [["done"]]
        assert await seller.status(queues, id_) == "paid"
        assert await seller.followed(queues) == 1
        assert await queues.fetch("SELECT array_agg(reference) FROM sold") == ["1042"]

    play(scenario)


def test_any_number_of_notices_pay_once(play, seller):  # noqa: F811
    async def scenario(queues):
        id_ = await seller.opened(queues)
        stories = await seller.work(queues, *(seller.confirm(id_, notified=True) for _ in range(10)))
        assert stories == [["done"]] * 10
        assert await seller.followed(queues) == 1
        assert await queues.fetch("SELECT count(*) FROM sold") == 1

    play(scenario)
    assert len(seller.provider.asked) == 10


def test_what_follows_fails_and_nothing_is_paid_until_it_works(play, seller):  # noqa: F811
    seller.fails = 1

    async def scenario(queues):
        id_ = await seller.opened(queues)
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.until_true(lambda: retried(queues, job))
        assert await seller.status(queues, id_) == "pending"
        assert await queues.fetch("SELECT count(*) FROM sold") == 0
        await aio(queues.on_call().retry, [job])
        queues.listener.wake("shop.payment")
        await queues.until_true(lambda: paid(queues, id_))
        assert await seller.followed(queues) == await queues.fetch("SELECT count(*) FROM sold") == 1

    async def retried(queues, job):
        return await queues.story(job) == ["retry"]

    async def paid(queues, id_):
        return await seller.status(queues, id_) == "paid"

    play(scenario)


@pytest.mark.parametrize(
    "says", [Money(148_999, "RUB"), Money(149_001, "RUB"), Money(149_000, "USD")], ids=str
)
def test_the_wrong_money_buys_nothing_and_is_on_its_way_back(play, seller, says):  # noqa: F811
    seller.provider.says = FetchedPayment("p-1", "paid", says)

    async def scenario(queues):
        id_ = await seller.opened(queues)
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.until_true(lambda: done(queues, job))
        payment = await aio(find_payment, queues.pool, id_)
        assert (payment.paid_minor, payment.paid_currency) == (says.amount_minor, says.currency)
        assert await seller.followed(queues) == await queues.fetch("SELECT count(*) FROM sold") == 0
        assert await queues.fetch("SELECT amount_minor FROM mailroom.payment_refund") == says.amount_minor
        assert seller.told[0] == ("mismatch", "1042", str(says))

    async def done(queues, job):
        return await queues.story(job) == ["done"]

    play(scenario)


def test_a_payment_that_no_bot_can_place_waits_for_somebody_to_look(play, seller):  # noqa: F811
    seller.fails, seller.failure = 99, NotPayableError("there is no order 1042")

    async def scenario(queues):
        id_ = await seller.opened(queues)
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.quiet()
        dead = await queues.seen(job)
        assert (dead.state, dead.last_error) == ("dead", "there is no order 1042")
        assert await seller.status(queues, id_) == "pending"
        assert await queues.fetch("SELECT count(*) FROM sold") == 0

    play(scenario)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (FetchedPayment("p-2", "paid", Money(149_000, "RUB")), "answered for p-2 instead of p-1"),
        (FetchedPayment("p-1", "paid", Money(149_000, "RUB"), test=True), "a test payment"),
        (FetchedPayment("p-1", "paid", Money(149_000, "RUB"), reference="77"), "pays for 77"),
        (ProviderRefusedError("bad key"), "refused to tell: bad key"),
    ],
)
def test_another_payment_pays_nothing(play, seller, says, why):  # noqa: F811
    seller.provider.says = says

    async def scenario(queues):
        id_ = await seller.opened(queues)
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.quiet()
        assert why in (await queues.seen(job)).last_error
        assert await seller.status(queues, id_) == "pending"

    play(scenario)


def test_a_provider_that_is_down_is_asked_again_when_it_said(play, seller):  # noqa: F811
    seller.provider.says = ProviderUnavailableError("503", retry_after=3600)

    async def scenario(queues):
        id_ = await seller.opened(queues)
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.quiet()
        seen = await queues.seen(job)
        assert (seen.state, seen.attempts) == ("retrying", 1)
        assert (seen.run_at - seen.created_at).total_seconds() > 3000
        assert "503" in seen.last_error

    play(scenario)


def test_pending_is_no_news_unless_a_notice_said_otherwise(play, seller):  # noqa: F811
    seller.provider.says = FetchedPayment("p-1", "pending", Money(149_000, "RUB"))

    async def scenario(queues):
        id_ = await seller.opened(queues)
        quiet, noticed = await queues.enqueue(seller.confirm(id_), seller.confirm(id_, notified=True))
        await seller.start(queues)
        await queues.until_true(lambda: both(queues, quiet, noticed))
        assert await seller.status(queues, id_) == "pending"

    async def both(queues, quiet, noticed):
        return (await queues.story(quiet), await queues.story(noticed)) == (["done"], ["retry"])

    play(scenario)


@pytest.mark.parametrize("state", ["canceled", "refunded"])
def test_a_payment_that_came_to_nothing_is_marked_so(play, seller, state):  # noqa: F811
    seller.provider.says = FetchedPayment("p-1", state, Money(149_000, "RUB"))

    async def scenario(queues):
        id_ = await seller.opened(queues)
        assert await seller.work(queues, seller.confirm(id_)) == [["done"]]
        assert await seller.status(queues, id_) == state
        assert await seller.followed(queues) == 0

    play(scenario)


def test_money_that_came_back_is_not_paid_again_by_a_late_notice(play, seller):  # noqa: F811
    async def scenario(queues):
        id_ = await seller.opened(queues)
        await seller.work(queues, seller.confirm(id_))
        assert await aio(mark_refunded, queues.pool, id_)
        await seller.work(queues, seller.confirm(id_))
        assert await seller.status(queues, id_) == "refunded"
        assert await seller.followed(queues) == 1

    play(scenario)


def test_a_payment_without_consequences_waits_for_somebody_to_look(play, seller):  # noqa: F811
    async def scenario(queues):
        id_ = await seller.opened(queues, purpose="sauna.hour")
        (job,) = await queues.enqueue(seller.confirm(id_))
        await seller.start(queues)
        await queues.quiet()
        assert "nobody says what follows from sauna.hour" in (await queues.seen(job)).last_error
        assert await seller.status(queues, id_) == "pending"

    play(scenario)


def test_a_provider_that_answers_slowly_holds_up_no_other_payment(play, seller):  # noqa: F811
    started = []

    async def slow(provider_id):
        if provider_id == "slow":
            await asyncio.Event().wait()
        started.append(provider_id)
        return FetchedPayment(provider_id, "paid", Money(149_000, "RUB"))

    seller.provider.fetch = slow

    async def scenario(queues):
        slow_id = await seller.opened(queues, "slow")
        others = [await seller.opened(queues, f"p-{number}") for number in range(30)]
        await queues.enqueue(seller.confirm(slow_id), *(seller.confirm(id_) for id_ in others))
        await seller.start(queues)
        await queues.until(lambda: len(started) == 30)

    play(scenario)


# Reconciliation


def test_payments_that_have_been_pending_for_a_while_are_asked_for(play, seller):  # noqa: F811
    async def scenario(queues):
        old, new = await seller.opened(queues, "old"), await seller.opened(queues, "new")
        unknown = await aio(
            lambda: open_payment(
                queues.pool,
                bot="shop",
                provider="yoomoney",
                purpose="x",
                reference="y",
                amount_minor=1,
                currency="RUB",
            )
        )
        await age(queues, old, minutes=6)
        await age(queues, unknown.id, minutes=6)
        seller.provider.says = FetchedPayment("old", "paid", Money(149_000, "RUB"))
        await queues.enqueue(RECONCILE(Reconcile()))
        await seller.start(queues)
        await queues.until_true(lambda: paid(queues, old))
        assert await seller.status(queues, new) == "pending"

    async def paid(queues, id_):
        return await seller.status(queues, id_) == "paid"

    play(scenario)
    assert seller.provider.asked == ["old"]


def test_a_payment_is_asked_for_more_rarely_the_older_it_is_and_at_last_no_more(play, seller):  # noqa: F811
    seller.provider.says = FetchedPayment("p-1", "pending", Money(149_000, "RUB"))

    async def asked_after(queues, id_, *, minutes, since):
        await age(queues, id_, minutes=minutes)
        await queues.execute(
            "UPDATE mailroom.payment SET asked_at = now() - make_interval(mins => $1)", since
        )
        await queues.execute("DELETE FROM mailroom.outbox_dedup")
        before = len(seller.provider.asked)
        await seller.work(queues, RECONCILE(Reconcile()))
        return len(seller.provider.asked) - before

    async def scenario(queues):
        id_ = await seller.opened(queues)
        assert await asked_after(queues, id_, minutes=10, since=6) == 1
        assert await asked_after(queues, id_, minutes=100, since=6) == 0
        assert await asked_after(queues, id_, minutes=100, since=30) == 1
        assert await asked_after(queues, id_, minutes=8 * 24 * 60, since=7 * 24 * 60) == 0

    play(scenario)


def test_rounds_that_overlap_ask_once(play, seller):  # noqa: F811
    async def scenario(queues):
        await age(queues, await seller.opened(queues), minutes=6)
        stories = await seller.work(queues, *(RECONCILE(Reconcile()) for _ in range(5)))
        assert stories == [["done"]] * 5

    play(scenario)
    assert seller.provider.asked == ["p-1"]


async def age(queues, payment_id, *, minutes):
    await queues.execute(
        "UPDATE mailroom.payment SET created_at = now() - make_interval(mins => $2) WHERE id = $1",
        payment_id,
        minutes,
    )


# Rows and money


def test_a_providers_name_for_a_payment_is_unique_and_stays(play, seller):  # noqa: F811
    async def scenario(queues):
        first, second = await seller.opened(queues, "p-1"), await seller.opened(queues, "p-2")
        assert (await aio(find_payment_at, queues.pool, ["yoomoney"], "p-2")).id == second
        assert await aio(created_at_provider, queues.pool, first, "p-1")
        assert not await aio(created_at_provider, queues.pool, first, "p-3")
        with pytest.raises(Exception, match="payment_provider_provider_id_key"):
            await seller.opened(queues, "p-1", reference="another")

    play(scenario)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1490.00", "RUB", 149_000), ("1490", "rub", 149_000), ("0.01", "USD", 1), ("50", "XTR", 50),
     ("15.92", "USDT", 15_920_000)],
)  # fmt: skip
def test_money_is_read_as_providers_write_it(amount, currency, minor):
    money = Money.parse(amount, currency)
    assert money == Money(minor, currency.upper())
    assert Decimal(money.decimal) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.001", "RUB"), ("1.5", "XTR"), ("much", "RUB"), ("NaN", "RUB")]
)
def test_an_amount_that_is_none_is_refused(amount, currency):
    with pytest.raises(MoneyError):
        Money.parse(amount, currency)
