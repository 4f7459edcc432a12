"""A whole installation to be mistreated: `mailroom` itself, real stores, the simulated Telegram."""

import asyncio
import itertools
import json
import os
import signal
import sys
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import redis

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.redis.entry import Chat, prefix
from tests.acceptance.load import text_update
from tests.acceptance.processes import Simulator, wait_until
from tests.acceptance.shape import TOGETHER, Installation, Program, Shape
from tests.shop_tables import SHOP_TABLES

BOTS = {"strict": "5001:strict", "fast": "5002:fast", "shed": "5003:shed"}
SECRET = "hostile"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
CONFIG = (
    "".join(
        f'[bots.{name}]\ntoken = "{token}"\nsecret = "{SECRET}"\nrouter = "hostile_bot:router"\n'
        for name, token in BOTS.items()
    )
    .replace("[bots.fast]", '[bots.fast]\norder = "fast"')
    .replace("[bots.shed]", '[bots.shed]\nflood = "shed"')
)

_stacks = itertools.count(1)
_databases = itertools.count(1)
_chats = itertools.count(1000)
_update_ids = itertools.count(10_000)


def new_chat() -> int:
    """A chat that no other test uses."""
    return next(_chats)


class Mailroom(Program):
    """A process of ours, started as anybody would: by the command line."""

    def __init__(self, stack: "Stack", command: str, **environment: str) -> None:
        program = str(Path(sys.executable).with_name("mailroom"))
        arguments = [program, command, "--config", str(stack.config)]
        env = {**stack.environment, **environment}
        super().__init__(command, arguments, stack.folder, env, ready="is ready")


