"""A provider in memory that keeps payments as a real one does, and a bot that sells something."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mailroom.actors.accounts import account_handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.paying.refund import begin_giving_back
from mailroom.actors.payment import Follows, Purpose, payment_handlers
from mailroom.actors.providers.payments import (
    CreatedPayment,
    FetchedPayment,
    ListedRefund,
    Money,
    ProviderRefusedError,
    ProviderUnavailableError,
    Refund,
)
from mailroom.actors.providers.sums import Sums
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import created_at_provider, find_payment, open_payment
from mailroom.storage.postgres.refunds import find_refund, refunds_of
from tests.actors.jobs.queue_harness import Letter
from tests.rooms import transaction_on

PRICE = Money(149_000, "RUB")


@dataclass
class Trouble:
    """What the next calls of a kind are answered with."""

    answers: list

    def strike(self):
        if self.answers and (answer := self.answers.pop(0)) is not None:
            raise answer


DELIVER = Kind("shop.deliver", Letter, queue=Queue("delivery"))


class MemoryProvider:
    """Keeps payments by its own names, refunds by idempotency key. `lists`: it tells of its refunds."""

    signs_notices = True

    def __init__(self, name="yoomoney", can_refund=True, test=False, lists=True, kind="", formerly=()):
        self.name, self.can_refund, self.test = name, can_refund, test
        self.kind, self.names = kind or name, (name, *formerly)
        self.can_list_refunds = lists and can_refund
        self.payments = {}
        self.made = {}
        self.listed = {}
        self.asked_for = {}
        self.fetched = []
        self.refund_calls = []
        self.refund_state = "done"
        self.on_fetch, self.on_refund, self.on_list = Trouble([]), Trouble([]), Trouble([])
        self.after_refund = Trouble([])
        self.listed_since = []

    def sums(self, currency):
        return Sums(1, 10**12)

    async def create(self, order):
        id_ = self.made.setdefault(order.idempotency_key, f"p-{len(self.made) + 1}")
        self.payments.setdefault(
            id_, FetchedPayment(id_, "pending", order.money, reference=order.reference, test=self.test)
        )
        return CreatedPayment(id_, f"https://pay.example/{id_}")

    def put(self, id_, state, money=PRICE, **more):
        self.payments[id_] = FetchedPayment(id_, state, money, test=self.test, **more)

    def becomes(self, id_, state, **changes):
        self.payments[id_] = replace(self.payments[id_], state=state, **changes)

    async def fetch(self, provider_id):
        self.fetched.append(provider_id)
        self.on_fetch.strike()
        if provider_id not in self.payments:
            raise ProviderRefusedError(f"{self.name} knows no {provider_id}")
        return self.payments[provider_id]

    async def refund(self, order):
        self.refund_calls.append(order)
        self.on_refund.strike()
        if not self.can_refund:
            raise ProviderRefusedError("no refunds here")
        made = self.asked_for.setdefault(order.idempotency_key, order)
        assert made == order, "the same key, and something else was asked for"
        id_ = f"r-{order.idempotency_key}"
        listed = self.note_refund(
            order.provider_id, id_, order.money, self.refund_state, order.reference or None, order.reason
        )
        self.after_refund.strike()
        return Refund(id_, self.refund_state, listed.refusal, listed.words)

    async def refunds(self, provider_id):
        return self._listed_of(provider_id)

    def _listed_of(self, payment):
        return [one for of, one in self.listed.values() if of == payment]

    def note_refund(self, payment, id_, money, state, reference=None, reason="", **more):
        """A refund is there, and what has gone back of the payment with it."""
        at = self.listed[id_][1].created_at if id_ in self.listed else datetime.now(UTC)
        self.listed[id_] = payment, ListedRefund(id_, state, money, at, reference, reason, **more)
        gone = sum(one.money.amount_minor for one in self._listed_of(payment) if one.state == "done")
        known = self.payments[payment]
        state = "refunded" if gone >= known.money.amount_minor else "paid"
        self.becomes(payment, state, refunded_minor=gone)
        return self.listed[id_][1]

    def in_the_cabinet(self, payment, amount_minor, state="done", **more):
        """Somebody gives a part back without us; the refund's name."""
        id_ = f"r-cabinet-{len(self.listed)}"
        money = Money(amount_minor, self.payments[payment].money.currency)
        self.note_refund(payment, id_, money, state, **more)
        return id_

    def fails(self, id_, refusal="final", words="lost_or_stolen_card"):
        """A refund comes back."""
        payment, one = self.listed[id_]
        self.note_refund(
            payment, id_, one.money, "canceled", one.reference, one.reason, refusal=refusal, words=words
        )

    can_list = True

    async def made_since(self, moment):
        self.listed_since.append(moment)
        self.on_list.strike()
        found = [one for one in self.payments.values() if one.made_at is None or one.made_at >= moment]
        for start in range(0, len(found), 2):
            yield found[start : start + 2]

    async def verify_notice(self, notice):
        raise NotImplementedError


