"""Payment providers that live in the test: real HTTP on the loopback, each with as much of its provider as
the contract needs. What they answer can be replaced, lost, or held back.
"""

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from aiohttp import encode_basic_auth, web

from mailroom.actors.providers.aaio import Aaio
from mailroom.actors.providers.payments import Money, Notice, PaymentOrder, RefundOrder
from mailroom.actors.providers.stripe import Stripe
from mailroom.actors.providers.yookassa import YooKassa

LOST = "a payment or a refund is made, and the answer is lost"
HANGS = "no answer ever comes"
DRIPS = "the answer comes a byte at a time, for ever"
RUB_1490 = Money(149_000, "RUB")


def order(**changes):
    return PaymentOrder(**{
        "money": RUB_1490, "reference": "1042", "description": "Заказ 1042",
        "return_url": "https://shop.example/back?a=1&b=2", "idempotency_key": "payment-1042", **changes,
    })  # fmt: skip


def refund_of(provider_id, **changes):
    return RefundOrder(**{
        "provider_id": provider_id, "money": RUB_1490, "idempotency_key": "refund-1042", **changes
    })  # fmt: skip


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, str]

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self):
        return json.loads(self.body)


class Gateway:
    """What is common: listening, remembering, misbehaving, and keeping idempotency keys."""

    peer = "127.0.0.1"
    refunds_take_time = False

    def __init__(self):
        self.asked: list[Asked] = []
        self.answers: list[Any] = []
        """What to answer next instead: LOST, HANGS, DRIPS, or (status, headers, body)."""
        self.payments: dict[str, dict] = {}
        self.refunds: dict[str, dict] = {}
        self.extra = {"surprise": {"of": ["the", "future"]}}
        """Fields that nobody has told us of."""
        self._by_key: dict[str, tuple] = {}

    @asynccontextmanager
    async def opened(self):
        self._over = asyncio.Event()
        runner = web.AppRunner(web.Application(), access_log=None, shutdown_timeout=0.1)
        runner.app.router.add_route("*", "/{path:.*}", self._handle)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            self._over.set()
            await runner.cleanup()

    async def _handle(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        path = request.raw_path.partition("?")[0]  # as it came: still quoted
        asked = Asked(request.method, path, headers, await request.read(), dict(request.query))
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else None
        if answer is HANGS:
            await self._over.wait()
        if answer is DRIPS:
            return await self._drip(request)
        if isinstance(answer, tuple):
            status, headers, body = answer
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return web.Response(status=status, headers=headers, body=content)
        before = len(self.payments) + len(self.refunds)
        status, body = self.work(asked) if self.knows(asked) else self.stranger()
        if answer is LOST:
            if len(self.payments) + len(self.refunds) == before:
                self.answers.insert(0, LOST)  # a question on the way to the call that matters
            else:
                request.transport.abort()
        return web.json_response({**body, **self.extra}, status=status)

    async def _drip(self, request):
        response = web.StreamResponse()
        await response.prepare(request)
        while not self._over.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response

    def signed_body(self, body):
        """Any bytes as a notice, with a good signature if there is one beside the body."""
        return Notice({}, body, self.peer)

    def once(self, key, asked, work):
        """Do the work, or answer as before. The same key for something else is a mistake."""
        if key not in self._by_key:
            self._by_key[key] = asked.body, work()
        body, answer = self._by_key[key]
        return answer if body == asked.body else (400, self.mistake("the key was used for something else"))


class YooKassaGateway(Gateway):
    name, secrets = "yookassa", ("test_very-secret",)
    credential = "secret_key"
    refunds_take_time = True
    foreign_events = (
        {"type": "notification", "event": "payout.succeeded", "object": {"id": "po-1"}},
        {"type": "notification", "event": "payment_method.active", "object": {"id": "pm-1"}},
    )

    def provider(self, http, **options):
        return YooKassa(http, **{
            "shop_id": "123456", "secret_key": self.secrets[0], "base_url": f"{self.url}/v3",
            "sources": ["127.0.0.0/8"], **options,
        })  # fmt: skip

    def knows(self, asked):
        return asked.headers.get("authorization") == encode_basic_auth("123456", self.secrets[0])

    def mistake(self, words, code="invalid_request"):
        return {"type": "error", "id": "e-1", "code": code, "description": words}

    def stranger(self):
        return 401, self.mistake("Basic authentication failed", "invalid_credentials")

    def work(self, asked):
        match asked.method, asked.path.removeprefix("/v3").split("/")[1:]:
            case "POST", ["payments"]:
                return self.once(asked.headers["idempotence-key"], asked, lambda: self._create(asked.json))
            case "POST", ["refunds"]:
                return self.once(asked.headers["idempotence-key"], asked, lambda: self._refund(asked.json))
            case "GET", ["payments", id_] if id_ in self.payments:
                return 200, self.payments[id_]
            case "GET", ["refunds", id_] if id_ in self.refunds:
                return 200, self.refunds[id_]
        return 404, self.mistake("no such thing", "not_found")

    def _create(self, wanted):
        id_ = f"2f1c3a9e-000f-5000-8000-{len(self.payments):012d}"
        self.payments[id_] = {
            "id": id_, "status": "pending", "paid": False, "amount": wanted["amount"], "test": True,
            "created_at": "2026-11-20T09:14:03.511Z", "refundable": False, "metadata": wanted["metadata"],
            "confirmation": {"type": "redirect", "confirmation_url": f"{self.url}/pay/{id_}"},
        }  # fmt: skip
        return 200, dict(self.payments[id_])

    def _refund(self, wanted):
        payment = self.payments[wanted["payment_id"]]
        if payment["status"] != "succeeded":
            return 400, self.mistake("not paid")
        gone = Money.parse(payment["refunded_amount"]["value"], "RUB").amount_minor
        gone += Money.parse(wanted["amount"]["value"], "RUB").amount_minor
        if gone > Money.parse(payment["amount"]["value"], "RUB").amount_minor:
            return 400, self.mistake("more than was paid")
        payment["refunded_amount"] = {"value": Money(gone, "RUB").decimal, "currency": "RUB"}
        id_ = f"2f1c4b00-0015-5000-9000-{len(self.refunds):012d}"
        self.refunds[id_] = {
            "id": id_, "payment_id": payment["id"], "status": "succeeded", "amount": wanted["amount"],
            "created_at": "2026-11-21T08:00:10.004Z",
        }  # fmt: skip
        return 200, dict(self.refunds[id_])

    def pay(self, id_):
        self.payments[id_] |= {"status": "succeeded", "paid": True, "refundable": True}
        self.payments[id_]["refunded_amount"] = {"value": "0.00", "currency": "RUB"}
        del self.payments[id_]["confirmation"]

    def cancel(self, id_):
        details = {"party": "yoo_money", "reason": "expired_on_confirmation"}
        self.payments[id_] |= {"status": "canceled", "cancellation_details": details}

    def notice(self, id_):
        status = self.payments[id_]["status"]
        event = {"type": "notification", "event": f"payment.{status}", "object": self.payments[id_]}
        return self.sent(event)

    def sent(self, event):
        return Notice({"content-type": "application/json"}, json.dumps(event).encode(), self.peer)

    def forged(self, id_):
        good = self.notice(id_)
        yield Notice(good.headers, good.body, "203.0.113.7")
        yield Notice(good.headers, good.body, "")
        yield Notice(good.headers, good.body, "127.0.0.1, 203.0.113.7")
        yield Notice(good.headers, good.body.replace(id_.encode(), b"../refunds/1"), self.peer)


class AaioGateway(Gateway):
    name, secrets = "aaio", ("very-secret-1", "very-secret-2", "very-secret-key")
    credential = "api_key"
    foreign_events = ()
    merchant_id = "c1a2b3d4-0000-4000-8000-000000000001"

    def provider(self, http, **options):
        return Aaio(http, **{
            "merchant_id": self.merchant_id, "secret_1": self.secrets[0], "secret_2": self.secrets[1],
            "api_key": self.secrets[2], "base_url": self.url, **options,
        })  # fmt: skip

    def sign(self, amount, currency, secret, order_id):
        text = f"{self.merchant_id}:{amount}:{currency}:{secret}:{order_id}"
        return hashlib.sha256(text.encode()).hexdigest()

    def knows(self, asked):
        assert asked.headers["accept"] == "application/json"
        form = asked.form
        if asked.path == "/api/info-pay":
            return asked.headers.get("x-api-key") == self.secrets[2]
        return form["sign"] == self.sign(form["amount"], form["currency"], self.secrets[0], form["order_id"])

    def mistake(self, words, code=400):
        return {"type": "error", "code": code, "message": words}

    def stranger(self):
        return 401, self.mistake("Invalid signature", "wrong_sign")

    def work(self, asked):
        form = asked.form
        match asked.method, asked.path:
            case "POST", "/merchant/get_pay_url":
                return self.once(form["order_id"], asked, lambda: self._create(form))
            case "POST", "/api/info-pay" if form["order_id"] in self.payments:
                return 200, self.payments[form["order_id"]]
        return 400, self.mistake("Order not found")

    def _create(self, form):
        self.payments[form["order_id"]] = {
            "type": "success", "id": "48ebfc18-e6c7-11ed-a05b-0242ac120003", "order_id": form["order_id"],
            "desc": form["desc"], "merchant_id": self.merchant_id, "merchant_domain": "shop.example",
            "amount": float(form["amount"]), "currency": form["currency"], "status": "in_process",
            "date": "2026-11-20 12:14:03", "expired_date": "2026-11-20 14:14:03", "us_vars": [],
        }  # fmt: skip
        return 200, {"type": "success", "url": f"{self.url}/pay/{form['order_id']}"}

    def pay(self, id_):
        self.payments[id_] |= {"status": "success", "complete_date": "2026-11-20 12:20:00"}

    def cancel(self, id_):
        self.payments[id_]["status"] = "expired"

    def notice(self, id_, **changes):
        amount = f"{self.payments[id_]['amount']:g}"
        form = {
            "merchant_id": self.merchant_id, "invoice_id": "9b0c", "order_id": id_, "amount": amount,
            "currency": "RUB", "profit": "1400.6", "commission": "89.4", "commission_client": "0",
            "commission_type": "100:0", "sign": self.sign(amount, "RUB", self.secrets[1], id_),
            "status": "success", "method": "cards_ru", "desc": "", "email": "", "us_attempt": "1", **changes,
        }  # fmt: skip
        return Notice(
            {"content-type": "application/x-www-form-urlencoded"}, urlencode(form).encode(), self.peer
        )

    def forged(self, id_):
        yield self.notice(id_, sign="")
        yield self.notice(id_, sign="я" * 64)
        yield self.notice(id_, sign="0" * 64)
        yield self.notice(id_, amount="1490.00")
        yield self.notice(id_, amount="1")
        yield self.notice(id_, currency="USD")
        yield self.notice(id_, order_id="1043")
        yield self.notice(id_, sign=self.sign("1490", "RUB", self.secrets[0], id_))
        yield self.notice(id_, merchant_id="f56b279c-d250-11ed-afa1-0242ac120002")


class StripeGateway(Gateway):
    name, secrets = "stripe", ("sk_test_very", "whsec_very")
    credential = "secret_key"
    refunds_take_time = True
    foreign_events = ({"id": "evt_9", "object": "event", "type": "customer.created", "data": {"object": {}}},)
    now = 1_763_632_800

    def provider(self, http, **options):
        return Stripe(http, **{
            "secret_key": self.secrets[0], "webhook_secret": self.secrets[1], "base_url": f"{self.url}/v1",
            "now": lambda: float(self.now), **options,
        })  # fmt: skip

    def knows(self, asked):
        return asked.headers.get("authorization") == f"Bearer {self.secrets[0]}"

    def mistake(self, words, type_="invalid_request_error"):
        return {"error": {"type": type_, "message": words, "request_log_url": "https://dashboard.example"}}

    def stranger(self):
        return 401, self.mistake("Invalid API Key provided")

    def work(self, asked):
        key = asked.headers.get("idempotency-key")
        match asked.method, asked.path.removeprefix("/v1").split("/")[1:]:
            case "POST", ["checkout", "sessions"]:
                return self.once(key, asked, lambda: self._create(asked.form))
            case "POST", ["refunds"]:
                return self.once(key, asked, lambda: self._refund(asked.form))
            case "GET", ["checkout", "sessions"]:
                wanted = asked.query["payment_intent"]
                found = [one for one in self.payments.values() if one["payment_intent"]["id"] == wanted]
                return 200, {"object": "list", "data": [self._short(one) for one in found]}
            case "GET", ["checkout", "sessions", id_] if id_ in self.payments:
                expanded = asked.query.get("expand[]") == "payment_intent.latest_charge"
                return 200, self.payments[id_] if expanded else self._short(self.payments[id_])
            case "GET", ["refunds", id_] if id_ in self.refunds:
                return 200, self.refunds[id_]
        return 404, self.mistake("No such thing")

    def _short(self, session):
        return {**session, "payment_intent": (session["payment_intent"] or {}).get("id")}

    def _create(self, form):
        id_ = f"cs_test_a{len(self.payments)}"
        self.payments[id_] = {
            "id": id_, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]), "livemode": False,
            "currency": form["line_items[0][price_data][currency]"], "payment_intent": None,
            "client_reference_id": form["client_reference_id"], "expires_at": self.now + 86_400,
            "metadata": {"order_id": form["metadata[order_id]"]}, "url": f"{self.url}/pay/{id_}",
        }  # fmt: skip
        return 200, dict(self.payments[id_])

    def _refund(self, form):
        session = next(
            one for one in self.payments.values() if one["payment_intent"]["id"] == form["payment_intent"]
        )
        charge = session["payment_intent"]["latest_charge"]
        if charge["amount_refunded"] + int(form["amount"]) > session["amount_total"]:
            return 400, self.mistake("That is more than was paid and has not been refunded.")
        charge["amount_refunded"] += int(form["amount"])
        charge["refunded"] = charge["amount_refunded"] >= session["amount_total"]
        id_ = f"re_{len(self.refunds)}"
        self.refunds[id_] = {"id": id_, "object": "refund", "status": "succeeded"}
        return 200, dict(self.refunds[id_])

    def pay(self, id_):
        charge = {"id": "ch_1", "refunded": False, "amount_refunded": 0}
        intent = {"id": f"pi_{id_}", "status": "succeeded", "latest_charge": charge}
        self.payments[id_] |= {
            "status": "complete", "payment_status": "paid", "payment_intent": intent, "url": None
        }  # fmt: skip

    def cancel(self, id_):
        self.payments[id_] |= {"status": "expired", "url": None}

    def notice(self, id_):
        session = self._short(self.payments[id_])
        return self.sent(self.event("checkout.session.completed", session))

    def event(self, type_, about):
        return {
            "id": "evt_1Qx",
            "object": "event",
            "type": type_,
            "livemode": False,
            "data": {"object": about},
        }

    def sent(self, event, *, at=None, secret=None):
        at = self.now if at is None else at
        return self.signed(json.dumps(event).encode(), at, secret or self.secrets[1])

    def signed_body(self, body):
        return self.signed(body, self.now, self.secrets[1])

    def signed(self, body, at, *secrets):
        made = [hmac.new(key.encode(), b"%d." % at + body, hashlib.sha256).hexdigest() for key in secrets]
        header = ",".join([f"t={at}", *(f"v1={one}" for one in made), "v0=" + "0" * 64])
        return Notice({"stripe-signature": header}, body, self.peer)

    def forged(self, id_):
        good = self.notice(id_)
        signature = good.headers["stripe-signature"]
        yield Notice({}, good.body, self.peer)
        yield Notice({"stripe-signature": ""}, good.body, self.peer)
        yield Notice(good.headers, good.body + b" ", self.peer)
        yield Notice(good.headers, good.body.replace(b'"paid"', b'"pai"'), self.peer)
        yield Notice({"stripe-signature": signature.replace("v1=", "v0=")}, good.body, self.peer)
        yield Notice({"stripe-signature": signature.replace("t=17", "t=18")}, good.body, self.peer)
        yield Notice({"stripe-signature": f"t={self.now},v1={'я' * 64}"}, good.body, self.peer)
        yield Notice({"stripe-signature": f"t=²,{signature}"}, good.body, self.peer)
        yield self.sent(json.loads(good.body), secret="whsec_other")
        yield self.sent(json.loads(good.body), at=self.now - 301)
        yield self.sent(json.loads(good.body), at=self.now + 301)


GATEWAYS = (YooKassaGateway, AaioGateway, StripeGateway)


def meet(kind, scenario, **options):
    """Run a scenario with a provider of ours and its gateway, over real HTTP."""

    async def run():
        async with kind().opened() as gateway, httpx.AsyncClient(trust_env=False) as http:
            return await scenario(gateway, gateway.provider(http, **options))

    started = time.monotonic()
    result = asyncio.run(run())
    assert time.monotonic() - started < 20
    return result
