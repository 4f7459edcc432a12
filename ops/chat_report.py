"""One chat as Redis holds it, read without touching it: for whoever asks why a chat does not answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ops.embedded.redis import EmbeddedRedis
from ops.faults import CannotStartError
from ops.preflight import unreachable
from ops.settings import Settings
from storage.redis.entry import Chat, Entry, prefix

SHOWN_MESSAGES_MAX = 20
"""The head of the line says what blocks it; the rest is only a number."""


@dataclass(frozen=True)
class ChatReport:
    """What the store knows of a chat."""

    chat: str
    partition: int
    waiting: int
    first_in_line: list[str]
    state: dict[str, str]
    parked_until: str | None
    suspended: bool


def read_chat(settings: Settings, bot: str, chat_id: str) -> ChatReport:
    """Read the chat from the configured Redis, or from the embedded one of a running `mailroom up`."""
    import redis

    url = settings.redis_url or EmbeddedRedis(settings.data).url_of_running()
    if url is None:
        raise CannotStartError(
            f"No REDIS_URL is set and no `mailroom up` runs on {settings.data}: start it, or give --data."
        )
    chat = Chat(bot, chat_id)
    root = prefix(chat.partition)
    client: Any = redis.Redis.from_url(url)
    try:
        with client:
            lines = [f"{root}{name}:{chat}" for name in ("fast", "box")]
            raw = [entry for line in lines for entry in client.lrange(line, 0, SHOWN_MESSAGES_MAX - 1)]
            parked_ms = int(client.hget(f"{root}parked", str(chat)) or 0)
            return ChatReport(
                chat=str(chat),
                partition=chat.partition,
                waiting=sum(client.llen(line) for line in lines),
                first_in_line=[_described(Entry.parse(entry)) for entry in raw],
                state={
                    name.decode(): value.decode()
                    for name, value in client.hgetall(f"{root}state:{chat}").items()
                },
                parked_until=_moment(parked_ms) if parked_ms else None,
                suspended=any(client.smismember(f"{root}suspended", ["*", bot, str(chat)])),
            )
    except redis.RedisError as error:
        raise unreachable("REDIS_URL", url, error) from None


def _described(entry: Entry) -> str:
    number = "" if entry.order is None else f" update {entry.order}"
    return f"{entry.kind}{number}, accepted {_moment(entry.accepted_ms)}, trace {entry.trace}"


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
