"""The payment simulator in this process, a shop to call it, and the shop's webhook for it to call."""

import asyncio
import base64
import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import uvloop
from aiohttp import web

from mailroom.ops.simulators.payments.serving import Simulator, simulator

PATIENCE_SECONDS = 10.0
BASIC = {"Authorization": "Basic " + base64.b64encode(b"demo:test_demo").decode()}
BEARER = {"Authorization": "Bearer sk_test_demo", "Content-Type": "application/x-www-form-urlencoded"}
MERCHANT = "00000000-0000-4000-8000-000000000001"


class Shop:
    """Calls the gateways, and notes what they tell it."""

    def __init__(self, running: Simulator, http: aiohttp.ClientSession) -> None:
        self.simulation, self.url, self.http = running.simulation, running.url, http
        self.notices: asyncio.Queue[tuple[str, bytes, dict[str, str]]] = asyncio.Queue()
        self.answer: Callable[[str, bytes], Awaitable[int]] = self.say_ok
        self.base = ""

    async def say_ok(self, gateway: str, body: bytes) -> int:
        return 200

    async def open_for_notices(self) -> Callable[[], Awaitable[None]]:
        runner = web.ServerRunner(web.Server(self._take), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await self.sim("notify", base=self.base)
        return runner.cleanup

    async def _take(self, request: web.BaseRequest) -> web.Response:
        body, gateway = await request.read(), request.path.rsplit("/", 1)[1]
        self.notices.put_nowait((gateway, body, {k.lower(): v for k, v in request.headers.items()}))
        return web.Response(status=await self.answer(gateway, body))

    async def told(self) -> tuple[str, bytes, dict[str, str]]:
        return await asyncio.wait_for(self.notices.get(), PATIENCE_SECONDS)

    async def told_json(self) -> dict[str, Any]:
        return json.loads((await self.told())[1])

    async def nothing_waits(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.simulation.notice_sender._in_flight:  # noqa: ASYNC110 (tasks end on this loop)
                await asyncio.sleep(0.002)

    async def sim(self, control: str, verb: str = "POST", expect: int = 200, **given: Any) -> Any:
        json_ = None if verb == "GET" else given
        async with self.http.request(verb, f"{self.url}/sim/{control}", json=json_) as response:
            answer = await response.json()
            assert response.status == expect, answer
            return answer

    async def act(self, id_: str, act: str, **more: Any) -> Any:
        return await self.sim("act", id=id_, act=act, **more)

    async def fault(self, kind: str, **more: Any) -> None:
        await self.sim("faults", rules=[{"kind": kind, **more}])

    async def yookassa(
        self, verb: str, path: str, body: Any = None, *, key: str | None = None, expect: int = 200
    ) -> Any:
        headers = BASIC | ({"Idempotence-Key": key or str(uuid.uuid4())} if verb == "POST" else {})
        url = f"{self.url}/yookassa/v3/{path}"
        async with self.http.request(verb, url, json=body, headers=headers) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def new_yookassa(self, *, key: str | None = None, **more: Any) -> Any:
        return await self.yookassa("POST", "payments", {**PAYMENT, **more}, key=key)

    async def aaio(self, path: str, form: dict[str, str], *, expect: int = 200, key: str = "demo") -> Any:
        headers = {"X-Api-Key": key, "Accept": "application/json"}
        async with self.http.post(f"{self.url}/aaio/{path}", data=form, headers=headers) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def new_aaio(self, order_id: str = "1042", amount: str = "1490.00") -> str:
        answer = await self.aaio("merchant/get_pay_url", aaio_form(order_id, amount))
        return answer["url"].rsplit("/", 1)[1]

    async def stripe(
        self, verb: str, path: str, form: dict[str, str] | None = None, *, key: str = "", expect: int = 200
    ) -> Any:
        headers = BEARER | ({"Idempotency-Key": key} if key else {})
        url = f"{self.url}/stripe/v1/{path}"
        body = urlencode(form) if form else None
        async with self.http.request(verb, url, data=body, headers=headers) as response:
            assert response.status == expect, await response.text()
            self.headers = response.headers
            return await response.json()

    async def new_stripe(self, *, key: str = "", **more: str) -> Any:
        return await self.stripe("POST", "checkout/sessions", {**SESSION, **more}, key=key)


PAYMENT = {
    "amount": {"value": "1490.00", "currency": "RUB"},
    "capture": True,
    "description": "Заказ 1042",
    "confirmation": {"type": "redirect", "return_url": "https://shop.example/back"},
    "metadata": {"order_id": "1042"},
}
SESSION = {
    "mode": "payment",
    "success_url": "https://shop.example/ok?s={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/no",
    "line_items[0][quantity]": "2",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "2450",
    "line_items[0][price_data][product_data][name]": "Lumen",
    "client_reference_id": "1042",
    "metadata[order_id]": "1042",
}


def aaio_form(order_id: str, amount: str, currency: str = "RUB", **more: str) -> dict[str, str]:
    text = f"{MERCHANT}:{amount}:{currency}:demo-1:{order_id}"
    sign = hashlib.sha256(text.encode()).hexdigest()
    return {
        "merchant_id": MERCHANT,
        "amount": amount,
        "order_id": order_id,
        "currency": currency,
        "sign": sign,
        **more,
    }


Scenario = Callable[[Shop], Awaitable[None]]


@pytest.fixture
def play() -> Callable[[Scenario], None]:
    """Run an async scenario against a fresh simulator."""

    async def played(scenario: Scenario) -> None:
        async with simulator() as running, aiohttp.ClientSession() as http:
            shop = Shop(running, http)
            close = await shop.open_for_notices()
            try:
                await scenario(shop)
            finally:
                await close()

    return lambda scenario: uvloop.run(played(scenario))
