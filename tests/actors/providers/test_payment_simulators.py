"""Every provider with its gateway's simulator, from the question to the money given back: two readings of the
same documentation, which must agree.
"""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web

from mailroom.actors.providers.aaio import Aaio
from mailroom.actors.providers.payments import (
    Money,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.actors.providers.receipts import Receipt, ReceiptItem
from mailroom.actors.providers.stripe import Stripe
from mailroom.actors.providers.yookassa import YooKassa
from mailroom.ops.simulators.payments.serving import simulator
from tests.actors.providers.gateway import RUB_1490, order, refund_of

PROVIDERS = {
    "yookassa": lambda http, url: YooKassa(
        http, shop_id="demo", secret_key="test_demo", base_url=f"{url}/yookassa/v3", sources=["127.0.0.1"]
    ),
    "aaio": lambda http, url: Aaio(
        http,
        merchant_id="00000000-0000-4000-8000-000000000001",
        secret_1="demo-1",
        secret_2="demo-2",
        api_key="demo",
        base_url=f"{url}/aaio",
    ),
    "stripe": lambda http, url: Stripe(
        http, secret_key="sk_test_demo", webhook_secret="whsec_demo", base_url=f"{url}/stripe/v1"
    ),
}
every_provider = pytest.mark.parametrize("name", PROVIDERS)


class Shop:
    """Where the notices go, and the controls of the simulator."""

    def __init__(self, http, url):
        self._http, self._url = http, url
        self.notices = asyncio.Queue()

    async def hear(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.notices.put_nowait(Notice(headers, await request.read(), request.remote))
        return web.Response(text="OK")

    async def control(self, control, **given):
        answer = await self._http.post(f"{self._url}/sim/{control}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def noticed(self):
        return await asyncio.wait_for(self.notices.get(), 10)


@asynccontextmanager
async def opened(name):
    async with simulator() as running, httpx.AsyncClient(trust_env=False) as http:
        shop = Shop(http, running.url)
        runner = web.AppRunner(web.Application(), access_log=None, shutdown_timeout=0.1)
        runner.app.router.add_post(f"/webhook/payment/{name}", shop.hear)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            await shop.control("notify", base=f"http://127.0.0.1:{runner.addresses[0][1]}")
            yield shop, PROVIDERS[name](http, running.url)
        finally:
            await runner.cleanup()


def play(name, scenario):
    async def run():
        async with opened(name) as (shop, provider):
            await scenario(shop, provider)

    asyncio.run(run())


SUMS = {
    "yookassa": {"RUB": [99, 100, 70_000_000, 70_000_001]},
    "aaio": {"RUB": [1, 100, 5_000_000], "KWD": [5_120]},
    "stripe": {
        "USD": [49, 50, 99_999_999, 100_000_000],
        "JPY": [49, 50],
        "KWD": [5_120, 5_124, 5_130],
        "BHD": [1, 10],
        "ISK": [1, 2],
        "HUF": [17_499, 17_500],
    },
}
"""Around what each is documented to take."""


@every_provider
def test_the_simulator_takes_the_very_sums_that_the_provider_says(name):
    async def scenario(shop, provider):
        for currency, sums in SUMS[name].items():
            for number, amount_minor in enumerate(sums):
                money = Money(amount_minor, currency)
                reference = f"{currency}-{number}"
                asked = order(money=money, reference=reference, idempotency_key=reference)
                known = provider.sums(currency)
                try:
                    await provider.create(asked)
                    taken = True
                except ProviderRefusedError:
                    taken = False
                assert taken == (known is not None and known.takes(amount_minor)), str(money)

    play(name, scenario)


@every_provider
def test_a_payment_from_the_question_to_the_money_given_back(name):
    async def scenario(shop, provider):
        receipt = Receipt((ReceiptItem("Ключ", 3, 50_000),), email="anna@example.com")
        made = await provider.create(order(receipt=receipt, language="ru"))
        assert await provider.create(order(receipt=receipt, language="ru")) == made
        assert (await provider.fetch(made.provider_id)).state == "pending"
        await shop.control("act", gateway=name, reference="1042", act="pay")
        (noticed,) = await provider.verify_notice(await shop.noticed())
        assert noticed == NoticedPayment(made.provider_id, "paid")
        paid = await provider.fetch(made.provider_id)
        assert (paid.state, paid.money, paid.reference) == ("paid", RUB_1490, "1042")
        assert paid.test == provider.test
        if not provider.can_refund:
            return
        part = refund_of(made.provider_id, money=Money(49_000, "RUB"), idempotency_key="part")
        assert (await provider.refund(part)).state == "done"
        assert await provider.verify_notice(await shop.noticed()) == [NoticedPayment(made.provider_id)]
        rest = refund_of(made.provider_id, money=Money(100_000, "RUB"))
        assert await provider.refund(rest) == await provider.refund(rest)
        found = await provider.fetch(made.provider_id)
        assert (found.state, found.refunded_minor) == ("refunded", 149_000)

    play(name, scenario)


@every_provider
def test_what_was_really_paid_is_told(name):
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway=name, reference="1042", act="pay", amount_minor=50_000)
        assert (await provider.verify_notice(await shop.noticed()))[0].state == "paid"
        assert (await provider.fetch(made.provider_id)).money == Money(50_000, "RUB")

    play(name, scenario)


@every_provider
def test_a_forged_notice_is_refused_where_there_is_a_signature(name):
    async def scenario(shop, provider):
        await provider.create(order())
        kind = "claimed_paid" if name == "yookassa" else "wrong_signature"
        await shop.control("act", gateway=name, reference="1042", act="forge", kind=kind)
        forged = await shop.noticed()
        if name != "yookassa":
            with pytest.raises(NoticeRefusedError):
                await provider.verify_notice(forged)
            return
        # YooKassa signs nothing: what is claimed is asked for, and found untrue.
        (claimed,) = await provider.verify_notice(forged)
        assert claimed.state == "paid"
        assert (await provider.fetch(claimed.provider_id)).state == "pending"

    play(name, scenario)


@every_provider
def test_a_payment_that_ran_out_is_canceled(name):
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway=name, reference="1042", act="expire")
        assert (await provider.fetch(made.provider_id)).state == "canceled"

    play(name, scenario)


@every_provider
@pytest.mark.parametrize("fault", ["429", "500", "500_after", "cut", "cut_after", "garbage"])
def test_whatever_happens_to_the_call_there_is_one_payment(name, fault):
    async def scenario(shop, provider):
        await shop.control("faults", rules=[{"gateway": name, "method": "create", "kind": fault, "times": 1}])
        with pytest.raises(ProviderUnavailableError):
            await provider.create(order())
        made = await provider.create(order())
        assert (await provider.fetch(made.provider_id)).reference == "1042"
        other = order(reference="1043", idempotency_key="payment-1043")
        assert (await provider.create(other)).provider_id != made.provider_id

    play(name, scenario)


def test_yookassa_that_is_still_at_work_is_asked_again():
    async def scenario(shop, provider):
        rule = {"gateway": "yookassa", "method": "create", "kind": "202", "times": 1}
        await shop.control("faults", rules=[rule])
        with pytest.raises(ProviderUnavailableError, match="still at work") as caught:
            await provider.create(order())
        assert caught.value.retry_after is not None
        assert (await provider.create(order())).provider_id

    play("yookassa", scenario)


def test_aaio_that_holds_the_money_has_been_paid():
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway="aaio", reference="1042", act="hold")
        assert (await provider.verify_notice(await shop.noticed()))[0].state == "paid"
        assert (await provider.fetch(made.provider_id)).state == "paid"
        with pytest.raises(ProviderRefusedError, match="by hand"):
            await provider.refund(refund_of(made.provider_id))

    play("aaio", scenario)


