"""The whole of `mailroom flood` against a stand-in for the service whose faults are known."""

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from mailroom.actors.providers.telegram import SECRET_HEADER
from mailroom.ops.flood import Plan, run_flood
from mailroom.ops.flood.plan import Expect

SECRET = "right"


class FakeService:
    """Takes updates and logs replies, as a service with its simulator does."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[dict[str, Any]] = []
        self.seen: set[int] = set()
        self.counts: dict[int, int] = {}
        self.refuse_first = 0
        self.forget: frozenset[int] = frozenset()

    async def webhook(self, request: web.Request) -> web.Response:
        if request.headers.get(SECRET_HEADER) != SECRET:
            return web.Response(status=401)
        update = await request.json()
        if "message" not in update:
            return web.Response(status=400)
        if self.refuse_first:
            self.refuse_first -= 1
            return web.Response(status=429, headers={"Retry-After": "0"})
        if update["update_id"] not in self.seen:
            self.seen.add(update["update_id"])
            self.reply(update["message"])
        return web.Response()

    def reply(self, message: dict[str, Any]) -> None:
        chat_id = message["chat"]["id"]
        count = self.counts[chat_id] = self.counts.get(chat_id, 0) + 1
        if count in self.forget:
            return
        self.calls.append(
            {
                "n": len(self.calls),
                "at": message["date"] + 1.0,
                "method": "sendMessage",
                "chat_id": chat_id,
                "args": {"text": f"{message['text']} #{count}"},
                "ok": True,
            }
        )

    async def show_calls(self, request: web.Request) -> web.Response:
        since = int(request.query["since"])
        return web.json_response({"calls": self.calls[since:], "next": len(self.calls), "oldest": 0})

    async def nothing(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def unwilling(self, _request: web.Request) -> web.Response:
        return web.json_response({}, status=400)


@pytest.fixture
def fake_service() -> Iterator[FakeService]:
    fake_service = FakeService()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/webhook/telegram/shop", fake_service.webhook)
        app.router.add_get("/sim/calls", fake_service.show_calls)
        app.router.add_get("/sim/faults", fake_service.nothing)
        app.router.add_get("/sim/delivery", fake_service.unwilling)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake_service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()

    task = loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    started.wait(10)
    yield fake_service
    assert task.done()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    with contextlib.suppress(RuntimeError):
        loop.close()


def plan(fake_service: FakeService, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "url": fake_service.url,
        "simulator": fake_service.url,
        "secret": SECRET,
        "messages": 60,
        "chats": 3,
        "connections": 1,
        "settle_seconds": 0.3,
    }
    return Plan(**{**given, **changes})


def test_all_is_well(fake_service, capsys):
    assert run_flood(plan(fake_service, duplicates=0.5), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["replies"], report["lost"]) == (60, 60, 0)
    assert (report["out_of_order"], report["miscounted"], report["expect"]) == (0, 0, "counter")
    assert report["duplicates"] > 0
    assert report["ack_p99_ms"] > 0


def test_what_is_refused_is_offered_again_until_it_is_taken(fake_service, capsys):
    fake_service.refuse_first = 7
    assert run_flood(plan(fake_service), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["refused"]) == (60, 7)


def test_without_retries_a_refusal_is_an_answer(fake_service, capsys):
    fake_service.refuse_first = 7
    assert run_flood(plan(fake_service, retry=False), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["refused"], report["lost"]) == (53, 7, 0)


def test_a_lost_message_ends_with_1_and_is_told(fake_service, capsys):
    fake_service.forget = frozenset({5})
    assert run_flood(plan(fake_service)) == 1
    assert re.search(r"lost .*│ +3 │", capsys.readouterr().out)


def test_a_wrong_secret_is_one_clear_line(fake_service, capsys):
    assert run_flood(plan(fake_service, secret="wrong")) == 2
    assert "refuses the secret of bot 'shop'" in capsys.readouterr().err


def test_an_unknown_bot_is_one_clear_line(fake_service, capsys):
    assert run_flood(plan(fake_service, bot="other")) == 2
    assert "has no bot 'other'" in capsys.readouterr().err


def test_a_service_that_is_not_there_is_one_clear_line(fake_service, capsys):
    assert run_flood(plan(fake_service, url="http://127.0.0.1:1")) == 2
    assert "cannot be reached" in capsys.readouterr().err


def test_equal_texts_cannot_be_checked_for_order(fake_service, capsys):
    assert run_flood(plan(fake_service, text="hello", expect=Expect.ECHO)) == 2
    assert "{n}" in capsys.readouterr().err
