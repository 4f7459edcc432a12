"""Notices that anybody may have sent: however many come, a gateway is asked rarely, and no payment waits for
another one's. Counted at the gateway's simulator.
"""

import json
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
import trio
from quart_trio import QuartTrio

from mailroom.actors.paying.kinds import RECONCILE, Reconcile
from mailroom.actors.paying.link import made_at
from mailroom.actors.providers.yookassa import YooKassa
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.payments.accounts import account_webhooks
from mailroom.ingress.payments.notices import PaymentWebhook
from mailroom.ops.simulators.payments.serving import simulator
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.payments import find_payment, open_payment
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.jobs.queue_harness import open_queues
from tests.actors.paying.memory_provider import Shop

FORGED = 350
EVENTS = ("payment.succeeded", "payment.canceled", "payment.waiting_for_capture", "refund.succeeded")


class NoticeFlood:
    """Two processes that take notices, on one Postgres; a queue of payments; and the gateway."""

    def __init__(self, queues, webhooks, http, url, provider):
        self.queues, self.webhooks, self.provider = queues, webhooks, provider
        self._http, self._url = http, url
        self.shop = Shop(provider)

    async def payment(self, reference):
        """A payment of ours, as the gateway has it."""
        row = await aio(
            lambda: open_payment(
                self.queues.pool, bot="shop", provider="yookassa", purpose="shop.order", reference=reference,
                amount_minor=149_000, currency="RUB",
            )
        )  # fmt: skip
        made = lambda: made_at(self.provider, row, self.queues.pool, description="x", return_url="https://x")  # noqa: E731
        return await aio(made)

    async def pays(self, payment):
        await self._control("act", gateway="yookassa", reference=payment.ref, act="pay")

    async def post(self, id_, event="payment.succeeded", webhook=0, more=""):
        """A notice about a payment, written by anybody."""
        object_ = {"id": id_, "payment_id": id_, "more": more}
        answer = await self.webhooks[webhook].post(
            "/webhook/payment/yookassa",
            data=json.dumps({"type": "notification", "event": event, "object": object_}),
            scope_base={"client": ("203.0.113.7", 4711)},
        )
        return SimpleNamespace(status=answer.status_code, wait=answer.headers.get("retry-after"))

    async def flood(self, ids):
        """As many notices at once, by both webhooks; how each was answered."""
        answers = []

        async def one(number, id_):
            answers.append(await self.post(id_, EVENTS[number % 4], number % 2, str(number)))

        async with trio.open_nursery() as nursery:
            for number, id_ in enumerate(ids):
                nursery.start_soon(one, number, id_)
        return sorted({(one.status, one.wait) for one in answers}, key=str), len(
            [one for one in answers if one.status == 200]
        )

    async def work(self):
        await self.shop.start(self.queues)
        await self.queues.quiet()

    async def looks(self):
        """Which payments the gateway was asked about."""
        answer = await aio(lambda: self._http.get(f"{self._url}/sim/calls", params={"method": "get"}))
        return [call["payment_id"] for call in answer.json()["calls"]]

    async def time_stands_still(self):
        """However slow this machine is: what waits for its time, or keeps others waiting, keeps on."""
        await self.queues.execute(
            "UPDATE mailroom.outbox_dedup SET expires_at = 'infinity' WHERE key LIKE 'look:%'"
        )
        await self.queues.execute("UPDATE mailroom.outbox_job SET run_at = now() + interval '1 hour'")

    async def allowance_is_over(self):
        """Time passes: the looks under way are over, and the seconds after them, too."""
        await self.queues.execute("DELETE FROM mailroom.outbox_dedup WHERE key LIKE 'look:%'")

    async def status(self, payment):
        return (await aio(find_payment, self.queues.pool, payment.id)).status

    async def _control(self, control, **given):
        answer = await aio(lambda: self._http.post(f"{self._url}/sim/{control}", json=given))
        assert answer.status_code == 200, answer.text


