"""A model endpoint that says what a test tells it to, over real HTTP, on the test's own loop."""

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager

from aiohttp import web

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120, "cost": 0.0005}


class Say:
    """An answer in words, in pieces where it is streamed."""

    def __init__(self, text, *, pieces=3, finish="stop", usage=USAGE, model="scripted", pause=0.0):
        self.text, self.pieces, self.finish = text, pieces, finish
        self.usage, self.model, self.pause = usage, model, pause

    def __repr__(self):
        return f"{type(self).__name__}({self.text[:20]!r}, {self.finish})"

    def message(self):
        return {"role": "assistant", "content": self.text}

    def deltas(self):
        size = max(1, -(-len(self.text) // self.pieces))
        for start in range(0, len(self.text), size):
            yield {"content": self.text[start : start + size]}


class Call(Say):
    """Calls of tools: (name, arguments) each, arguments as an object or as raw text."""

    def __init__(self, *calls, text="", **options):
        super().__init__(text, **{"finish": "tool_calls", **options})
        self.calls = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
                },
            }
            for number, (name, arguments) in enumerate(calls)
        ]

    def message(self):
        return {"role": "assistant", "content": self.text or None, "tool_calls": self.calls}

    def deltas(self):
        yield from super().deltas()
        for index, call in enumerate(self.calls):
            raw = call["function"]["arguments"]
            name = {"name": call["function"]["name"], "arguments": raw[:3]}
            yield {"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": name}]}
            yield {"tool_calls": [{"index": index, "function": {"arguments": raw[3:]}}]}


class Fail:
    """Not an answer: a status, a body of its own, or a way to break off."""

    def __init__(self, how, status=200, body=None, headers=None):
        self.how, self.status, self.body, self.headers = how, status, body, headers

    def __repr__(self):
        return f"{self.how}-{self.status}"


HANG = Fail("hang")
"""Takes the request and never answers."""
CUT = Fail("cut")
"""Begins to answer and drops the connection."""
ERROR_BODY = Fail("body", 200, {"error": {"code": 502, "message": "Provider returned error"}})
EMPTY = Fail(
    "body", 200, {"id": "1", "object": "chat.completion", "model": "m", "choices": [], "usage": USAGE}
)
HTML = Fail("html", 200, "<html>Bad gateway</html>")


def status(code, message="no"):
    """The error of this status, as OpenRouter writes it."""
    return Fail("body", code, {"error": {"code": code, "message": message}})


class ModelEndpoint:
    """What was asked, and what will be answered: `script` in order, then `always`; `by_model` first."""

    def __init__(self):
        self.requests = []
        self.script = deque()
        self.always = Say("…")
        self.by_model = {}
        self.intent = "products"
        self.summary = "The customer looks for something."
        self.before_answer = None
        """Awaited before the next answer goes out."""
        self.arrived = asyncio.Event()
        """Set by every request."""
        self.released = asyncio.Event()
        self.base_url = ""

    def says(self, *answers):
        self.script.extend(answers)

    @property
    def asked(self):
        """The requests to the stronger model, without those of sorting and summing up."""
        return [one for one in self.requests if "tools" in one]

    def _next(self, asked):
        if asked["model"] in self.by_model:
            return self.by_model[asked["model"]]
        system = asked["messages"][0]["content"]
        if system.startswith("You sort messages"):
            return (
                self.intent
                if isinstance(self.intent, Say | Fail)
                else Say(json.dumps({"intent": self.intent}))
            )
        if system.startswith("Sum up this talk"):
            return self.summary if isinstance(self.summary, Say | Fail) else Say(self.summary)
        answer = self.script.popleft() if self.script else self.always
        return answer(asked) if callable(answer) else answer

    async def handle(self, request):
        asked = await request.json()
        self.requests.append(asked | {"_headers": dict(request.headers)})
        self.arrived.set()
        answer = self._next(asked)
        if self.before_answer is not None:
            await self.before_answer
            self.before_answer = None
        if isinstance(answer, Fail) and answer.how == "hang":
            await self.released.wait()
            return web.Response(status=500)
        if isinstance(answer, Fail) and answer.how in ("body", "html"):
            if answer.how == "html":
                return web.Response(text=answer.body, content_type="text/html", status=answer.status)
            return web.json_response(answer.body, status=answer.status, headers=answer.headers)
        if not asked.get("stream"):
            return self._whole(request, answer)
        return await self._streamed(request, answer)

    def _whole(self, request, answer):
        if isinstance(answer, Fail):
            request.transport.close()
            return web.Response()
        choice = {"index": 0, "finish_reason": answer.finish, "message": answer.message()}
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": answer.model,
            "choices": [choice],
        }
        return web.json_response(body | ({"usage": answer.usage} if answer.usage else {}))

    async def _streamed(self, request, answer):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)

        async def send(content):
            body = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "scripted",
                **content,
            }
            await response.write(f"data: {json.dumps(body)}\n\n".encode())

        def choice(delta, finish=None):
            return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        await response.write(b": OPENROUTER PROCESSING\n\n")
        if isinstance(answer, Fail):
            await send(choice({"content": "Lumen: photo editor is made for RAW. It co"}))
            if answer.how == "stream_error":
                await send({"choices": [], "error": {"code": 502, "message": "Provider disconnected"}})
            elif answer.how == "stream_garbage":
                await response.write(b"data: {nonsense\n\n")
            elif answer.how == "stream_hang":
                await self.released.wait()
            elif answer.how == "stream_end":
                await response.write_eof()
                return response
            request.transport.close()
            return response
        for delta in answer.deltas():
            await send(choice(delta))
            if answer.pause:
                await asyncio.sleep(answer.pause)
        await send(choice({}, answer.finish))
        if answer.usage:
            await send({"choices": [], "usage": answer.usage})
        await response.write(b"data: [DONE]\n\n")
        return response


@asynccontextmanager
async def open_model_endpoint():
    """An endpoint on loopback, for as long as the context lasts."""
    endpoint = ModelEndpoint()
    app = web.Application(client_max_size=10 * 2**20)
    app.router.add_post("/v1/chat/completions", endpoint.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    endpoint.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        await runner.cleanup()
