"""Our own providers against the simulator, by the demo's settings: create, notice, fetch, refund, lies."""

from pathlib import Path

import httpx
import pytest

from mailroom.actors.providers.payments import Money, Notice, NoticeRefusedError, PaymentOrder, RefundOrder
from mailroom.ops.bot_services import payment_accounts
from mailroom.ops.embedded.payments import DemoPayments

NAMES = ("yookassa", "aaio", "stripe")


def providers(shop, http):
    demo = DemoPayments(Path("/nowhere"), port_wanted=0, notify="", return_url="")
    demo.port = int(shop.url.rpartition(":")[2])
    return payment_accounts(demo.settings(), http, demo=True)


async def noticed(shop, provider):
    _, body, headers = await shop.told()
    return await provider.verify_notice(Notice(headers, body, "127.0.0.1"))


def order(currency: str) -> PaymentOrder:
    return PaymentOrder(
        Money(149_050, currency), "77", "Заказ 1042", "https://shop.example/back", "payment-77"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_payment_is_made_once_paid_noticed_and_fetched(play, name):
    async def scenario(shop):
        async with httpx.AsyncClient() as http:
            provider = providers(shop, http)[name]
            assert provider.test is (name != "aaio")
            made = await provider.create(order("RUB"))
            assert made.pay_url.startswith(f"{shop.url}/pay/")
            assert await provider.create(order("RUB")) == made
            assert (await provider.fetch(made.provider_id)).state == "pending"
            await shop.act(made.pay_url.rpartition("/")[2], "pay")
            [told] = await noticed(shop, provider)
            assert (told.provider_id, told.state) == (made.provider_id, "paid")
            found = await provider.fetch(made.provider_id)
            assert (found.state, found.money, found.reference) == ("paid", Money(149_050, "RUB"), "77")
            if provider.can_refund:
                wanted = RefundOrder(made.provider_id, Money(149_050, "RUB"), "refund-77")
                refund = await provider.refund(wanted)
                assert refund.state == "done"
                assert (await provider.refund(wanted)).refund_id == refund.refund_id
                assert [one.provider_id for one in await noticed(shop, provider)] == [made.provider_id]
                assert (await provider.fetch(made.provider_id)).state == "refunded"

    play(scenario)


@pytest.mark.parametrize("name", ["aaio", "stripe"])
def test_a_forged_signature_is_refused(play, name):
    async def scenario(shop):
        async with httpx.AsyncClient() as http:
            provider = providers(shop, http)[name]
            made = await provider.create(order("EUR"))
            await shop.act(made.pay_url.rpartition("/")[2], "forge", kind="wrong_signature")
            with pytest.raises(NoticeRefusedError):
                await noticed(shop, provider)

    play(scenario)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_really_paid_is_what_is_fetched(play, name):
    async def scenario(shop):
        async with httpx.AsyncClient() as http:
            provider = providers(shop, http)[name]
            made = await provider.create(order("EUR"))
            id_ = made.pay_url.rpartition("/")[2]
            await shop.act(id_, "forge", kind="claimed_paid")
            assert [one.state for one in await noticed(shop, provider)] == ["paid"]
            assert (await provider.fetch(made.provider_id)).state == "pending"
            await shop.act(id_, "pay", amount_minor=100, currency="USD")
            await shop.told()
            assert (await provider.fetch(made.provider_id)).money == Money(100, "USD")

    play(scenario)