def test_stripe_that_waits_for_a_bank_is_pending_until_the_bank_has_spoken():
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway="stripe", reference="1042", act="process")
        assert (await provider.verify_notice(await shop.noticed()))[0].state == "pending"
        assert (await provider.fetch(made.provider_id)).state == "pending"
        await shop.control("act", gateway="stripe", reference="1042", act="pay")
        assert (await provider.verify_notice(await shop.noticed()))[0].state == "paid"
        assert (await provider.fetch(made.provider_id)).state == "paid"

    play("stripe", scenario)


@pytest.mark.parametrize("name", ["yookassa", "stripe"])
def test_all_payments_since_a_moment_are_listed_page_by_page_whoever_made_them(name, monkeypatch):
    monkeypatch.setattr(f"mailroom.actors.providers.{name}.LIST_MAX", 2)

    async def scenario(shop, provider):
        before = datetime.now(UTC) - timedelta(seconds=2)
        made = []
        for number in range(5):
            about = {"for": f"shop.order {number}", "items": "5-7"}
            one = order(reference=f"ref-{number}", idempotency_key=f"key-{number}", about=about)
            made.append((await provider.create(one)).provider_id)
        await shop.control("act", gateway=name, reference="ref-3", act="pay")
        pages = [page async for page in provider.made_since(before)]
        assert [len(page) for page in pages] == [2, 2, 1]
        found = [one for page in pages for one in page]
        assert [one.provider_id for one in found] == made[::-1]
        assert [one.state for one in found] == ["pending", "paid", "pending", "pending", "pending"]
        assert [one.reference for one in found] == [f"ref-{number}" for number in range(4, -1, -1)]
        assert found[1] == await provider.fetch(made[3])
        assert found[1].about == {"for": "shop.order 3", "items": "5-7"}
        assert all(before <= one.made_at <= datetime.now(UTC) for one in found)
        assert [page async for page in provider.made_since(datetime.now(UTC) + timedelta(hours=1))] == [[]]

    play(name, scenario)