class Stack:
    """Stores, Telegram and one service; `service` may be killed and started again at will, as a whole or by
    its processes. A service that is not `public` fetches what Telegram has for it.
    """

    def __init__(
        self, folder: Path, postgres: EmbeddedPostgres, shape: Shape = TOGETHER, *, public: bool = True
    ) -> None:
        # Its own even where a test before had one of this name: stores of two would not fit together.
        folder = Path(f"{folder}-{next(_stacks)}")
        self.folder = folder
        folder.mkdir()
        self.config = folder / "mailroom.toml"
        self.config.write_text(CONFIG)
        (folder / "hostile_bot.py").write_text(Path(__file__).with_name("hostile_bot.py").read_text())
        self.postgres = postgres
        self.redis = EmbeddedRedis(folder)
        self.telegram = Simulator(folder)
        self.database_url = _new_database(postgres)
        self.environment = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.start(),
            "TELEGRAM_API_BASE": self.telegram.url,
            "MAILROOM_DATA": str(folder),
            "MAILROOM_LOG": "json",
            "HOST": "127.0.0.1",
        }
        migrate(self.database_url, [SHOP_TABLES])
        self.telegram.start("ready at")
        self.store = redis.Redis.from_url(self.redis.url)
        self.service = Installation(shape, lambda command: Mailroom(self, command))
        if public:
            for server in self.service.servers:
                server.env["PUBLIC_URL"] = self.service.url  # one address, whoever answers behind it
        self._last_message: dict[tuple[str, int], int] = {}

    def close(self) -> None:
        """Leave nothing running but Postgres, which others use."""
        self.service.kill()
        self.telegram.kill()
        self.store.close()
        self.redis.stop()

    def heal(self) -> None:
        """As if nothing had happened: the next test wants a stack in order."""
        (self.folder / "go").unlink(missing_ok=True)
        self.telegram.ask("faults", {"rules": []})
        _delete(f"{self.telegram.url}/sim/faults")
        delivery = {"paused": False, "duplicate_probability": 0, "latency_ms": 0}
        self.telegram.ask("delivery", delivery)
        self.service.start_and_wait()
        wait_until(self.ready, "the stack in order")

    def ready(self) -> bool:
        """Whether the service says so."""
        try:
            return self.readiness()["status"] == "ready"
        except OSError:
            return False

    def readiness(self) -> dict[str, Any]:
        """What the service says of itself. Raises `OSError` when it says that it is not ready."""
        with urllib.request.urlopen(f"{self.service.url}/readyz", timeout=5) as answer:
            return dict(json.load(answer))

    # Users, by way of Telegram's own queues.

    def says(self, chat: int, text: str, *, bot: str = "strict", **more: Any) -> list[int]:
        given = {"token": BOTS[bot], "chat_id": chat, "text": text, **more}
        answer = self.telegram.ask("send", given)
        self._last_message[bot, chat] = answer["message_id"]
        found: list[int] = answer["update_ids"]
        return found

    def taps(self, chat: int, data: str, *, bot: str = "strict") -> None:
        """Press a button, for simplicity under the user's own last message."""
        message_id = self._last_message[bot, chat]
        given = {"token": BOTS[bot], "chat_id": chat, "message_id": message_id, "data": data, "force": True}
        self.telegram.ask("tap", given)

    def let_go(self) -> None:
        """End all handlers that wait, once they have begun; those that begin later do not wait."""
        (self.folder / "go").touch()

    def misbehave(self, *rules: dict[str, Any]) -> None:
        self.telegram.ask("faults", {"rules": list(rules)})

    # What users see.

    def calls(self, chat: int, *, bot: str = "strict", method: str = "sendMessage") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        since = 0
        while True:
            page = self.telegram.ask(
                f"calls?token={BOTS[bot]}&chat_id={chat}&method={method}&since={since}&limit=10000"
            )
            found += page["calls"]
            if not page["calls"]:
                return found
            since = page["next"]

    def replies(self, chat: int, *, bot: str = "strict") -> list[str]:
        """What the chat has been told, in order."""
        return [call["args"]["text"] for call in self.calls(chat, bot=bot) if call["ok"]]

    def wait_for_replies(
        self, chat: int, count: int, *, bot: str = "strict", seconds: float = 20
    ) -> list[str]:
        """Wait for so many; gives what is there when they do not come, for the assertion to show."""
        with suppress(AssertionError):
            # Different ones: the bot numbers what it says, so what comes twice is a repetition.
            wait_until(lambda: len(set(self.replies(chat, bot=bot))) >= count, f"{count} replies", seconds)
        return self.replies(chat, bot=bot)

    def checkouts_answered(self, since: float) -> list[dict[str, Any]]:
        page = self.telegram.ask(f"calls?token={BOTS['strict']}&method=answerPreCheckoutQuery&limit=10000")
        return [call for call in page["calls"] if call["at"] >= since and call["ok"]]

    # What operators see.

    def pending(self, bot: str) -> int:
        """Updates that wait at Telegram."""
        url = f"{self.telegram.url}/bot{BOTS[bot]}/getWebhookInfo"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(json.load(answer)["result"]["pending_update_count"])

    def delivered_late(self, bot: str) -> int:
        """Messages that came after one with a higher number had been handled."""
        return int(self.metric(f'mailroom_messages_late_total{{bot="{bot}"}}'))

    def metric(self, sample: str) -> float:
        """What the service measured, all its processes together, by the sample's whole name; 0 where none
        has.
        """
        return sum(
            float(line.split()[-1]) for line in self.service.metrics() if line.startswith(f"{sample} ")
        )

    def dead_letters(self, chat: int, *, bot: str = "strict") -> list[dict[str, Any]]:
        address = Chat(bot, str(chat))
        fields = self.store.hgetall(prefix(address.partition) + "dead")
        return [json.loads(one) for field, one in fields.items() if field.startswith(f"{address}:".encode())]

    def left_in_line(self, chat: int, *, bot: str = "strict") -> int:
        address = Chat(bot, str(chat))
        return int(self.store.llen(prefix(address.partition) + f"box:{address}"))

    def times_begun(self, chat: int) -> int:
        """How often a handler that waits has begun for this chat."""
        noted = self.folder / "waiting"
        return noted.read_text().split().count(str(chat)) if noted.exists() else 0

    def forget_owners(self) -> None:
        """As if Postgres had been restored from a time when nobody owned the chats."""
        asyncio.run(_execute(self.database_url, "UPDATE mailroom.partition_lease SET owner = NULL"))

    def kill_redis(self) -> None:
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGKILL)
        wait_until(lambda: self.redis.url_of_running() is None, "Redis gone")

    # A sender of webhooks who does not behave as Telegram.

    def webhook(self, bot: str = "strict", server: int = 0) -> str:
        return f"{self.service.servers[server].url}/webhook/telegram/{bot}"

    def post(
        self, chat: int, *texts: str, bot: str = "strict", connections: int = 20
    ) -> list[tuple[int, Any, bytes]]:
        """Post messages of a chat straight to the webhook; gives status, headers and body of each answer."""
        updates = [text_update(next(_update_ids), chat, text) for text in texts]
        return asyncio.run(_post_all(self.webhook(bot), updates, connections))

    def offer(self, update: dict[str, Any], *, bot: str = "strict", server: int = 0) -> int:
        """Post an update once, to this server; gives the answer's status."""
        return asyncio.run(_post_all(self.webhook(bot, server), [update], 1))[0][0]

    def post_until_taken(
        self, updates: Iterable[dict[str, Any]], *, bot: str = "strict", server: int = 0
    ) -> int:
        """Offer each update until it is taken, as Telegram does; gives the number of refusals."""
        refusals = 0
        for update in updates:

            def taken(update: dict[str, Any] = update) -> bool:
                nonlocal refusals
                status = self.offer(update, bot=bot, server=server)
                refusals += status != 200
                return status == 200

            wait_until(taken, "the update is taken", 20)
        return refusals


def update(chat: int, text: str) -> dict[str, Any]:
    """A message with an id higher than all before."""
    return text_update(next(_update_ids), chat, text)


def numbered(texts: Iterable[str]) -> list[str]:
    """What the bot answers to these messages, handled once each and in this order."""
    return [f"{number} {text}" for number, text in enumerate(texts, start=1)]


async def _post_all(
    url: str, updates: list[dict[str, Any]], connections: int
) -> list[tuple[int, Any, bytes]]:
    found: list[tuple[int, Any, bytes]] = []
    waiting = iter(updates)
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:

        async def one_connection() -> None:
            for each in waiting:
                async with session.post(url, json=each) as answer:
                    found.append((answer.status, answer.headers, await answer.read()))

        await asyncio.gather(*(one_connection() for _ in range(connections)))
    return found


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _delete(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10).close()


def _new_database(postgres: EmbeddedPostgres) -> str:
    name = f"hostile_{next(_databases)}"

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_execute(postgres.url, f"CREATE DATABASE {name}"))
    return postgres.url.replace("@/mailroom?", f"@/{name}?")
