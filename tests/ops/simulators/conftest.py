"""A simulator in this process, somebody to call it, and a webhook for it to call."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import uvloop
from aiohttp import web

from mailroom.ops.simulators.telegram.serving import Simulator, simulator

TOKEN = "1001:test-token"
PATIENCE_SECONDS = 10.0


class Receiver:
    """A bot's webhook: notes what comes and answers as told."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: asyncio.Queue[tuple[dict[str, Any], Any]] = asyncio.Queue()
        self.answer: Callable[[dict[str, Any]], web.StreamResponse | Awaitable[web.StreamResponse]] = (
            lambda update: web.Response()
        )

    async def next(self) -> dict[str, Any]:
        update, self.headers = await asyncio.wait_for(self.requests.get(), PATIENCE_SECONDS)
        return update

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        update = await request.json()
        self.requests.put_nowait((update, request.headers))
        answer = self.answer(update)
        return answer if isinstance(answer, web.StreamResponse) else await answer


class Driver:
    """Calls the Bot API and the controls of one running simulator."""

    def __init__(self, running: Simulator, http: aiohttp.ClientSession) -> None:
        self.simulation, self.url, self.http = running.simulation, running.url, http

    async def api(self, method: str, token: str = TOKEN, **args: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/bot{token}/{method}", json=args) as response:
            self.headers = response.headers
            body = await response.json()
            assert response.status == (200 if body["ok"] else body["error_code"])
            return body

    async def result(self, method: str, **args: Any) -> Any:
        body = await self.api(method, **args)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **args: Any) -> str:
        body = await self.api(method, **args)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"

    async def sim(self, control: str, verb: str = "POST", expect: int = 200, **given: Any) -> Any:
        with_token = control.partition("?")[0] in ("send", "tap", "updates", "edit", "block", "vote", "pay")
        body = {"token": TOKEN, **given} if with_token else given
        json = None if verb == "GET" else body
        async with self.http.request(verb, f"{self.url}/sim/{control}", json=json) as response:
            answer = await response.json()
            assert response.status == expect, answer
            return answer

    async def send(self, text: str = "hello", chat_id: int = 5, **more: Any) -> Any:
        return await self.sim("send", chat_id=chat_id, text=text, **more)

    async def receiver(self) -> Receiver:
        receiver = Receiver("")
        runner = web.ServerRunner(web.Server(receiver.take), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        self.cleanups.append(runner.cleanup)
        return receiver

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 (a bounded look at state that has no event)
                await asyncio.sleep(0.005)


Scenario = Callable[[Driver], Awaitable[None]]


@pytest.fixture
def play() -> Callable[[Scenario], None]:
    """Run an async scenario against a fresh simulator."""

    async def played(scenario: Scenario) -> None:
        async with simulator(seed=1) as running, aiohttp.ClientSession() as http:
            driver = Driver(running, http)
            driver.cleanups = []
            try:
                await scenario(driver)
            finally:
                running.simulation.reset()
                for cleanup in driver.cleanups:
                    await cleanup()

    return lambda scenario: uvloop.run(played(scenario))
