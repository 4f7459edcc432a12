"""From an HTTP request to an answer of the script; here requests meet their faults."""

import asyncio
import json
from typing import Any

from aiohttp import web

from mailroom.actors.kit.scripted import Chat, Said
from mailroom.ops.simulators.controls import answer_control, json_answer

from . import hostile, must, strict, wire
from .chat import NAME, read
from .controls import Controls, SeenCall, Simulation
from .errors import RequestRefusedError
from .faults import Rule, slows
from .plain import ABOUT

BODY_BYTES_MAX = 8 * 2**20
SILENCE_SECONDS = 1_200.0
"""How long a request without an answer is held: twice as long as the openai package waits by itself."""
CUT_AFTER_PIECES = 4
PREFIXES = ("/v1", "/api/v1")
"""OpenAI's and OpenRouter's."""


class Server:
    """Answers every request; one per simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._controls = Controls(simulation).routes

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path = request.raw_path.partition("?")[0].rstrip("/")
        if path.startswith("/sim/"):
            return await answer_control(self._controls, request)
        for prefix in PREFIXES:
            match request.method, path.removeprefix(prefix):
                case "POST", "/chat/completions":
                    return await self._chat(request)
                case "GET", "/models":
                    return json_answer({"object": "list", "data": [MODEL]})
                case "GET", "/key":
                    return json_answer({"data": {"label": NAME, "usage": 0, "limit": None}})
        if not path:
            return web.Response(text=ABOUT)
        return json_answer(wire.error(404, f"there is no {request.method} {path}"), 404)

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return json_answer(wire.error(401, "No auth credentials found"), 401)
        try:
            body = await request.read()
            chat = read(body)
        except RequestRefusedError as error:
            return json_answer(wire.error(400, str(error)), 400)
        except web.HTTPRequestEntityTooLarge:
            return json_answer(wire.error(413, "the request is too large"), 413)
        if self._simulation.strict and (refusal := strict.refusal(json.loads(body))) is not None:
            return json_answer(refusal[1], refusal[0])
        asked, rules = self._routed(chat)
        fault = next((rule for rule in rules if not slows(rule)), None)
        script = self._simulation.script_for(key.strip())
        said = (hostile.said(chat, fault, script) if fault else None) or must.made(
            chat, script.answer(chat), script
        )
        answer = wire.reply(chat, said, asked)
        thinks = self._simulation.strict and strict.reasons(asked)
        if thinks and chat.tokens_max is not None and chat.tokens_max <= strict.THOUGHTS_TOKENS:
            answer = wire.Reply(chat, Said(), answer.model, "length", answer.id, answer.created)
        if fault is not None and fault.kind == "length":
            half = Said(said.text[: len(said.text) // 2])
            answer = wire.Reply(chat, half, answer.model, "length", answer.id, answer.created)
        whole = fault is None or fault.kind not in ("hang", "cut", "garbage", "empty", "error_body")
        status = int(fault.kind) if fault and fault.kind.isdecimal() else 200
        self._saw(chat, asked, fault, status if whole else 0, answer.said)
        await asyncio.sleep(sum(rule.delay_ms for rule in rules if rule.kind == "slow_start") / 1000)
        if fault is not None and fault.kind == "hang":
            await asyncio.sleep(SILENCE_SECONDS)
        if status != 200:
            assert fault is not None
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            refused = json_answer(wire.error(status, f"the simulator was told to answer {status}"), status)
            refused.headers.update(headers)
            return refused
        if fault is not None and fault.kind == "garbage":
            return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
        pace_ms = self._simulation.token_ms + sum(rule.delay_ms for rule in rules if rule.kind == "slow")
        if chat.stream:
            return await _streamed(request, answer, fault.kind if fault else "", pace_ms / 1000)
        return _in_one(request, answer, fault.kind if fault else "")

    def _routed(self, chat: Chat) -> tuple[str, list[Rule]]:
        """The model that answers, and the rules that strike it: one that is refused leaves it to the next."""
        asked, rules = chat.models[0], []
        for asked in chat.models:
            rules = self._simulation.faults.strike(asked, with_tools=bool(chat.tools))
            if not any(rule.kind.isdecimal() for rule in rules):
                break
        return asked, rules

    def _saw(self, chat: Chat, asked: str, fault: Rule | None, status: int, said: Said) -> None:
        self._simulation.called += 1
        self._simulation.calls.append(
            SeenCall(
                self._simulation.called,
                asked,
                chat.stream,
                tuple(chat.tools),
                chat.question,
                chat.system,
                status,
                said.text,
                tuple({"name": call.name, "arguments": call.arguments} for call in said.calls),
                fault.kind if fault else None,
            )
        )


def _in_one(request: web.BaseRequest, answer: wire.Reply, fault: str) -> web.Response:
    content: dict[str, Any] = wire.whole(answer)
    if fault == "error_body":
        content = {**content, "choices": None, **wire.error(502, "the provider failed")}
    elif fault == "empty":
        content["choices"] = []
    response = json_answer(content)
    if fault == "cut":
        # More is promised than comes: the caller sees a connection that breaks.
        _abort(request)
    return response


async def _streamed(
    request: web.BaseRequest, answer: wire.Reply, fault: str, pace_seconds: float
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
    )
    await response.prepare(request)
    try:
        await response.write(wire.KEEP_ALIVE)
        for number, piece in enumerate(wire.pieces(answer) if fault != "empty" else ()):
            if number > CUT_AFTER_PIECES and fault in ("cut", "error_body"):
                break
            await response.write(piece)
            if pace_seconds:
                await asyncio.sleep(pace_seconds)
        if fault == "cut":
            _abort(request)
            return response
        if fault == "error_body":
            await response.write(wire.event(wire.error(502, "the provider failed")))
            return response
        for piece in wire.ending(answer) if fault != "empty" else (wire.DONE,):
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        pass  # whoever asked has gone
    return response


def _abort(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


MODEL = {
    "id": NAME,
    "object": "model",
    "created": 0,
    "owned_by": "the demo",
    "name": "Scripted demo model",
    "description": "A script in the place of a model. It takes any model's name.",
    "context_length": 128_000,
}
