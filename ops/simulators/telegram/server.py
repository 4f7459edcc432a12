"""From an HTTP request to the Bot API, the levers, the page or a file.

Built on aiohttp's low-level server and one `if` per kind of path: routing, middlewares and request objects of
the full application would cost more than a sendMessage does.
"""

import asyncio
import inspect
import json
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from .arguments import Args, parse_body, read_arguments
from .bots import Bot, World
from .control import Controls
from .errors import ApiError, ControlError
from .events import LISTENERS_MAX, Listener, encode
from .faults import Verdict
from .files import StoredFile, Upload
from .methods import METHODS, Call
from .pages import page_file
from .wire import Answer

BODY_BYTES_MAX = 55 * 2**20
"""50 MB of file and the form around it."""

HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.02
"""Events of so long go out in one write: a load tester gets thousands a second."""

NOT_LOGGED = frozenset({"getupdates"})
NOT_IN_A_REPLY = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
JSON = {"Content-Type": "application/json"}

log = logging.getLogger(__name__)


class Server:
    """Answers every request; one per world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._controls = Controls(world)
        world.run_reply = self._run_reply

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path, _, query = request.raw_path.partition("?")
        if path.startswith("/bot"):
            return await self._bot_api(request, path, query)
        if path == "/sim/events":
            return await self._events(request, query)
        if path == "/sim/file":
            return self._file_content(self.world.files.find(dict(parse_qsl(query)).get("file_id", "")))
        if path.startswith("/sim/"):
            return await self._control(request, path, query)
        if path.startswith("/file/bot"):
            return self._file(path)
        return page_file(path)

    # The Bot API.

    async def _bot_api(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        token, _, name = path[4:].partition("/")
        if "%" in token:
            token = unquote(token)
        token = token.removesuffix("/test")
        try:
            bot = self.world.bot(token)
            args, uploads, size = await read_arguments(request, query)
        except ApiError as error:
            return _refusal(error)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(ApiError(413, "Request Entity Too Large"))
        lowered = name.lower()
        entry = METHODS.get(lowered)
        if entry is None:
            return _refusal(ApiError(404, "Not Found: method not found"))
        verdict = self._judge(bot, lowered, args)
        if verdict is not None:
            if verdict.delay_seconds:
                await asyncio.sleep(verdict.delay_seconds)
            if verdict.kind == "drop_before":
                self._note(bot, entry[0], args, size, error="connection dropped before the call was seen")
                return _drop(request)
            if verdict.kind in ("429", "500", "blocked"):
                failed = _FAILURES[verdict.kind](verdict)
                self._note(bot, entry[0], args, size, error=failed.description)
                return _refusal(failed)
        body, status, headers = await self._call(bot, lowered, args, uploads, size)
        if self.world.api_latency_seconds:
            await asyncio.sleep(self.world.api_latency_seconds)
        if verdict is not None and verdict.kind == "drop_after":
            return _drop(request)
        return web.Response(body=body, status=status, headers=headers)

    async def _call(
        self, bot: Bot, lowered: str, args: Args, uploads: dict[str, Upload], size: int
    ) -> tuple[bytes, int, LooseHeaders]:
        name, handler = METHODS[lowered]
        call = Call(self.world, bot, args, uploads)
        try:
            if self.world.limits.settings.enforce:
                self._enforce(bot, lowered, args)
            result = handler(call)
            if inspect.iscoroutine(result):
                updates: list[bytes] = await result
                return b'{"ok":true,"result":[%b]}' % b",".join(updates), 200, JSON
        except ApiError as error:
            if lowered not in NOT_LOGGED:
                self._note(bot, name, args, size, error=error.description)
            return _failure_body(error), error.code, _failure_headers(error)
        self._note(bot, name, args, size, result=result)
        if call.description is None:
            return f'{{"ok":true,"result":{encode(result)}}}'.encode(), 200, JSON
        return encode({"ok": True, "result": result, "description": call.description}).encode(), 200, JSON

    def _judge(self, bot: Bot, lowered: str, args: Args) -> Verdict | None:
        faults = self.world.faults
        return faults.judge(bot.token, lowered, _chat_id(args)) if faults.active else None

    def _enforce(self, bot: Bot, lowered: str, args: Args) -> None:
        wait = self.world.limits.wait_seconds(bot.token, lowered, _chat_id(args))
        if wait:
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _note(
        self, bot: Bot, name: str, args: Args, size: int, *, result: Any = None, error: str | None = None
    ) -> None:
        message_id = result.get("message_id") if isinstance(result, dict) else None
        if isinstance(result, list) and result and isinstance(result[0], dict):
            message_id = result[0].get("message_id")
        self.world.calls.add(bot.token, name, _chat_id(args), args, size, message_id=message_id, error=error)

    def _run_reply(self, bot: Bot, answer: Answer) -> None:
        """Carry out the method in a webhook's answer; its result and its errors go nowhere, as with Telegram."""
        try:
            if answer.content_type.startswith("multipart/"):
                args = _multipart_fields(answer)
            else:
                args = parse_body(answer.body, answer.content_type)
        except ApiError:
            return
        lowered = str(args.pop("method", "")).lower()
        if lowered not in METHODS or lowered in NOT_IN_A_REPLY or lowered.startswith("get"):
            return
        task = asyncio.ensure_future(self._call(bot, lowered, args, {}, len(answer.body)))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    _replies: set[asyncio.Future[Any]] = set()

    # The levers.

    async def _control(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        lever = self._controls.routes.get((request.method, path.rstrip("/")))
        if lever is None:
            known = ", ".join(f"{verb} {route}" for verb, route in self._controls.routes)
            return _json({"error": f"no such lever; known: {known}"}, 404)
        given: dict[str, Any] = dict(parse_qsl(query))
        try:
            if request.can_read_body:
                body = json.loads(await request.read() or b"{}")
                if not isinstance(body, dict):
                    raise ControlError("the body must be a JSON object")
                given.update(body)
            return _json(lever(given))
        except ControlError as error:
            return _json({"error": str(error)}, 400)
        except ApiError as error:
            return _json({"error": error.description}, 400)
        except web.HTTPRequestEntityTooLarge:
            return _json({"error": "the body is too large"}, 413)
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            return _json({"error": f"the body is not JSON: {error}"}, 400)

    async def _events(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        hub = self.world.events
        if len(hub.listeners) >= LISTENERS_MAX:
            return _json({"error": f"at most {LISTENERS_MAX} listeners"}, 503)
        given = parse_qsl(query)
        try:
            chat_ids = frozenset(int(value) for name, value in given if name == "chat_id" and value)
        except ValueError:
            return _json({"error": "chat_id must be a whole number"}, 400)
        listener = Listener(
            next((value for name, value in given if name == "token" and value), None), chat_ids
        )
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        hub.listeners.add(listener)
        try:
            await response.prepare(request)
            await response.write(b"event: hello\ndata: {}\n\n")
            while True:
                await response.write(await listener.wait_for_events(HEARTBEAT_SECONDS))
                await asyncio.sleep(GATHER_SECONDS)
        except ConnectionError:
            return response
        finally:
            hub.listeners.discard(listener)

    def _file(self, path: str) -> web.StreamResponse:
        token, _, file_path = unquote(path[len("/file/bot") :]).partition("/")
        known = token in self.world.bots
        return self._file_content(self.world.files.at(file_path) if known else None)

    def _file_content(self, stored: StoredFile | None) -> web.StreamResponse:
        if stored is None or not stored.upload.content:
            return _refusal(ApiError(404, "Not Found"))
        # Never as HTML or SVG under our own address: an uploaded page would be a script on the chat page.
        mime_type = stored.upload.mime_type
        safe = mime_type if mime_type in _SHOWN_TYPES else "application/octet-stream"
        headers = {"Content-Type": safe, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.upload.content, headers=headers)


_SHOWN_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg", "audio/ogg"}
)

_FAILURES = {
    "429": lambda verdict: ApiError(
        429, f"Too Many Requests: retry after {verdict.retry_after}", retry_after=verdict.retry_after
    ),
    "500": lambda verdict: ApiError(500, "Internal Server Error"),
    "blocked": lambda verdict: ApiError(403, "Forbidden: bot was blocked by the user"),
}


def _chat_id(args: Args) -> int | None:
    try:
        return int(args["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _failure_body(error: ApiError) -> bytes:
    envelope: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        envelope["parameters"] = error.parameters
    return encode(envelope).encode()


def _failure_headers(error: ApiError) -> LooseHeaders:
    if "retry_after" in error.parameters:
        return {**JSON, "Retry-After": str(error.parameters["retry_after"])}
    return JSON


def _refusal(error: ApiError) -> web.Response:
    return web.Response(body=_failure_body(error), status=error.code, headers=_failure_headers(error))


def _json(content: Any, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(body=encode(content).encode(), status=status, headers=JSON)


def _drop(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _multipart_fields(answer: Answer) -> Args:
    """Read the plain fields of a multipart answer (stock aiogram answers so); files in it are ignored."""
    boundary = answer.content_type.partition("boundary=")[2].partition(";")[0].strip('" ').encode()
    fields: Args = {}
    for part in answer.body.split(b"--" + boundary)[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0]
        if name and b"filename=" not in head:
            fields[name.decode("utf-8", "replace")] = content.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields
