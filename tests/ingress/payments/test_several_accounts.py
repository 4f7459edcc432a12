"""Several accounts of a kind behind one address: a notice reaches the account that it is for, and no
other.
"""

import hmac
import json
import time
from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
import trio
from quart_trio import QuartTrio

from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.providers.aaio import Aaio, sign
from mailroom.actors.providers.stripe import Stripe
from mailroom.actors.providers.yookassa import YooKassa
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.payments.accounts import account_webhooks
from mailroom.ingress.payments.notices import PaymentWebhook
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.payments import created_at_provider, open_payment
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.jobs.queue_harness import open_queues


def accounts():
    http = httpx.AsyncClient()

    def yookassa(*names, shop_id):
        return YooKassa(http, names=names, shop_id=shop_id, secret_key="test_k", sources=None)

    def aaio(name, merchant_id):
        return Aaio(http, names=(name,), merchant_id=merchant_id, secret_1="1", secret_2="2", api_key="k")

    def stripe(name, secret):
        return Stripe(http, names=(name,), secret_key="sk_test_1", webhook_secret=secret)

    return [
        yookassa("yookassa", shop_id="100"),
        yookassa("second", "first", shop_id="200"),
        aaio("aaio", "m-1"),
        aaio("other", "m-2"),
        stripe("main", "whsec_main"),
        stripe("spare", "whsec_spare"),
    ]


@pytest.fixture
def webhook(jobs_url):  # noqa: F811
    """Run a test that is given a way to post, and queues."""

    def run(test):
        async def main():
            with trio.fail_after(30):
                async with open_queues(jobs_url) as queues:
                    app = QuartTrio("payments")
                    enqueuer = Enqueuer(queues.pool, QueueNotifier(queues.pool))
                    payments = PaymentWebhook(Accounts(accounts()), enqueuer, database=queues.pool)
                    app.register_blueprint(account_webhooks({"payment": payments}))
                    await test(Webhook(app.test_client(), queues))

        host.run(main)

    return run


class Webhook:
    def __init__(self, client, queues):
        self._client, self.queues = client, queues

    async def post(self, name, body, **headers):
        answer = await self._client.post(
            f"/webhook/payment/{name}",
            data=body,
            headers=headers,
            scope_base={"client": ("203.0.113.7", 4711)},
        )
        return SimpleNamespace(status=answer.status_code, text=(await answer.get_data()).decode())

    async def in_line(self):
        """Which account looks into which payment."""
        rows = await aio(self.queues.pool.fetch, "SELECT payload FROM mailroom.outbox_job ORDER BY id")
        payloads = [json.loads(row[0]) for row in rows]
        return sorted((one["provider"], one["provider_id"]) for one in payloads)

    async def knows(self, account, provider_id):
        async def write():
            row = await open_payment(
                self.queues.pool, bot="shop", provider=account, purpose="shop.order", reference="1042",
                amount_minor=149_000, currency="RUB",
            )  # fmt: skip
            await created_at_provider(self.queues.pool, row.id, provider_id)

        await aio(write)


def of_yookassa(id_, shop_id, event="payment.succeeded"):
    object_ = {"id": id_, "payment_id": id_}
    if shop_id is not None:
        object_["recipient"] = {"account_id": shop_id, "gateway_id": "7"}
    return json.dumps({"type": "notification", "event": event, "object": object_})


def of_aaio(merchant_id, order_id="1042"):
    paid = {"merchant_id": merchant_id, "order_id": order_id, "amount": "10", "currency": "RUB"}
    return urlencode({**paid, "status": "success", "sign": sign(merchant_id, "10", "RUB", "2", order_id)})


def of_stripe(secret, id_="cs_test_1"):
    event = {"type": "checkout.session.completed", "data": {"object": {"id": id_, "payment_status": "paid"}}}
    body = json.dumps(event).encode()
    at = str(int(time.time()))
    signature = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={at},v1={signature}"}


def test_a_kinds_address_finds_the_account_that_a_notice_of_yookassa_names(webhook):
    async def test(webhook):
        assert (await webhook.post("yookassa", of_yookassa("p-1", "100"))).status == 200
        assert (await webhook.post("yookassa", of_yookassa("p-2", "200"))).status == 200
        assert (await webhook.post("yookassa", of_yookassa("p-3", "300"))).status == 401
        assert await webhook.in_line() == [("second", "p-2"), ("yookassa", "p-1")]

    webhook(test)


def test_a_notice_for_another_account_is_refused_at_an_accounts_own_address(webhook):
    async def test(webhook):
        assert (await webhook.post("second", of_yookassa("p-1", "100"))).status == 401
        assert (await webhook.post("second", of_yookassa("p-2", "200"))).status == 200
        assert (await webhook.post("other", of_aaio("m-1"))).status == 401
        body, signed = of_stripe("whsec_main")
        assert (await webhook.post("spare", body, **signed)).status == 401
        assert await webhook.in_line() == [("second", "p-2")]

    webhook(test)


def test_a_kinds_address_finds_the_account_of_aaio_by_its_merchant_and_of_stripe_by_its_signature(webhook):
    async def test(webhook):
        for merchant in ("m-2", "m-1"):
            assert (await webhook.post("aaio", of_aaio(merchant, f"of-{merchant}"))).status == 200
        assert (await webhook.post("aaio", of_aaio("m-3"))).status == 401
        for secret in ("main", "spare"):
            body, signed = of_stripe(f"whsec_{secret}", f"cs_test_{secret}")
            assert (await webhook.post("stripe", body, **signed)).status == 200
        body, signed = of_stripe("whsec_guess")
        assert (await webhook.post("stripe", body, **signed)).status == 401
        assert await webhook.in_line() == [
            ("aaio", "of-m-1"),
            ("main", "cs_test_main"),
            ("other", "of-m-2"),
            ("spare", "cs_test_spare"),
        ]

    webhook(test)


def test_a_notice_that_does_not_say_whose_it_is_goes_to_the_account_that_knows_the_payment(webhook):
    """YooKassa's notices of refunds name the payment, and no shop."""

    async def test(webhook):
        await webhook.knows("first", "p-7")  # written before the account was renamed
        assert (await webhook.post("yookassa", of_yookassa("p-7", None, "refund.succeeded"))).status == 200
        assert await webhook.in_line() == [("second", "p-7")]

    webhook(test)


def test_where_nobody_knows_the_payment_each_account_that_it_may_be_of_asks(webhook):
    async def test(webhook):
        assert (await webhook.post("yookassa", of_yookassa("p-9", None, "refund.succeeded"))).status == 200
        assert await webhook.in_line() == [("second", "p-9"), ("yookassa", "p-9")]

    webhook(test)


def test_a_former_name_is_the_address_of_its_account(webhook):
    async def test(webhook):
        assert (await webhook.post("first", of_yookassa("p-2", "200"))).status == 200
        assert (await webhook.post("first", of_yookassa("p-1", "100"))).status == 401
        assert await webhook.in_line() == [("second", "p-2")], "under the name that it has now"

    webhook(test)


def test_an_unknown_name_is_told_which_accounts_there_are(webhook):
    async def test(webhook):
        answer = await webhook.post("third", of_yookassa("p-1", "100"))
        assert answer.status == 404
        assert "there are: yookassa, second, aaio, other, main, spare" in answer.text
        answer = await webhook._client.post("/webhook/crm/zoho", data=b"{}")
        assert answer.status_code == 404

    webhook(test)
