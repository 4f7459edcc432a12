"""The courier as those see it who send by it, and the codes that the demo sends: each fault that there is."""

import asyncio
import re
import signal
import subprocess
import sys
import urllib.request

import httpx
import pytest

from mailroom.actors.providers.codes import AddressRefusedError, SenderAwayError, SenderRefusedError
from mailroom.ops.embedded.courier import DemoCodeSender
from mailroom.ops.simulators.courier.serving import simulator

COMMAND = [sys.executable, "-m", "mailroom.ops.simulators.courier"]
ANNA = "mail:anna@example.com"


class Post:
    """The courier, and the demo's account there."""

    def __init__(self, url, http):
        self.url, self.http = url, http
        self.sender = DemoCodeSender(url, http)

    async def send(self, key="k1", address=ANNA, code="123456", language="en"):
        await self.sender.send(address, code, language=language, title="Salon", key=key)

    async def fault(self, kind, **more):
        answer = await self.http.post(f"{self.url}/sim/faults", json={"rules": [{"kind": kind, **more}]})
        assert answer.status_code == 200, answer.text

    async def arrived(self, to="anna@example.com"):
        answer = await self.http.get(f"{self.url}/sim/messages", params={"to": to})
        return [one["text"] for one in answer.json()["messages"]]


@pytest.fixture
def post():
    def run(test):
        async def main():
            async with asyncio.timeout(30), simulator() as running, httpx.AsyncClient() as http:
                await test(Post(running.url, http))

        asyncio.run(main())

    return run


def test_a_code_arrives_in_the_language_of_who_gets_it_once_for_its_key(post):
    async def test(post):
        for _ in range(2):
            await post.send(language="ru")
        await post.send("k2", "phone:+79161234567")
        (told,) = await post.arrived()
        assert told.startswith("123456 — ваш код для «Salon».")
        assert len(await post.arrived("+79161234567")) == 1

    post(test)


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("429", SenderAwayError, 0),
        ("500", SenderAwayError, 0),
        ("503", SenderAwayError, 0),
        ("cut", SenderAwayError, 1),
        ("garbage", SenderAwayError, 1),
        ("401", SenderRefusedError, 0),
        ("403", SenderRefusedError, 0),
        ("422", AddressRefusedError, 0),
        ("lost", None, 0),
        ("duplicate", None, 2),
        ("slow", None, 1),
    ],
)
def test_what_goes_wrong_there_is_told_here_and_tried_again_with_its_key_it_arrives_once(
    post, kind, error, arrives
):
    async def test(post):
        await post.fault(kind, times=1, delay_ms=5)
        if error is None:
            await post.send()
        else:
            with pytest.raises(error) as raised:
                await post.send()
            assert "123456" not in str(raised.value)
        assert len(await post.arrived()) == arrives
        await post.send()
        assert len(await post.arrived()) == (0 if kind == "lost" else max(arrives, 1))

    post(test)


def test_it_says_how_long_to_wait(post):
    async def test(post):
        await post.fault("429", retry_after=30)
        with pytest.raises(SenderAwayError) as raised:
            await post.send()
        assert raised.value.retry_after == 30

    post(test)


def test_a_message_may_come_late_and_a_courier_may_be_gone(post):
    async def test(post):
        await post.fault("late", delay_ms=30, to="anna@example.com")
        await post.send()
        async with asyncio.timeout(10):
            while not await post.arrived():  # noqa: ASYNC110 - that is what is looked at
                await asyncio.sleep(0.005)
        with pytest.raises(SenderAwayError, match="does not answer"):
            await DemoCodeSender("http://127.0.0.1:1", post.http).send(
                ANNA, "123456", language="en", title="Salon", key="k"
            )
        with pytest.raises(AddressRefusedError):
            await post.send("k3", "mail:who@nobody.example")

    post(test)


def test_its_page_shows_what_came_to_somebody_and_runs_nothing_of_it(post):
    async def test(post):
        await post.send()
        await post.send("k2", "mail:eve+<b>@example.com", code="<script>alert(1)</script>")
        page = (await post.http.get(post.url, params={"to": "anna@example.com"})).text
        assert "123456 is your code for Salon" in page
        assert "eve" not in page
        everybodys = await post.http.get(post.url, headers={"Accept-Language": "ru"})
        assert "Почта и SMS" in everybodys.text
        assert "<script>" not in everybodys.text
        assert "default-src 'none'" in everybodys.headers["Content-Security-Policy"]

    post(test)


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        ("/v1/messages", {"to": "a@b.example"}, 400, "no message"),
        ("/v1/messages", [1], 400, "no message"),
        ("/sim/faults", {"rules": [{"kind": "explode"}]}, 400, "kind must be one of"),
        ("/sim/faults", {"rules": [{"kind": "429", "tiems": 1}]}, 400, "unknown in a rule: tiems"),
        ("/nothing", {}, 404, "there is no POST /nothing"),
    ],
)
def test_what_it_does_not_understand_is_named(post, path, body, status, why):
    async def test(post):
        answer = await post.http.post(post.url + path, json=body, headers={"Authorization": "Bearer x"})
        assert answer.status_code == status
        assert why in answer.json()["error"]
        assert (await post.http.post(f"{post.url}/v1/messages", json={})).status_code == 401

    post(test)


def test_it_says_where_it_is_and_stops_on_sigterm():
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            url = re.fullmatch(r"Courier simulator ready at (http://127\.0\.0\.1:\d+)\n", line)[1]
            with urllib.request.urlopen(f"{url}/sim/health") as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