class Shop:
    """Something that is paid for: `told` is what it heard of its payments, each as a row of its own too."""

    def __init__(self, *providers):
        self.providers = {provider.name: provider for provider in providers or (MemoryProvider(),)}
        self.provider = next(iter(self.providers.values()))
        self.give_back = None
        purpose = Purpose(
            paid=self._paid,
            mismatched=self._mismatched,
            given_back=self._given_back,
            troubled=self._troubled,
        )
        self.purposes = {("shop", "shop.order"): purpose}
        self.jobs = [
            account_handlers(self.providers),
            payment_handlers("shop", self.providers, self.purposes),
        ]

    async def _paid(self, tx, payment):
        await self._tell(tx, "paid", payment, payment.amount_minor)
        if self.give_back:
            return Follows(give_back=self.give_back)
        await tx.enqueue(DELIVER(Letter(text=payment.reference), bot="shop"))
        return Follows()

    async def _mismatched(self, tx, payment, paid):
        await self._tell(tx, f"mismatched {paid.currency}", payment, paid.amount_minor)

    async def _given_back(self, tx, payment, back):
        how = "back" if back.to_payer else "owed"
        await self._tell(tx, f"{how} {back.why}", payment, back.money.amount_minor)

    async def _troubled(self, tx, payment, trouble):
        over = " all" if trouble.all_gone else ""
        await self._tell(tx, f"{trouble.what}{over}", payment, trouble.money.amount_minor)

    async def _tell(self, tx, what, payment, amount_minor):
        await tx.connection.execute(
            "INSERT INTO told (what, payment, amount) VALUES ($1, $2, $3)", what, payment.id, amount_minor
        )

    async def told(self, queues):
        rows = await aio(queues.pool.fetch, "SELECT what, amount FROM told ORDER BY id")
        return [tuple(row) for row in rows]

    async def open(self, queues, reference="1042", *, create=True, provider=None, bot="shop"):
        """A payment that somebody is asked for; `create`: our call of the provider has had its answer."""
        provider = provider or self.provider
        await queues.execute(
            "CREATE TABLE IF NOT EXISTS told (id serial, what text, payment bigint, amount bigint)"
        )
        payment = await aio(
            lambda: open_payment(
                queues.pool, bot=bot, provider=provider.name, purpose="shop.order", reference=reference,
                amount_minor=PRICE.amount_minor, currency=PRICE.currency,
            )
        )  # fmt: skip
        provider.put(f"p-{payment.id}", "pending", reference=payment.ref)
        if create:
            assert await aio(created_at_provider, queues.pool, payment.id, f"p-{payment.id}", "https://pay")
        return payment.id

    async def work(self, queues, *jobs):
        return await queues.run_all(self.jobs, *jobs)

    async def start(self, queues):
        """Both queues at work."""
        return [await queues.start(one) for one in self.jobs]

    async def asked(self, queues):
        """How the job ended, or stands, that asked for the payment of the last notice."""
        id_ = await queues.fetch(
            "SELECT max(job_id) FROM mailroom.outbox_event WHERE name = 'payment.confirm'"
        )
        return await queues.seen(id_)

    async def status(self, queues, payment_id):
        return (await aio(find_payment, queues.pool, payment_id)).status

    async def refund(self, queues, payment_id):
        return await aio(find_refund, queues.pool, payment_id)

    async def rows(self, queues, payment_id):
        """Its refunds: whose, how much, and what became of each."""
        return [
            ("gateway" if one.by_gateway else "ours", one.amount_minor, one.status)
            for one in await aio(refunds_of, queues.pool, payment_id)
        ]


async def give_back(queues, id_):
    """As an owner does; the jobs that were enqueued."""

    async def begin():
        async with transaction_on(queues.pool) as tx:
            if not await begin_giving_back(tx, id_, "owner"):
                return []
            return [await tx.connection.fetchval("SELECT max(id) FROM mailroom.outbox_job")]

    return await aio(begin)


DOWN = ProviderUnavailableError("503")