def test_aaio_has_no_list_and_says_so():
    async def scenario(shop, provider):
        assert not provider.can_list
        with pytest.raises(ProviderRefusedError, match="in its cabinet"):
            provider.made_since(datetime(2026, 11, 29, 3, tzinfo=UTC))

    play("aaio", scenario)


refunding_provider = pytest.mark.parametrize("name", ["yookassa", "stripe"])


@refunding_provider
def test_refunds_made_in_the_cabinet_are_listed_beside_ours(name):
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway=name, reference="1042", act="pay")
        await shop.noticed()
        assert await provider.refunds(made.provider_id) == []
        await shop.control("act", gateway=name, reference="1042", act="refund", amount_minor=50_000)
        assert await provider.verify_notice(await shop.noticed()) == [NoticedPayment(made.provider_id)]
        wanted = refund_of(made.provider_id, money=Money(9_000, "RUB"), reference="m-1", reason="owner")
        ours = await provider.refund(wanted)
        listed = {one.refund_id: one for one in await provider.refunds(made.provider_id)}
        mine = listed.pop(ours.refund_id)
        assert (mine.reference, mine.reason, mine.money) == ("m-1", "owner", Money(9_000, "RUB"))
        (other,) = listed.values()
        assert (other.reference, other.state, other.money) == (None, "done", Money(50_000, "RUB"))

    play(name, scenario)


@refunding_provider
def test_all_refunds_are_listed_however_many_pages_they_fill(name, monkeypatch):
    monkeypatch.setattr("mailroom.actors.providers.yookassa.REFUNDS_PER_PAGE", 2)
    monkeypatch.setattr("mailroom.actors.providers.stripe.LISTED_PER_PAGE", 2)

    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway=name, reference="1042", act="pay")
        for amount_minor in range(1, 6):
            await shop.control("act", gateway=name, reference="1042", act="refund", amount_minor=amount_minor)
        listed = await provider.refunds(made.provider_id)
        assert sorted(one.money.amount_minor for one in listed) == [1, 2, 3, 4, 5]

    play(name, scenario)


