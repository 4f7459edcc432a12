"""From an HTTP request to the Bot API, the controls, the stream of events, a file or the page.

Built on aiohttp's low-level server and one `if` per kind of path: routing and middlewares of the full
application would cost more than a sendMessage does.
"""

import asyncio
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from mailroom.ops.simulators.controls import ControlHandler, Route, answer_control, json_answer

from .bot_api import BotApi, refusal
from .bots import Simulation
from .controls import Controls
from .deeds import Deeds
from .errors import ApiError
from .events import LISTENERS_MAX, Listener
from .files import StoredFile
from .pages import page_file
from .views import Views

BODY_BYTES_MAX = 55 * 2**20
"""50 MB of file and the form around it."""

HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.02
"""Events of so long go out in one write: a load tester gets thousands a second."""

SHOWN_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg", "audio/ogg"}
)


class Server:
    """Answers every request; one per simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._bot_api = BotApi(simulation)
        self._routes: dict[Route, ControlHandler] = {
            **Deeds(simulation).routes,
            **Controls(simulation).routes,
            **Views(simulation).routes,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path, _, query = request.raw_path.partition("?")
        if path.startswith("/bot"):
            return await self._bot_api.handle(request, path, query)
        if path == "/sim/events":
            return await self._events(request, query)
        if path == "/sim/file":
            return _file(self._simulation.files.find(dict(parse_qsl(query)).get("file_id", "")))
        if path.startswith("/sim/"):
            return await answer_control(self._routes, request, ApiError)
        if path.startswith("/file/bot"):
            token, _, file_path = unquote(path.removeprefix("/file/bot")).partition("/")
            return _file(self._simulation.files.at(file_path) if token in self._simulation.bots else None)
        return page_file(path)

    async def _events(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        listeners = self._simulation.events.listeners
        if len(listeners) >= LISTENERS_MAX:
            return json_answer({"error": f"at most {LISTENERS_MAX} listeners"}, 503)
        given = parse_qsl(query)
        try:
            chat_ids = frozenset(int(value) for name, value in given if name == "chat_id")
        except ValueError:
            return json_answer({"error": "chat_id must be a whole number"}, 400)
        kinds = frozenset(value for name, value in given if name == "type")
        token = next((value for name, value in given if name == "token"), None)
        listener = Listener(token, chat_ids, kinds)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        listeners.add(listener)
        try:
            await response.prepare(request)
            await response.write(b"event: hello\ndata: {}\n\n")
            while True:
                await response.write(await listener.wait_for_events(HEARTBEAT_SECONDS))
                await asyncio.sleep(GATHER_SECONDS)
        except ConnectionError:
            return response
        finally:
            listeners.discard(listener)


def _file(stored: StoredFile | None) -> web.Response:
    if stored is None or not stored.upload.content:
        return refusal(ApiError(404, "Not Found"))
    # Never as HTML or SVG under our own address: an uploaded page would be a script on the chat page.
    mime_type = stored.upload.mime_type
    safe = mime_type if mime_type in SHOWN_TYPES else "application/octet-stream"
    headers = {"Content-Type": safe, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=stored.upload.content, headers=headers)
