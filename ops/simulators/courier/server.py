"""From an HTTP request to a message that is carried; here requests meet their faults.

POST /v1/messages, Authorization: Bearer KEY, Idempotency-Key: KEY, {"to", "title", "text"} -> 202 {"id"}.
`to` is a mailbox or a phone number. Refused is who has no key (401), what is no message (400), nobody (422).
"""

import asyncio
import json
from urllib.parse import parse_qs

from aiohttp import web

from mailroom.ops.simulators.controls import answer_control, json_answer

from .faults import Rule
from .page import page
from .simulation import Simulation

BODY_BYTES_MAX = 64 * 1024
SILENCE_SECONDS = 600.0
NOBODY = ("@nobody.example", "+70000000000")
"""There is nobody at these."""


class Server:
    """Answers every request; one per simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._late: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path, _, query = request.raw_path.partition("?")
        if path.startswith("/sim/"):
            return await answer_control(self._simulation.routes, request)
        if (request.method, path) == ("POST", "/v1/messages"):
            return await self._carry(request)
        if (request.method, path) == ("GET", "/"):
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            return page(self._simulation.arrived(asked.get("to", "")), asked, request.headers)
        return json_answer({"error": f"there is no {request.method} {path}"}, 404)

    async def _carry(self, request: web.BaseRequest) -> web.StreamResponse:
        self._simulation.calls += 1
        if not request.headers.get("Authorization", "").removeprefix("Bearer ").strip():
            return json_answer({"error": "say who you are: Authorization: Bearer KEY"}, 401)
        try:
            given = json.loads(await request.read())
            to, title, text = (str(given[name]) for name in ("to", "title", "text"))
        except (ValueError, KeyError, TypeError) as error:
            return json_answer({"error": f"no message: {error}"}, 400)
        rule = self._simulation.faults.strike(to)
        kind = rule.kind if rule else ""
        if rule is not None and kind.isdecimal():
            return _refusal(rule)
        if kind == "hang":
            await asyncio.sleep(SILENCE_SECONDS)
        if to.endswith(NOBODY):
            return json_answer({"error": f"there is nobody at {to}"}, 422)
        number, before = self._simulation.take(request.headers.get("Idempotency-Key", ""))
        if not before and kind != "lost":
            await self._arrives(rule, to, title, text)
        if rule is not None and kind == "slow":
            await asyncio.sleep(rule.delay_ms / 1000)
        if kind == "cut" and request.transport is not None:
            request.transport.abort()
        if kind == "garbage":
            return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
        return json_answer({"id": number}, 202)

    async def _arrives(self, rule: Rule | None, to: str, title: str, text: str) -> None:
        if rule is not None and rule.kind == "late":
            task = asyncio.create_task(self._later(rule.delay_ms / 1000, to, title, text))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return
        for _ in range(2 if rule is not None and rule.kind == "duplicate" else 1):
            self._simulation.arrive(to, title, text)

    async def _later(self, seconds: float, to: str, title: str, text: str) -> None:
        await asyncio.sleep(seconds)
        self._simulation.arrive(to, title, text)


def _refusal(rule: Rule) -> web.Response:
    answer = json_answer({"error": f"the simulator was told to answer {rule.kind}"}, int(rule.kind))
    if rule.retry_after is not None:
        answer.headers["Retry-After"] = str(rule.retry_after)
    return answer
