"""A provider in memory that keeps payments as a real one does, and a bot that sells something."""

from mailroom.actors.accounts import account_handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.paying.refund import begin_giving_back
from mailroom.actors.payment import Follows, Purpose, payment_handlers
from mailroom.actors.providers.payments import Money, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.storage.postgres.payments import created_at_provider, find_payment, open_payment
from mailroom.storage.postgres.refunds import find_refund, refunds_of
from tests.actors.jobs.queue_harness import Letter
from tests.rooms import transaction_on

PRICE = Money(149_000, "RUB")
DELIVER = Kind("shop.deliver", Letter, queue=Queue("delivery"))


class MemoryProvider(MemoryAccount):
    """Where everything costs the same."""

    def put(self, id_, state, money=PRICE, **more):
        super().put(id_, state, money, **more)


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
