"""The room that `add-a-bot.md` builds, in a demo as it is started: beside its configuration and outside of
the checkout it answers in the chat, takes money on its page, does its jobs, and has its part of the console.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvloop

from tests.acceptance.processes import Process, free_port, wait_until
from tests.added import ROOT, write_out
from tests.fetched import pip
from tests.ingress.browser import Page, chromium_fixture, connected  # noqa: F401 - a fixture

ANN, BORIS, OWNER = 7001, 7002, 7003
TOKEN = "1:demo-jar"
UP = "from mailroom.ops.cli import main; main()"
ON_THE_PAGE = "This is a tip jar, with {} in it. Would you like to add something?"
JOBS_OF_ITS_QUEUE = re.compile(
    r'^mailroom_jobs_total\{outcome="done",queue="jar\.delivery"\} (\S+)', re.MULTILINE
)


def asked(url: str, given: object = None, **headers: str) -> tuple[int, Any]:
    body = None if given is None else json.dumps(given).encode()
    try:
        with urlopen(Request(url, body, {"Content-Type": "application/json", **headers})) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


class Installed(Process):
    """What is installed in a folder and no checkout, started as anybody does."""

    def __init__(self, command: list[str], log: Path, site: Path) -> None:
        super().__init__(command, log, {"PYTHONPATH": str(site)})
        self.site = site

    def launch(self) -> None:
        where = [sys.executable, "-c", "import mailroom; print(mailroom.__file__)"]
        told = subprocess.run(where, env=self.env, cwd=self.site, capture_output=True, text=True, check=True)
        assert told.stdout.startswith(str(self.site))
        self._from = 0
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.env, cwd=self.site)  # type: ignore[assignment]


class Demo:
    """The service, and the simulators that it starts."""

    def __init__(self, folder: Path, site: Path | None) -> None:
        port = free_port()
        where = ["--config", str(folder / "jar.toml"), "--port", str(port), "--data", str(folder / "data")]
        command, log = [sys.executable, "-c", UP, "up", *where], folder / "service.log"
        self.process = Process(command, log) if site is None else Installed(command, log, site)
        self.url = f"http://127.0.0.1:{port}"

    def start(self) -> None:
        self.process.start("Mailroom is ready")
        self.chat = re.search(r"Open (\S+) to chat", self.process.said())[1]  # type: ignore[index]

    def says(self, person: int, text: str) -> None:
        told = {"token": TOKEN, "chat_id": person, "text": text, "language_code": "en"}
        assert asked(f"{self.chat}/sim/send", told)[0] == 200

    def told(self, person: int) -> list[dict[str, Any]]:
        chat = asked(f"{self.chat}/sim/chat?token={TOKEN}&chat_id={person}")[1]
        return [one for one in chat["messages"] if one["from"]["is_bot"]]

    def heard(self, person: int) -> list[str]:
        return [one["text"] for one in self.told(person)]

    def page(self, person: int) -> str:
        """Where the button of somebody's first message leads."""
        return str(self.told(person)[0]["reply_markup"]["inline_keyboard"][1][0]["url"])

    def hears(self, person: int, beginning: str) -> str:
        def heard() -> list[str]:
            return [text for text in self.heard(person) if text.startswith(beginning)]

        return str(wait_until(heard, f"{beginning!r} for {person}")[-1])


@pytest.fixture(params=["checkout", "wheel"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where Mailroom is installed; None: it is this checkout."""
    if request.param == "checkout":
        return None
    pip("what builds wheels", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("mailroom-*.whl")
    pip("the wheel", "install", "--no-deps", "--target", str(tmp_path / "site"), str(wheel))
    return tmp_path / "site"


@pytest.fixture
def demo(folder: Path, site: Path | None) -> Iterator[Demo]:
    one = Demo(write_out(folder), site)
    one.start()
    yield one
    one.process.terminate()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_new_room_outside_of_the_checkout_is_served_whole(demo: Demo, chromium: str) -> None:
    async def play() -> None:
        async with connected(chromium) as talk:
            await _gives_on_the_page(demo, lambda url: Page.open(talk, url))
            await _gives_back_in_the_console(demo, lambda url: Page.open(talk, url, width=1280))

    with urlopen(demo.url) as front:
        assert 'href="/app/jar/"' in front.read().decode()
    demo.says(ANN, "/start")
    demo.hears(ANN, ON_THE_PAGE.format("0 ₽"))
    uvloop.run(play())
    demo.hears(ANN, "We have returned 300 ₽ to where you paid from.")
    with urlopen(f"{demo.url}/metrics") as metrics:
        done = JOBS_OF_ITS_QUEUE.findall(metrics.read().decode())
    assert sum(map(float, done)) == 2, "the thanks, and that the money has gone back"
    _others_are_refused(demo)


async def _gives_on_the_page(demo: Demo, opened: Callable[[str], Any]) -> None:
    page, other = await opened(demo.page(ANN)), await opened(f"{demo.url}/app/jar?user={BORIS}")
    await page.sees(ON_THE_PAGE.format("0 ₽"))
    await page.click("#amounts button", 1)
    await page.until("location.pathname.startsWith('/pay/')")
    id_ = (await page.run("location.pathname")).removeprefix("/pay/")
    assert asked(f"{await page.run('location.origin')}/sim/act", {"id": id_, "act": "pay"})[0] == 200
    demo.hears(ANN, "💛 Thank you! Your 300 ₽ is in the jar (tip No. 1), and makes it 300 ₽.")
    await other.sees(ON_THE_PAGE.format("300 ₽"))
    assert [page.complaints, other.complaints] == [[], []]


async def _gives_back_in_the_console(demo: Demo, opened: Callable[[str], Any]) -> None:
    demo.says(OWNER, "/console")
    console = await opened(demo.hears(OWNER, "Log in to the console:").split()[5])
    await console.click("button.main")
    await console.until("document.querySelector('#bot-jar .tips li')?.innerText.includes('300 ₽, paid')")
    await console.click("#bot-jar .tips button")
    await console.type("#why [name=why]", "a slip of the finger")
    await console.press("Enter")
    await console.until("document.querySelector('#bot-jar .tips li')?.innerText.includes('300 ₽, returned')")
    assert console.complaints == []


def _others_are_refused(demo: Demo) -> None:
    demo.says(BORIS, "/console")
    demo.says(BORIS, "/start")
    assert demo.hears(BORIS, "").startswith("This is a tip jar")
    assert len(demo.heard(BORIS)) == 1, "for whoever has no role there is no /console"
    ours = {"Authorization": f"demo {BORIS}"}  # who that is at the page, and nobody in the console
    assert asked(f"{demo.url}/ops/bots/jar/tips", **ours)[0] == 404
    assert asked(f"{demo.url}/ops/bots/jar/tips/1/return", {"why": "I want to"}, **ours)[0] == 404
    assert asked(f"{demo.url}/app/jar/api/tips", {"rub": 300, "key": "k" * 16})[1]["code"] == "not_signed"
