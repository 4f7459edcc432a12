"""Clients that others wrote, fetched as the tests run, against the simulators as processes of their own."""

import asyncio
import http.client
import importlib
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetched import from_pypi, npm

ROOT = Path(__file__).parents[2]
PTB = "python-telegram-bot==22.8"
STRIPE_PY = "stripe==16.1.0"
STRIPE_JS = "stripe@23.1.0"
AAIO_PY = "aaio==1.4.2"
AAIO_JS = "aaio.js@1.0.9"
NODE_SECONDS = 60

_ids = itertools.count(800_001)


class Running:
    """A simulator, and its levers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def lever(self, verb: str, path: str, **given):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=20)
        try:
            connection.request(verb, f"/sim/{path}", json.dumps(given))
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert response.status == 200, (path, given, answer)
            return answer
        finally:
            connection.close()


def _running(module: str, folder: Path) -> Iterator[Running]:
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"ops.simulators.{module}", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            text=True,
        )
        line = process.stdout.readline()
        assert "ready at" in line, line
        yield Running(line.split()[-1])
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def telegram_simulator(tmp_path_factory):
    yield from _running("telegram", tmp_path_factory.mktemp("telegram"))


@pytest.fixture(scope="session")
def payments_simulator(tmp_path_factory):
    yield from _running("payments", tmp_path_factory.mktemp("payments"))


def _imported(requirement: str, name: str):
    folder = str(from_pypi(requirement))
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


@pytest.fixture(scope="session")
def ptb():
    """The package `telegram`."""
    return _imported(PTB, "telegram")


@pytest.fixture(scope="session")
def stripe_package():
    return _imported(STRIPE_PY, "stripe")


@pytest.fixture(scope="session")
def aaio_package():
    return _imported(AAIO_PY, "aaio")


class Visitor:
    """What people do to one bot, and what the simulator says of it."""

    def __init__(self, simulator: Running, token: str) -> None:
        self._simulator, self.token = simulator, token

    def does(self, deed: str, **given):
        return self._simulator.lever("POST", deed, token=self.token, **given)

    def sends(self, text="hello", chat_id=5, **more):
        return self.does("send", chat_id=chat_id, text=text, **more)

    def update(self, kind: str, **event):
        return self.does("updates", updates=[{kind: event}])

    def group(self, chat_id=-100777, kind="supergroup", **more):
        """A group in which somebody has written."""
        chat = {"id": chat_id, "type": kind, "title": "A group", **more}
        self.update("message", chat=chat, text="hi", **{"from": {"id": 8, "first_name": "Ann"}})
        return chat_id

    def faults(self, *rules):
        self._simulator.lever("POST", "faults", rules=[{"token": self.token, **rule} for rule in rules])


@pytest.fixture
def play(ptb, telegram_simulator):
    """Run an async scenario with a bot of its own, by python-telegram-bot."""

    def played(scenario):
        token = f"{next(_ids)}:{'A' * 35}"
        url = telegram_simulator.url
        visitor = Visitor(telegram_simulator, token)
        visitor.does("bots", name="Mailroom", username=f"mailroom_{token[:6]}_bot")
        visitor.sends()

        async def run():
            bot = ptb.Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
            async with bot:
                await scenario(bot, visitor)

        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            runner.run(run())

    return played


@pytest.fixture
def node(tmp_path):
    """A function that runs a script by Node.js among packages of npm, and reads the JSON that it prints."""

    def run(script: str, *packages: str, **environment: str):
        (tmp_path / "node_modules").symlink_to(npm(*packages))
        (tmp_path / "script.mjs").write_text(script)
        ended = subprocess.run(
            ["node", "script.mjs"],
            cwd=tmp_path,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            timeout=NODE_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-4000:]
        return json.loads(ended.stdout)

    return run