@pytest.fixture
def notices(jobs_url):  # noqa: F811
    """Run a test that is given a flood of notices."""

    def run(test):
        async def main():
            with trio.fail_after(60):
                async with open_queues(jobs_url) as queues, gateway() as (http, url):
                    provider = YooKassa(
                        http,
                        shop_id="demo",
                        secret_key="test_demo",
                        base_url=f"{url}/yookassa/v3",
                        sources=None,
                    )
                    webhooks = [_webhook(provider, queues) for _ in range(2)]
                    await queues.execute(
                        "CREATE TABLE told (id serial, what text, payment bigint, amount bigint)"
                    )
                    made = NoticeFlood(queues, webhooks, http, url, provider)
                    await made._control("notify", paused=True)
                    await test(made)

        host.run(main)

    return run


@asynccontextmanager
async def gateway():
    """The simulator, on the asyncio side."""
    running, http = simulator(), None
    served = await aio(running.__aenter__)
    try:
        http = await aio(_client)
        yield http, served.url
    finally:
        with trio.CancelScope(shield=True):
            if http is not None:
                await aio(http.aclose)
            await aio(lambda: running.__aexit__(None, None, None))


async def _client():
    return httpx.AsyncClient(trust_env=False)


def _webhook(provider, queues):
    app = QuartTrio("payments")
    enqueuer = Enqueuer(queues.pool, QueueNotifier(queues.pool))
    payments = PaymentWebhook({"yookassa": provider}, enqueuer, database=queues.pool)
    app.register_blueprint(account_webhooks({"payment": payments}))
    return app.test_client()


def test_seven_hundred_forged_notices_delay_nobody_else(notices):
    async def scenario(notices):
        own, other = await notices.payment("1042"), await notices.payment("1043")
        known = await notices.flood([own.provider_id] * FORGED)
        assert known == ([(200, None), (503, "5")], 1)
        made_up = await notices.flood([f"made-up-{number}" for number in range(FORGED)])
        assert made_up == ([(200, None), (503, "10")], 1)
        await notices.pays(other)
        assert (await notices.post(other.provider_id)).status == 200
        await notices.work()
        looks = await notices.looks()
        assert [looks.count(one.provider_id) for one in (own, other)] == [1, 1]
        assert len(looks) == 3
        assert await notices.status(other) == "paid"

    notices(scenario)


def test_a_payment_is_looked_at_again_once_the_seconds_are_over(notices):
    async def scenario(notices):
        own = await notices.payment("1042")
        assert (await notices.post(own.provider_id)).status == 200
        await notices.work()
        await notices.time_stands_still()
        await notices.pays(own)
        refused = await notices.post(own.provider_id)
        assert (refused.status, refused.wait) == (503, "5")
        await notices.allowance_is_over()
        assert (await notices.post(own.provider_id)).status == 200
        await notices.queues.quiet()
        assert await notices.status(own) == "paid"

    notices(scenario)


def test_what_was_not_looked_at_is_found_without_a_notice(notices):
    async def scenario(notices):
        own = await notices.payment("1042")
        await notices.post(own.provider_id, "payment.canceled")
        await notices.pays(own)
        assert (await notices.post(own.provider_id)).status == 503
        await notices.queues.execute("DELETE FROM mailroom.outbox_job")
        await notices.queues.execute("UPDATE mailroom.payment SET created_at = now() - interval '6 minutes'")
        await notices.queues.enqueue(RECONCILE(Reconcile()))
        await notices.work()
        assert await notices.status(own) == "paid"

    notices(scenario)


def test_a_forged_notice_of_a_payment_that_pends_is_not_asked_about_more_often_than_allowed(notices):
    async def scenario(notices):
        own = await notices.payment("1042")
        await notices.post(own.provider_id)
        await notices.work()
        await notices.time_stands_still()
        waits = (
            "SELECT backoff_seconds, backoff_jitter FROM mailroom.outbox_job WHERE name = 'payment.confirm'"
        )
        assert [tuple(row) for row in await aio(notices.queues.pool.fetch, waits)] == [(5.0, 0.0)]
        assert (await notices.flood([own.provider_id] * 20))[1] == 0
        assert len(await notices.looks()) == 1

    notices(scenario)