@pytest.mark.parametrize(
    ("name", "reason", "refusal"),
    [
        ("yookassa", "insufficient_funds", "passes"),
        ("yookassa", "rejected_by_timeout", "passes"),
        ("yookassa", "general_decline", "final"),
        ("yookassa", "rejected_by_payee", "final"),
        ("yookassa", "yoo_money_account_closed", "final"),
        ("yookassa", "a_reason_of_tomorrow", "passes"),
        ("stripe", "insufficient_funds", "passes"),
        ("stripe", "lost_or_stolen_card", "final"),
        ("stripe", "declined", "final"),
        ("stripe", "charge_for_pending_refund_disputed", "disputed"),
        ("stripe", "a_reason_of_tomorrow", "passes"),
    ],
)
def test_why_a_refund_is_canceled_says_whether_another_one_may_work(name, reason, refusal):
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway=name, reference="1042", act="pay")
        await shop.control("faults", rules=[{"kind": "refused", "reason": reason, "times": 1}])
        refund = await provider.refund(refund_of(made.provider_id))
        assert (refund.state, refund.refusal) == ("canceled", refusal)
        assert reason in refund.words
        assert (await provider.refund(refund_of(made.provider_id, idempotency_key="later"))).state == "done"

    play(name, scenario)


def test_too_little_on_the_account_at_stripe_is_no_refusal_for_good():
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway="stripe", reference="1042", act="pay")
        await shop.control(
            "faults", rules=[{"kind": "refused", "reason": "balance_insufficient", "times": 1}]
        )
        with pytest.raises(ProviderRefusedError, match="Insufficient funds") as caught:
            await provider.refund(refund_of(made.provider_id))
        assert (caught.value.refusal, caught.value.code) == ("passes", "balance_insufficient")

    play("stripe", scenario)


def test_a_refund_that_comes_back_at_stripe_is_told_and_listed_as_such():
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway="stripe", reference="1042", act="pay")
        await provider.refund(refund_of(made.provider_id, reference="m-1"))
        assert (await provider.fetch(made.provider_id)).state == "refunded"
        for _ in range(2):
            await shop.noticed()
        await shop.control("clock", ahead_seconds=3 * 86_400)
        await shop.control("act", gateway="stripe", reference="1042", act="fail_refund")
        assert await provider.verify_notice(await shop.noticed()) == [NoticedPayment(made.provider_id)]
        (listed,) = await provider.refunds(made.provider_id)
        assert (listed.state, listed.refusal, listed.words) == (
            "canceled", "final", "expired_or_canceled_card",
        )  # fmt: skip
        found = await provider.fetch(made.provider_id)
        assert (found.state, found.refunded_minor) == ("paid", 0)

    play("stripe", scenario)


@pytest.mark.parametrize(
    ("deeds", "told", "ends"),
    [
        (["inquire"], 1, ("inquiry", False)),
        (["dispute"], 2, ("open", True)),
        (["inquire", "dispute"], 3, ("open", True)),
        (["dispute", "win_dispute"], 5, ("won", False)),
        (["dispute", "lose_dispute"], 4, ("lost", True)),
    ],
    ids=str,
)
def test_a_dispute_at_stripe_is_told_step_by_step_and_fetched_as_it_stands(deeds, told, ends):
    async def scenario(shop, provider):
        made = await provider.create(order())
        await shop.control("act", gateway="stripe", reference="1042", act="pay")
        await shop.noticed()
        for deed in deeds:
            await shop.control("act", gateway="stripe", reference="1042", act=deed)
        for _ in range(told):
            assert await provider.verify_notice(await shop.noticed()) == [NoticedPayment(made.provider_id)]
        (dispute,) = (await provider.fetch(made.provider_id)).disputes
        assert (dispute.state, dispute.withdrawn) == ends
        assert (dispute.money, dispute.reason) == (RUB_1490, "fraudulent")
        assert (dispute.answer_until is not None) == (ends[0] in ("inquiry", "open"))
        if ends[0] in ("open", "lost"):
            with pytest.raises(ProviderRefusedError) as caught:
                await provider.refund(refund_of(made.provider_id))
            assert caught.value.refusal == "disputed"

    play("stripe", scenario)


def test_a_shop_at_aaio_is_told_of_no_refunds():
    async def scenario(_shop, provider):
        assert not provider.can_list_refunds
        with pytest.raises(ProviderRefusedError, match="does not tell"):
            await provider.refunds("1042")

    play("aaio", scenario)
