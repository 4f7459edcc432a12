"""One script, run twice at once: on stock aiogram and by `mailroom run`. Both get the same visitors, and what
each told Telegram must be the same, call for call.
"""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import sys
import tarfile
import time
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from mailroom.storage.postgres.migrate import migrate
from tests.fetched import from_pypi, once, pip
from tests.forked import CONTEXT
from tests.simulator import simulator

sys.path.insert(0, str(Path(__file__).parent))
from launch import launch  # the forked processes look for it by this name

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.01
OF_POLLING = {"getMe", "deleteWebhook", "getUpdates", "getWebhookInfo"}
"""How updates are fetched is not the bot's doing."""

_ids = itertools.count(700_001)


class Variant:
    """One of the two runs of a script."""

    def __init__(self, name, telegram, script, environment, folder, tokens):
        self.name, self.telegram, self.tokens = name, telegram, tokens
        self.token = tokens[0]
        self.own = {}
        self.log = folder / f"{name}.log"
        self.log.unlink(missing_ok=True)
        given = {
            "PYTHONUNBUFFERED": "1",
            "BOT_TOKEN": tokens[0],
            "SECOND_TOKEN": tokens[1],
            "TELEGRAM_API_BASE": telegram.url,
        }
        program = script if isinstance(script, list) else [str(script)]
        options = (name, program, str(self.log), str(folder), given | environment)
        self.process = CONTEXT.Process(target=launch, args=options)
        self.process.start()

    def calls(self, token=None):
        made = self.telegram.ask("GET", "calls", token=token or self.token, limit=10_000)["calls"]
        return [call for call in made if call["method"] not in OF_POLLING]

    def wait_for(self, condition, what):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if not self.process.is_alive():
                self.fail(f"ended before {what}")
            if time.monotonic() > deadline:
                self.fail(f"made no {what}")
            time.sleep(POLL_SECONDS)

    def fail(self, how):
        made = "\n".join(f"{call['method']} {call['args']} {call['error'] or ''}" for call in self.calls())
        pytest.fail(f"{self.name} {how}; its calls:\n{made}\nits log:\n{self.output()[-4000:]}")

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def request(self, verb, path, body=None, headers=None):
        """A request to the script's own web server: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self.own["WEB_PORT"]), timeout=10)
        try:
            connection.request(verb, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def stop(self):
        """Ctrl-C, and the exit code it ends with."""
        if self.process.is_alive():
            os.kill(self.process.pid, signal.SIGINT)
        return self.wait()

    def wait(self):
        self.process.join(PATIENCE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            pytest.fail(f"{self.name} does not stop:\n{self.output()[-4000:]}")
        return self.process.exitcode


class Visitors:
    """Those who write to both variants. Each deed waits for the number of calls that the bot answers with."""

    def __init__(self, variants):
        self.variants = variants
        self._expected = 0

    def says(self, text=None, *, calls=1, chat=7, user=None, bot=0, language_code=None, **content):
        who = {"chat_id": chat, "user_id": user, "language_code": language_code}
        self._both("send", calls, bot, text=text, content=content or None, **who)

    def edits(self, text, *, calls=1, chat=7, message=None):
        for variant in self.variants:
            mine = [m for m in self._seen(variant, chat) if not m["from"]["is_bot"]]
            variant.telegram.ask(
                "POST",
                "edit",
                token=variant.token,
                chat_id=chat,
                text=text,
                message_id=message or mine[-1]["message_id"],
            )
        self.expect(calls)

    def taps(self, label, *, calls=1, chat=7, user=None):
        """Press the newest inline button that reads `label`."""
        for variant in self.variants:
            for message in reversed(self._seen(variant, chat)):
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                found = [b["callback_data"] for row in rows for b in row if b["text"] == label]
                if found:
                    who = {"chat_id": chat, **({"user_id": user} if user else {})}
                    variant.telegram.ask(
                        "POST",
                        "tap",
                        token=variant.token,
                        message_id=message["message_id"],
                        data=found[0],
                        **who,
                    )
                    break
            else:
                variant.fail(f"shows no button {label!r}")
        self.expect(calls)

    def pays(self, *, calls=1, chat=7):
        for variant in self.variants:
            invoice = next(m for m in reversed(self._seen(variant, chat)) if "invoice" in m)
            variant.telegram.ask(
                "POST", "pay", token=variant.token, chat_id=chat, message_id=invoice["message_id"]
            )
        self.expect(calls)

    def happens(self, kind, calls=1, **event):
        self.happen([{kind: event}], calls=calls)

    def happen(self, updates, *, calls):
        """Several things at once."""
        self._both("updates", calls, 0, updates=updates)

    def expect(self, calls):
        """So many more calls are due from each."""
        self._expected += calls
        total = self._expected
        for variant in self.variants:
            variant.wait_for(lambda v=variant: self._made(v) >= total, f"call number {total}")

    def end_by_themselves(self):
        for variant in self.variants:
            variant.wait()

    def transcript(self, variant):
        """What the bot told Telegram, without what differs from run to run."""
        told = []
        for number, token in enumerate(variant.tokens):
            names = {one.partition(":")[0]: f"<bot {n}>" for n, one in enumerate(variant.tokens)}
            names |= {value: f"<{name}>" for name, value in variant.own.items()}
            for call in variant.calls(token):
                shown = plain(call["args"], names)
                told.append((number, call["chat_id"], call["method"], shown, call["error"]))
        # Chats are independent of each other; within one the order counts.
        return sorted(told, key=lambda one: (one[0], one[1] or 0))

    def _both(self, control, calls, bot, **given):
        given = {name: value for name, value in given.items() if value is not None}
        for variant in self.variants:
            variant.telegram.ask("POST", control, token=variant.tokens[bot], **given)
        self.expect(calls)

    @staticmethod
    def _made(variant):
        return sum(len(variant.calls(token)) for token in variant.tokens)

    @staticmethod
    def _seen(variant, chat):
        return variant.telegram.ask("GET", "chat", token=variant.token, chat_id=chat)["messages"]


RANDOM_VALUES = re.compile(r"(_query_id|charge_id|file_id|^id|^business_connection_id)$")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def plain(value, names, key=""):
    """A call's argument as its meaning: the same whether it came as JSON or as a form, without random ids."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        return {name: plain(part, names, name) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [plain(part, names, key) for part in value]
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if text in ("True", "False"):
        return text.lower()
    if RANDOM_VALUES.search(key) or text.startswith("attach://"):
        return "<random>"
    if key == "callback_data":
        text = re.sub(r"^[\w-]+\x1d", "<intent>", text)
    for name, stands_for in names.items():
        text = text.replace(name, stands_for)
    return text


