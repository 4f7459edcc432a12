"""AAIO's two SDKs, the one for Python and the one for TypeScript, against the payment simulator."""

import asyncio
import itertools
from urllib.parse import parse_qsl

import pytest

from mailroom.ops.simulators.payments.credentials import (
    AAIO_API_KEY,
    AAIO_MERCHANT_ID,
    AAIO_SECRET_1,
    AAIO_SECRET_2,
)
from tests.foreign.conftest import AAIO_JS, notices_of

pytestmark = pytest.mark.long

_orders = itertools.count(1)


@pytest.fixture
def client(aaio_package, clean, monkeypatch):
    made = aaio_package.AAIO(AAIO_MERCHANT_ID, AAIO_SECRET_1, AAIO_SECRET_2, AAIO_API_KEY)
    # Its base is a host alone, where the simulator has three companies under one.
    session = aaio_package.client.aiohttp.ClientSession

    class Below:
        async def __aenter__(self):
            self._session = session(clean.url)
            return self

        async def __aexit__(self, *_):
            await self._session.close()

        def post(self, path, **more):
            return self._session.post(f"/aaio{path}", **more)

    monkeypatch.setattr(aaio_package.client.aiohttp, "ClientSession", lambda _: Below())
    return made


def run(coroutine):
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(coroutine)


def test_an_order_is_made_asked_for_and_paid(client, clean):
    async def scenario():
        number = f"py-{next(_orders)}"
        url = await client.get_pay_url(149.5, number, "About", email="a@x.io", us_key="vip")
        assert url.startswith(f"{clean.url}/pay/")
        info = await client.get_payment_info(number)
        assert (info.is_in_process(), info.amount, info.currency) == (True, 149.5, "RUB")
        assert (info.desc, info.email, info.us_vars) == ("About", "a@x.io", ["vip"])
        await asyncio.to_thread(clean.ask, "POST", "act", id=url.rpartition("/")[2], act="hold")
        assert (await client.get_payment_info(number)).is_on_hold()
        other = f"py-{next(_orders)}"
        url = await client.get_pay_url(100, other)
        await asyncio.to_thread(clean.ask, "POST", "act", id=url.rpartition("/")[2], act="pay")
        info = await client.get_payment_info(other)
        assert (info.is_success(), info.profit, info.commission, info.method) == (True, 94, 6, "cards_ru")
        balance = await client.get_balances()
        assert (balance.balance, balance.hold) == (94, 140.53)
        gone = f"py-{next(_orders)}"
        url = await client.get_pay_url(100, gone)
        await asyncio.to_thread(clean.ask, "POST", "act", id=url.rpartition("/")[2], act="expire")
        assert (await client.get_payment_info(gone)).is_expired()

    run(scenario())


def test_the_account_says_what_it_takes_and_at_what_rates(client):
    async def scenario():
        assert (await client.get_payment_methods()).list["cards_ru"].max.RUB > 0
        assert (await client.get_payoff_methods()).list["sbp"].commission_percent > 0
        assert (await client.get_payoff_rates()).USDT > 0
        assert (await client.get_payoff_sbp_banks()).list[0].bankName
        assert await client.get_ips() == ["127.0.0.1"]

    run(scenario())


def test_refusals_are_its_own_exception(client, aaio_package):
    async def scenario():
        async def refused(awaitable):
            with pytest.raises(aaio_package.AAIOBadRequest) as caught:
                await awaitable
            return caught.value.code, caught.value.message

        assert await refused(client.get_payment_info("none")) == (400, "Order not found")
        assert (await refused(client.get_pay_url(0, "zero")))[1] == "Invalid amount"
        assert (await refused(client.create_payoff("sbp", 100, "7")))[0] == 404
        client._api_key = "other"
        assert (await refused(client.get_balances()))[0] == 401

    run(scenario())


def test_a_notice_has_all_that_the_sdk_reads(client, clean, aaio_package):
    async def told():
        async with notices_of(clean) as notices:
            url = await client.get_pay_url(100, f"py-{next(_orders)}", "About", email="a@x.io", us_key="vip")
            await asyncio.to_thread(clean.ask, "POST", "act", id=url.rpartition("/")[2], act="pay")
            return await asyncio.wait_for(notices.get(), 20)

    body, _ = run(told())
    data = aaio_package.PaymentWebhookData(**dict(parse_qsl(body.decode(), keep_blank_values=True)))
    assert (data.amount, data.currency, data.us_key) == (100, "RUB", "vip")


def test_the_sdk_for_typescript_reads_it_all_too(node, clean):
    given = {"ID": AAIO_MERCHANT_ID, "SECRET": AAIO_SECRET_1, "KEY": AAIO_API_KEY, "AT": f"{clean.url}/aaio"}
    answer = node(NODE, AAIO_JS, **given)
    assert answer["made"] == 302
    assert (answer["info"]["status"], answer["info"]["amount"]) == ("in_process", 100)
    assert answer["balance"] == {"type": "success", "balance": 0, "referral": 0, "hold": 0}
    assert answer["methods"]["list"]["cards_ru"]["name"]
    assert answer["payoffs"]["list"]["sbp"]["min"] > 0
    assert answer["rates"]["USD"] > 0
    assert answer["ips"]["list"] == ["127.0.0.1"]
    assert (answer["none"]["type"], answer["none"]["code"]) == ("error", 400)


NODE = """
import { register } from "node:module";
// It names its own dependency as a bundler takes it, and Node.js does not.
const resolve = `export const resolve = (name, context, next) =>
  next(name.startsWith("crypto-js/") ? name + ".js" : name, context);`;
register("data:text/javascript," + encodeURIComponent(resolve));
const { Client, getIps } = await import("aaio.js");
const theirs = globalThis.fetch;
const here = (url) => String(url).replace("https://aaio.so", process.env.AT);
globalThis.fetch = (url, init) => theirs(here(url), init);
const client = new Client(process.env.KEY);
const merchant = client.createMerchant(process.env.ID, process.env.SECRET);
const url = merchant.createPayment(100, "js-1", "RUB", { desc: "About", us_key: "vip" });
const made = (await fetch(url, { redirect: "manual" })).status;
console.log(JSON.stringify({
  made,
  info: await merchant.getPaymentInfo("js-1"),
  none: await merchant.getPaymentInfo("none"),
  methods: await merchant.getPaymentMethods(),
  balance: await client.getBalance(),
  payoffs: await client.getPayoffMethods(),
  rates: await client.getPayoffRates(),
  ips: await getIps(),
}));
"""
