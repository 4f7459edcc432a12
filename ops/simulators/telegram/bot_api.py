"""One Bot API call, from its path and body to its envelope: token, arguments, faults, limits, method, log.

Envelopes and codes: `Query.cpp` of tdlib/telegram-bot-api. This is the hot path: plain dictionaries, no log
line.
"""

import asyncio
import inspect
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from . import gateway
from .arguments import Args, parse_body, read_arguments
from .bots import Bot, Simulation
from .errors import ApiError, too_many_requests
from .events import encode
from .faults import GATEWAY_KINDS, Verdict
from .files import Upload
from .methods import METHODS, Call
from .replies import multipart_fields
from .wire import Answer

NOT_LOGGED = frozenset({"getupdates"})
"""Long polling would fill the log with nothing."""

NOT_IN_A_REPLY = ("get", "setwebhook", "deletewebhook", "close", "logout")
"""Prefixes of what a webhook's answer cannot do (`WebhookActor::handle`)."""

JSON = {"Content-Type": "application/json"}

REFUSALS = {
    "500": ApiError(500, "Internal Server Error"),
    "blocked": ApiError(403, "Forbidden: bot was blocked by the user"),
    "unauthorized": ApiError(401, "Unauthorized"),
    "unknown_bot": ApiError(404, "Not Found"),
}
"""What the rules of these kinds have Telegram say."""


class BotApi:
    """Carries out calls, whether they come by HTTP or in a webhook's answer."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._replies: set[asyncio.Future[Any]] = set()
        simulation.run_reply = self._run_reply

    async def handle(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        """Answer `/bot<token>/<method>`."""
        token, _, name = path.removeprefix("/bot").partition("/")
        try:
            bot = self._simulation.bot(unquote(token) if "%" in token else token)
            args, uploads, size = await read_arguments(request, query)
        except ApiError as error:
            return refusal(error)
        except web.HTTPRequestEntityTooLarge:
            return refusal(ApiError(413, "Request Entity Too Large"))
        lowered = name.lower()
        if lowered not in METHODS:
            return refusal(ApiError(404, "Not Found: method not found"))
        faults = self._simulation.faults
        verdict = faults.judge(bot.token, lowered, _chat_id(args)) if faults.active else None
        if verdict is not None:
            refused = await self._suffer(verdict, request, bot, METHODS[lowered][0], args, size)
            if refused is not None:
                return refused
        response = await self._call(bot, lowered, args, uploads, size)
        if self._simulation.api_latency_seconds:
            await asyncio.sleep(self._simulation.api_latency_seconds)
        if verdict is not None and verdict.kind == "drop_after":
            return _hang_up(request)
        return response

    async def _suffer(
        self, verdict: Verdict, request: web.BaseRequest, bot: Bot, name: str, args: Args, size: int
    ) -> web.Response | None:
        """Let a fault rule strike before the call takes effect; None lets the call go on."""
        if verdict.delay_seconds:
            await asyncio.sleep(verdict.delay_seconds)
        if verdict.kind == "drop_before":
            self._note(bot, name, args, size, error="connection dropped before the call took effect")
            return _hang_up(request)
        if (refused := refused_by(verdict)) is None:
            return None
        answer, why = refused
        self._note(bot, name, args, size, error=why)
        return answer

    async def call(self, token: str, name: str, args: Args, uploads: dict[str, Upload]) -> web.Response:
        """Carry out one call without a request around it; no rule strikes it."""
        if name.lower() not in METHODS:
            return refusal(ApiError(404, "Not Found: method not found"))
        return await self._call(self._simulation.bot(token), name.lower(), args, uploads, 0)

    async def _call(
        self, bot: Bot, lowered: str, args: Args, uploads: dict[str, Upload], size: int
    ) -> web.Response:
        name, handler = METHODS[lowered]
        call = Call(self._simulation, bot, args, uploads)
        try:
            limits = self._simulation.limits
            if limits.settings.enforce:
                wait = limits.wait_seconds(bot.token, lowered, _chat_id(args))
                if wait:
                    raise too_many_requests(wait)
            result = handler(call)
            if inspect.iscoroutine(result):
                updates: list[bytes] = await result
                return _answer(b'{"ok":true,"result":[%b]}' % b",".join(updates))
        except ApiError as error:
            if lowered not in NOT_LOGGED:
                self._note(bot, name, args, size, error=error.description)
            return refusal(error)
        self._note(bot, name, args, size, result=result)
        if call.description is None:
            return _answer(f'{{"ok":true,"result":{encode(result)}}}'.encode())
        return _answer(encode({"ok": True, "result": result, "description": call.description}).encode())

    def _note(
        self, bot: Bot, name: str, args: Args, size: int, *, result: Any = None, error: str | None = None
    ) -> None:
        first = result[0] if isinstance(result, list) and result else result
        message_id = first.get("message_id") if isinstance(first, dict) else None
        self._simulation.calls.add(
            bot.token, name, _chat_id(args), args, size, message_id=message_id, error=error
        )

    def _run_reply(self, bot: Bot, answer: Answer) -> None:
        """Carry out the method in a webhook's answer; its result and its errors go nowhere."""
        try:
            if answer.content_type.startswith("multipart/"):
                args = multipart_fields(answer)
            else:
                args = parse_body(answer.body, answer.content_type)
        except ApiError:
            return
        lowered = str(args.pop("method", "")).lower()
        if lowered not in METHODS or lowered.startswith(NOT_IN_A_REPLY):
            return
        task = asyncio.ensure_future(self._call(bot, lowered, args, {}, len(answer.body)))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)


def refused_by(verdict: Verdict) -> tuple[web.Response, str] | None:
    """What a call is answered with that a rule keeps from taking effect, and why; None lets it go on."""
    if verdict.kind in GATEWAY_KINDS:
        why = f"{verdict.status} {verdict.kind}, not by Telegram"
        return gateway.answer(verdict.kind, verdict.status), why
    if verdict.kind == "429":
        error = too_many_requests(verdict.retry_after)
    elif verdict.kind in REFUSALS:
        error = REFUSALS[verdict.kind]
    else:
        return None
    return refusal(error), error.description


def refusal(error: ApiError) -> web.Response:
    """Return the envelope of an error; a wait stands in the header too."""
    envelope: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    headers = JSON
    if error.parameters:
        envelope["parameters"] = error.parameters
        if "retry_after" in error.parameters:
            headers = {**JSON, "Retry-After": str(error.parameters["retry_after"])}
    return web.Response(body=encode(envelope).encode(), status=error.code, headers=headers)


def _answer(body: bytes) -> web.Response:
    return web.Response(body=body, headers=JSON)


def _chat_id(args: Args) -> int | None:
    try:
        return int(args["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
