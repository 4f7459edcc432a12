"""Clients that others wrote, fetched as the tests run, against the simulators as processes of their own."""

import asyncio
import importlib
import itertools
import json
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.fetched import from_pypi, npm
from tests.simulator import Simulator, simulator

PTB = "python-telegram-bot==22.8"
STRIPE_PY = "stripe==16.1.0"
STRIPE_JS = "stripe@23.1.0"
AAIO_PY = "aaio==1.4.2"
AAIO_JS = "aaio.js@1.0.9"
NODE_SECONDS = 60

_ids = itertools.count(800_001)


@pytest.fixture(scope="session")
def telegram_simulator(tmp_path_factory):
    with simulator("telegram", tmp_path_factory.mktemp("telegram")) as running:
        yield running


@pytest.fixture(scope="session")
def payments_simulator(tmp_path_factory):
    with simulator("payments", tmp_path_factory.mktemp("payments")) as running:
        yield running


@pytest.fixture
def clean(payments_simulator):
    """The simulated gateways, with nothing in them."""
    payments_simulator.ask("POST", "reset")
    return payments_simulator


@asynccontextmanager
async def notices_of(gateways: Simulator):
    """What the gateways tell of payments meanwhile: a queue of bodies with their headers."""
    notices: asyncio.Queue = asyncio.Queue()

    async def take(request):
        notices.put_nowait((await request.read(), request.headers))
        return web.Response()

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        gateways.ask("POST", "notify", base=f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield notices
    finally:
        await runner.cleanup()


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

    def __init__(self, simulator: Simulator, token: str) -> None:
        self._simulator, self.token = simulator, token

    def does(self, deed: str, **given):
        return self._simulator.ask("POST", deed, token=self.token, **given)

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
        self._simulator.ask("POST", "faults", rules=[{"token": self.token, **rule} for rule in rules])


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
