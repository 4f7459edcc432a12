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


class StandIn:
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
def stand_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/webhook/telegram/shop", stand_in.webhook)
        app.router.add_get("/sim/calls", stand_in.show_calls)
        app.router.add_get("/sim/faults", stand_in.nothing)
        app.router.add_get("/sim/delivery", stand_in.unwilling)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()

    task = loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    started.wait(10)
    yield stand_in
    assert task.done()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    with contextlib.suppress(RuntimeError):
        loop.close()


def plan(stand_in: StandIn, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "url": stand_in.url,
        "simulator": stand_in.url,
        "secret": SECRET,
        "messages": 60,
        "chats": 3,
        "connections": 1,
        "settle_seconds": 0.3,
    }
    return Plan(**{**given, **changes})


def test_all_is_well(stand_in, capsys):
    assert run_flood(plan(stand_in, duplicates=0.5), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["replies"], report["lost"]) == (60, 60, 0)
    assert (report["out_of_order"], report["miscounted"], report["expect"]) == (0, 0, "counter")
    assert report["duplicates"] > 0
    assert report["ack_p99_ms"] > 0


def test_what_is_refused_is_offered_again_until_it_is_taken(stand_in, capsys):
    stand_in.refuse_first = 7
    assert run_flood(plan(stand_in), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["refused"]) == (60, 7)


def test_without_retries_a_refusal_is_an_answer(stand_in, capsys):
    stand_in.refuse_first = 7
    assert run_flood(plan(stand_in, retry=False), as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["refused"], report["lost"]) == (53, 7, 0)


def test_a_lost_message_ends_with_1_and_is_told(stand_in, capsys):
    stand_in.forget = frozenset({5})
    assert run_flood(plan(stand_in)) == 1
    assert re.search(r"lost .*│ +3 │", capsys.readouterr().out)


def test_a_wrong_secret_is_one_clear_line(stand_in, capsys):
    assert run_flood(plan(stand_in, secret="wrong")) == 2
    assert "refuses the secret of bot 'shop'" in capsys.readouterr().err


def test_an_unknown_bot_is_one_clear_line(stand_in, capsys):
    assert run_flood(plan(stand_in, bot="other")) == 2
    assert "has no bot 'other'" in capsys.readouterr().err


def test_a_service_that_is_not_there_is_one_clear_line(stand_in, capsys):
    assert run_flood(plan(stand_in, url="http://127.0.0.1:1")) == 2
    assert "cannot be reached" in capsys.readouterr().err


def test_equal_texts_cannot_be_checked_for_order(stand_in, capsys):
    assert run_flood(plan(stand_in, text="hello", expect=Expect.ECHO)) == 2
    assert "{n}" in capsys.readouterr().err
