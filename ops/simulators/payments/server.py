"""From an HTTP request to a gateway's API, the payer's page or a control; here calls meet their faults."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from mailroom.ops.simulators.controls import answer_control

from .controls import Controls
from .faults import Rule
from .gateways.gateway import Answer, Call, CallRefusedError, Gateway
from .page import Page
from .simulation import Simulation

BODY_BYTES_MAX = 2**20
SILENCE_SECONDS = 600.0
"""How long a call without an answer is held: longer than any caller waits."""
TOLD_SECONDS = 15.0
"""How long a call waits for the notice that is to come before its answer."""
GARBAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class Server:
    """Answers every request; one per simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._controls = Controls(simulation).routes
        self._page = Page(simulation)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path, _, query = request.raw_path.partition("?")
        self._simulation.lifecycle.sweep()
        if path.startswith("/sim/"):
            return await answer_control(self._controls, request)
        for gateway in self._simulation.gateways.values():
            if path.startswith(f"/{gateway.name}/"):
                try:
                    body = await request.read()
                except web.HTTPRequestEntityTooLarge:
                    return web.Response(status=413)
                call = Call(
                    request.method,
                    unquote(path.removeprefix(gateway.prefix)).strip("/"),
                    _query(query),
                    {name.lower(): value for name, value in request.headers.items()},
                    body,
                    f"{request.scheme}://{request.host}",
                )
                if not path.startswith(f"{gateway.prefix}/"):
                    return _web(gateway.unknown(call))
                return await self._call(request, gateway, call)
        return await self._page.handle(request, path, query)

    async def _call(self, request: web.BaseRequest, gateway: Gateway, call: Call) -> web.StreamResponse:
        method = gateway.method_of(call)
        if method is None:
            return _web(gateway.unknown(call))
        rules = self._simulation.faults.for_call(gateway.name, method)
        await asyncio.sleep(sum(one.delay_ms for one in rules if one.kind == "slow") / 1000)
        rule = next((one for one in rules if one.kind != "slow"), None)
        key = call.headers.get("idempotence-key") or call.headers.get("idempotency-key") or ""
        answer = _instead(gateway, rule) or self._answer(gateway, call, method, rule)
        if rule is not None and rule.kind == "paid_first":
            await self._pay_first(answer)
        if rule is not None and rule.kind == "500_after":
            answer = gateway.failure(500, 0)
        lost = rule is not None and rule.kind in ("timeout", "timeout_after", "cut", "cut_after")
        self._simulation.saw(gateway.name, method, 0 if lost else answer.status, answer.payment_id, key)
        if rule is not None and lost:
            if rule.kind.startswith("timeout"):
                await asyncio.sleep(SILENCE_SECONDS)
            if request.transport is not None:
                request.transport.abort()
        return _web(answer)

    def _answer(self, gateway: Gateway, call: Call, method: str, rule: Rule | None) -> Answer:
        if rule is not None and rule.kind in ("timeout", "cut"):
            return Answer(0, b"")
        if rule is not None and method == "refund":
            pending = rule.delay_ms / 1000 if rule.kind == "pending" else None
            refused = rule.kind == "refused"
            call = replace(
                call,
                refund_pending_seconds=pending,
                refund_refused=refused,
                refund_refusal=rule.reason or "",
            )
        try:
            with self._simulation.store.transaction():
                return gateway.answer(call, method)
        except CallRefusedError as refused:
            return refused.answer

    async def _pay_first(self, answer: Answer) -> None:
        payment = self._simulation.store.payment(answer.payment_id)
        if payment is not None and payment.status == "open":
            self._simulation.lifecycle.pay(payment)
            await self._simulation.notice_sender.wait_until_told(payment.id, TOLD_SECONDS)


def _web(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def _query(query: str) -> dict[str, str]:
    """The arguments in an address; of a list written `name[]=…&name[]=…` each member counts."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[f"{name[:-2]}[{len(found)}]" if name.endswith("[]") else name] = value
    return found


def _instead(gateway: Gateway, rule: Rule | None) -> Answer | None:
    """What is answered without anything happening."""
    if rule is None:
        return None
    if rule.kind in ("429", "500", "202"):
        return gateway.failure(int(rule.kind), rule.retry_after)
    if rule.kind == "garbage":
        return Answer(200, GARBAGE, {"Content-Type": "text/html"})
    return None