@pytest.fixture(scope="session")
def telegram(tmp_path_factory):
    with simulator("telegram", tmp_path_factory.mktemp("telegram")) as running:
        yield running


@pytest.fixture
def on_both(telegram, postgres_url, clean_redis_url, tmp_path):
    """Run a script on stock aiogram and by `mailroom run`, and compare what they told Telegram. Instead of a
    script it may be the words after `python`; the folder they are run in is `tmp_path`.
    """
    migrate(postgres_url)

    @contextmanager
    def run(script, *, compare=True, environment=None, exit_code=0):
        tokens = [[f"{next(_ids)}:{'A' * 35}" for _ in range(2)] for _ in range(2)]
        for pair in tokens:
            for number, token in enumerate(pair):
                telegram.ask("POST", "bots", token=token, name=f"Bot {number}", username=f"the_{number}_bot")
        environment = environment or {}
        # What each of the two needs for itself, such as a port, is a function.
        mine = [{name: make() for name, make in environment.items() if callable(make)} for _ in range(2)]
        environment = {name: value for name, value in environment.items() if not callable(value)}
        stores = {"DATABASE_URL": postgres_url, "REDIS_URL": clean_redis_url}
        stores["MAILROOM_DATA"] = str(tmp_path / "data")
        variants = [
            Variant("stock", telegram, script, environment | mine[0], tmp_path, tokens[0]),
            Variant("mailroom", telegram, script, environment | stores | mine[1], tmp_path, tokens[1]),
        ]
        for variant, own in zip(variants, mine, strict=True):
            variant.own = own
        visitors = Visitors(variants)
        try:
            yield visitors
        finally:
            codes = [variant.stop() for variant in variants]
        # run_polling ends a Ctrl-C quietly; a script that was interrupted elsewhere has its own code.
        assert codes == [exit_code, exit_code], variants[1].output()[-4000:]
        if compare:
            theirs, ours = (visitors.transcript(variant) for variant in variants)
            for expected, found in itertools.zip_longest(theirs, ours):
                assert found == expected, f"ours differs from stock's; log:\n{variants[1].output()[-1500:]}"

    return run


@pytest.fixture
def alone(telegram, postgres_url, clean_redis_url, tmp_path):
    """Run a script by `mailroom run` only; give it the tokens of an earlier run to have it meet its users."""
    migrate(postgres_url)

    @contextmanager
    def run(script, *, environment=None, tokens=None, exit_code=0):
        tokens = tokens or [f"{next(_ids)}:{'A' * 35}" for _ in range(2)]
        given = {"DATABASE_URL": postgres_url, "REDIS_URL": clean_redis_url} | (environment or {})
        given.setdefault("MAILROOM_DATA", str(tmp_path / "data"))
        variant = Variant("mailroom", telegram, script, given, tmp_path, tokens)
        try:
            visitors = Visitors([variant])
            visitors.expect(len(variant.calls()))
            yield visitors, variant
        finally:
            code = variant.stop()
        assert code == exit_code, variant.output()[-4000:]

    return run


@pytest.fixture(scope="session")
def source_of():
    """A function that fetches the source distribution of a package, of the version installed here, and
    returns its folder.
    """

    def fetch(package):
        name = f"{package}-{version(package)}"
        wanted = [f"{package}=={version(package)}", "--no-deps", "--no-binary", package]

        def unpack(folder):
            pip(f"{package}'s source distribution", "download", *wanted, "-d", str(folder))
            with tarfile.open(folder / f"{name}.tar.gz") as packed:
                packed.extractall(folder, filter="data")

        return once(f"{name}-source", unpack) / name

    return fetch


@pytest.fixture(scope="session")
def examples(source_of):
    """The folder `examples` of aiogram's source distribution."""
    return source_of("aiogram") / "examples"


@pytest.fixture(scope="session")
def installed():
    """A function that installs packages beside the environment's own, and returns the folder they are in."""

    return from_pypi


@pytest.fixture(name="free_port")
def port_finder():
    """A function that finds a free port."""
    return free_port
