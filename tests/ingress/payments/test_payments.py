"""The webhook of payment providers: what gets in, what is told to those who do not, and that it is
durable.
"""

import hmac
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
import trio
from prometheus_client import REGISTRY
from quart_trio import QuartTrio
from structlog.testing import capture_logs

from mailroom.actors.providers.aaio import Aaio, sign
from mailroom.actors.providers.payments import NoticedPayment, NoticeRefusedError, ProviderUnavailableError
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.http.peer import networks, peer_of
from mailroom.ingress.payments.accounts import NOTICE_BYTES_MAX, account_webhooks
from mailroom.ingress.payments.notices import PaymentWebhook
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.jobs.queue_harness import open_queues
from tests.actors.paying.memory_provider import MemoryProvider, Shop

WEBHOOK = "/webhook/payment/yoomoney"
SECRET = "genuine"


class Signed(MemoryProvider):
    """Its notices are `payment state`, and signed by a header."""

    def __init__(self, name="yoomoney"):
        super().__init__(name)
        self.seen = []
        self.unsure = None

    async def verify_notice(self, notice):
        self.seen.append(notice)
        if self.unsure is not None:
            raise self.unsure
        if not hmac.compare_digest(notice.headers.get("x-signature", ""), SECRET):
            raise NoticeRefusedError("the signature is not yoomoney's")
        words = notice.body.decode().split()
        return [
            NoticedPayment(id_, None if state == "-" else state)
            for id_, state in zip(words[::2], words[1::2], strict=True)
        ]


@pytest.fixture
def provider():
    return Signed()


@pytest.fixture
def webhook(jobs_url, provider):  # noqa: F811
    """Run a test that is given a client, and queues."""

    def run(test, trusted=(), wrap=lambda enqueuer: enqueuer):
        async def main():
            with trio.fail_after(30):
                async with open_queues(jobs_url) as queues:
                    enqueuer = wrap(Enqueuer(queues.pool, QueueNotifier(queues.pool)))
                    app = QuartTrio("payments")
                    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
                    real = Aaio(
                        httpx.AsyncClient(),
                        names=("real",),
                        merchant_id="m",
                        secret_1="1",
                        secret_2="2",
                        api_key="k",
                    )
                    providers = {provider.name: provider, "aaio": Signed("aaio"), "real": real}
                    payments = PaymentWebhook(providers, enqueuer, database=queues.pool)
                    app.register_blueprint(account_webhooks({"payment": payments}, trusted))
                    return await test(app.test_client(), queues)

        return host.run(main)

    return run


async def post(client, body="p-1 paid", path=WEBHOOK, signature=SECRET, **headers):
    answer = await client.post(
        path,
        data=body,
        headers={"X-Signature": signature, **headers},
        scope_base={"client": ("127.0.0.1", 4711)},
    )
    return SimpleNamespace(
        status=answer.status_code, headers=answer.headers, text=(await answer.get_data()).decode()
    )


def counted(verdict):
    labels = {"account": "yoomoney", "verdict": verdict}
    return REGISTRY.get_sample_value("mailroom_payment_notices_total", labels) or 0.0


async def jobs(queues):
    rows = await aio(queues.pool.fetch, "SELECT name, payload FROM mailroom.outbox_job ORDER BY id")
    return [tuple(row) for row in rows]


def test_a_genuine_notice_is_durable_before_it_is_answered(webhook, provider):
    async def test(client, queues):
        answer = await post(client)
        assert (answer.status, answer.text) == (200, "OK")
        payload = '{"provider":"yoomoney","provider_id":"p-1","state":"paid"}'
        assert await jobs(queues) == [("payment.noticed", payload)]

    before = counted("accepted")
    webhook(test)
    assert counted("accepted") == before + 1
    assert provider.seen[0].body == b"p-1 paid"


def test_the_same_notice_fifty_times_at_once_has_one_effect(webhook, provider):
    shop = Shop(provider)

    async def test(client, queues):
        id_ = await shop.open(queues)
        provider.becomes(f"p-{id_}", "paid")
        answers = []

        async def one():
            answers.append(await post(client, f"p-{id_} paid"))

        async with trio.open_nursery() as nursery:
            for _ in range(50):
                nursery.start_soon(one)
        assert [answer.status for answer in answers] == [200] * 50
        assert len(await jobs(queues)) == 1
        await shop.start(queues)
        await queues.quiet()
        assert (await shop.told(queues), provider.fetched) == ([("paid", 149_000)], [f"p-{id_}"])

    before = counted("accepted"), counted("repeated")
    webhook(test)
    assert (counted("accepted"), counted("repeated")) == (before[0] + 1, before[1] + 49)


def test_a_forged_notice_is_refused_told_and_counted(webhook):
    async def test(client, queues):
        answer = await post(client, signature="forged")
        assert answer.status == 401
        assert "signature" not in answer.text
        assert await jobs(queues) == []

    before = counted("forged")
    with capture_logs() as lines:
        webhook(test)
    (line,) = [line for line in lines if line["event"] == "payment_notice"]
    assert (line["verdict"], line["log_level"], line["account"]) == ("forged", "warning", "yoomoney")
    assert line["why"] == "the signature is not yoomoney's"
    assert counted("forged") == before + 1


