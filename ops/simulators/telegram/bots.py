"""One bot and all bots: what the server knows, from the token on."""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .calls import CallLog
from .chats import ChatBook, Json
from .errors import ApiError, bad_request
from .events import EventHub
from .faults import Faults
from .files import FileStore
from .inbound import Inbound
from .limits import Limits
from .wire import Answer

TOKEN = re.compile(r"(\d{1,18}):[\w-]{1,80}")
BOTS_MAX = 200
QUERIES_MAX = 100_000


@dataclass(slots=True)
class Query:
    """A question of a user that the bot must answer in time: a button tap, a payment, an inline query."""

    kind: str
    expires_at: float
    chat_id: int | None
    user_id: int
    context: Json = field(default_factory=dict)
    answered: bool = False


class Bot:
    """Everything that belongs to one token."""

    def __init__(self, token: str, inbound: Inbound) -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        self.me: Json = {
            "id": self.id,
            "is_bot": True,
            "first_name": f"Bot {self.id}",
            "username": f"sim_{self.id}_bot",
        }
        self.book = ChatBook()
        self.inbound = inbound
        self.queries: dict[str, Query] = {}
        self.settings: dict[str, Any] = {}
        self.invoices: dict[str, Json] = {}
        self.payments: dict[str, Json] = {}
        self.threads = 0
        self.people: list[Json] = []
        """Those whom the chat page introduces, each with a role and a hint."""

    def rename(self, name: str | None, username: str | None) -> None:
        """Give the bot the name people see."""
        self.me = {
            **self.me,
            "first_name": name or self.me["first_name"],
            "username": username or self.me["username"],
        }

    def ask(self, query_id: str, query: Query) -> None:
        """Remember a query until it is answered or pushed out by many later ones."""
        while len(self.queries) >= QUERIES_MAX:
            del self.queries[next(iter(self.queries))]
        self.queries[query_id] = query

    def answer(self, query_id: str, kinds: tuple[str, ...], now: float) -> Query:
        """Take the answer to a query; too late, unknown or answered before, it is refused."""
        query = self.queries.get(query_id)
        if query is None or query.kind not in kinds or query.answered or now > query.expires_at:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        query.answered = True
        return query


class Simulation:
    """All there is in this simulator; one instance per process."""

    def __init__(self, *, seed: int | None = None) -> None:
        loop = asyncio.get_running_loop()
        self.clock = loop.time
        self.chance = random.Random(seed)
        self.bots: dict[str, Bot] = {}
        self.calls = CallLog()
        self.events = EventHub()
        self.files = FileStore()
        self.faults = Faults(self.clock, self.chance)
        self.limits = Limits(self.clock)
        self.api_latency_seconds = 0.0
        self.run_reply: Callable[[Bot, Answer], None] = _no_reply
        """Carries out a method in a webhook's answer; set by the Bot API, which knows the methods."""

    def bot(self, token: str) -> Bot:
        """Return the bot of a token, made up at first sight if the token has the right form."""
        bot = self.bots.get(token)
        if bot is None:
            if not TOKEN.fullmatch(token):
                raise ApiError(401, "Unauthorized: invalid token specified")
            if len(self.bots) >= BOTS_MAX:
                raise ApiError(401, f"Unauthorized: this simulator knows {BOTS_MAX} bots already")
            bot = self.bots[token] = self._new_bot(token)
            self.events.emit("bot", token, None, {"bot": bot.me})
        return bot

    def _new_bot(self, token: str) -> Bot:
        def emit(kind: str, chat_id: int | None, content: Json) -> None:
            self.events.emit(kind, token, chat_id, content)

        def reply(answer: Answer) -> None:
            self.run_reply(bot, answer)

        bot = Bot(token, Inbound(self.chance, reply, emit))
        return bot

    def reset(self) -> None:
        """Forget all bots, chats, files, faults and calls; running webhooks are dropped with their bots."""
        for bot in self.bots.values():
            bot.inbound.close()
        self.bots.clear()
        self.calls.clear()
        self.files = FileStore()
        self.faults.clear()
        self.limits.clear()
        self.events.emit("reset", "", None, {})

    def new_id(self) -> str:
        """Return the id of a query: a random 63-bit number as Telegram writes it."""
        return str(self.chance.getrandbits(62) + 2**62)


def _no_reply(bot: Bot, answer: Answer) -> None:
    """A simulation without a Bot API carries nothing out."""