@pytest.mark.parametrize("id_", ["a\0b", "9" * 5_000, "x" * 300])
def test_a_signed_notice_of_what_cannot_be_a_payment_is_malformed(webhook, id_):
    async def test(client, queues):
        form = {"merchant_id": "m", "order_id": id_, "amount": "1490", "currency": "RUB"}
        form["sign"] = sign("m", "1490", "RUB", "2", id_)
        answer = await post(client, urlencode(form), path="/webhook/payment/real")
        assert answer.status == 400
        assert await jobs(queues) == []

    webhook(test)


@pytest.mark.parametrize("amount", ["9" * 5_000, "1\0", "NaN", "1e999999999"])
def test_a_signed_notice_with_an_amount_that_is_none_is_still_asked_about(webhook, amount):
    async def test(client, queues):
        form = {"merchant_id": "m", "order_id": "p-1", "amount": amount, "currency": "RUB"}
        form["sign"] = sign("m", amount, "RUB", "2", "p-1")
        assert (await post(client, urlencode(form), path="/webhook/payment/real")).status == 200
        assert len(await jobs(queues)) == 1

    webhook(test)


def test_an_unknown_provider_is_told_which_there_are(webhook, provider):
    async def test(client, _queues):
        answer = await post(client, path="/webhook/payment/paypal")
        assert answer.status == 404
        assert "yoomoney, aaio, real" in answer.text

    webhook(test)
    assert provider.seen == []


def test_a_notice_has_to_be_posted(webhook):
    async def test(client, _queues):
        assert (await client.get(WEBHOOK)).status_code == 405

    webhook(test)


@pytest.mark.parametrize("size", [NOTICE_BYTES_MAX + 1, 2 * 1024 * 1024])
@pytest.mark.parametrize("announced", [True, False])
def test_what_is_too_long_is_refused_unread(webhook, provider, size, announced):
    async def test(client, _queues):
        if announced:
            assert (await post(client, b"x" * size)).status == 413
            return
        async with client.request(WEBHOOK, method="POST", headers={"X-Signature": SECRET}) as connection:
            await connection.send(b"x" * size)
            await connection.send_complete()
            await connection.receive()
        assert (await connection.as_response()).status_code == 413

    webhook(test)
    assert provider.seen == []


class Breakable:
    """The pool of the notices, whose server goes away and comes back."""

    def __init__(self, pool):
        self.down, self._pool = True, pool

    def __getattr__(self, name):
        if self.down:
            raise ConnectionRefusedError("nobody listens")
        return getattr(self._pool, name)


def test_while_the_store_is_down_the_provider_is_asked_to_come_again(webhook):
    pools = []

    def breakable(enqueuer):
        pools.append(Breakable(enqueuer._pool))
        enqueuer._pool = pools[0]
        return enqueuer

    async def test(client, queues):
        answer = await post(client)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        pools[0].down = False
        assert (await post(client)).status == 200
        assert len(await jobs(queues)) == 1

    before = counted("not_stored")
    webhook(test, wrap=breakable)
    assert counted("not_stored") == before + 1


def test_a_notice_about_several_payments_is_a_job_for_each(webhook):
    async def test(client, queues):
        assert (await post(client, "p-1 paid p-2 canceled")).status == 200
        assert len(await jobs(queues)) == 2

    webhook(test)


def test_a_notice_about_no_payment_is_answered_and_forgotten(webhook):
    async def test(client, queues):
        assert (await post(client, "")).status == 200
        assert await jobs(queues) == []

    before = counted("irrelevant")
    webhook(test)
    assert counted("irrelevant") == before + 1


def test_two_notices_that_claim_nothing_are_both_looked_into(webhook):
    async def test(client, queues):
        for body in ("p-1 -", "p-1  -", "p-1 -"):
            assert (await post(client, body)).status == 200
        assert len(await jobs(queues)) == 2

    webhook(test)


def test_a_notice_that_cannot_be_verified_now_is_asked_for_again(webhook, provider):
    provider.unsure = ProviderUnavailableError("which session is not known")

    async def test(client, queues):
        answer = await post(client)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert await jobs(queues) == []

    before = counted("unverified")
    webhook(test)
    assert counted("unverified") == before + 1


# From where it comes


def test_a_forwarded_address_is_believed_of_trusted_proxies_only(webhook, provider):
    async def test(client, _queues):
        await post(client, **{"X-Forwarded-For": "185.71.76.1"})

    webhook(test)
    webhook(test, trusted=["127.0.0.0/8"])
    assert [notice.peer for notice in provider.seen] == ["127.0.0.1", "185.71.76.1"]


@pytest.mark.parametrize(
    ("direct", "forwarded", "peer"),
    [
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("192.0.2.1", "185.71.76.1", "192.0.2.1"),
        ("::ffff:10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "unknown", "unknown"),
        ("10.0.0.1", "10.0.0.2, , ", "10.0.0.2"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_peer_is_who_the_outermost_trusted_proxy_has_seen(direct, forwarded, peer):
    assert peer_of(direct, forwarded, networks(["10.0.0.0/8"])) == peer


def test_a_network_that_is_none_is_refused_at_the_start():
    with pytest.raises(ValueError, match=r"'10\.0\.0'"):
        networks(["10.0.0.0/8", "10.0.0"])
