"""What a line asks of the Bot API, and its answers read with care: whatever a gateway or a version of the Bot
API that we do not know says instead is trouble of the line's, never an end of it.

Facts from tdlib/telegram-bot-api (`Client.cpp`, `process_get_updates_query`, `JsonWebhookInfo`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook, TelegramMethod

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.providers.telegram import MAX_CONNECTIONS
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable

CALL_SECONDS = 10
BATCH_MAX = 100
"""Updates in one answer: Telegram's own limit."""
SHOWN_CHARACTERS_MAX = 120
"""Enough of a strange answer to recognise whose it is."""


class StrangeAnswerError(Exception):
    """Telegram confirmed a call with what nobody here can use: try again later."""


TROUBLE = (AiogramError, StrangeAnswerError, StoreUnavailable, OSError)
"""What a line may meet and outlives: a refusal, an answer that nobody can read (`hosting/errors.py`), a store
or a network that is away.
"""


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """Where Telegram sends a bot's updates (`url`, empty for nowhere), and how it gets on with that."""

    url: str
    pending: int
    last_error: str
    last_error_at: int
    """In seconds since 1970; 0 where Telegram names no error."""


class BotApi:
    """The calls that a bot's line makes. They raise what `TROUBLE` lists, and nothing else."""

    def __init__(self, bot: HostedBot) -> None:
        self._bot = bot

    async def webhook_info(self) -> WebhookInfo:
        """Where the updates go now."""
        info = await self._call(GetWebhookInfo())
        if not isinstance(info, dict) or not isinstance(info.get("url"), str):
            raise StrangeAnswerError(f"getWebhookInfo was answered with {_shown(info)}")
        return WebhookInfo(
            info["url"],
            _number(info, "pending_update_count"),
            str(info.get("last_error_message") or ""),
            _number(info, "last_error_date"),
        )

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have the updates sent to an address of ours."""
        await self._call(
            SetWebhook(
                url=url,
                secret_token=secret,
                allowed_updates=self._bot.allowed_updates(),
                max_connections=MAX_CONNECTIONS,
            )
        )

    async def delete_webhook(self) -> None:
        """Have the updates wait at Telegram."""
        await self._call(DeleteWebhook(drop_pending_updates=False))

    async def updates(self, offset: int | None, wait_seconds: int) -> list[Any]:
        """The next updates, as they came (one that a strict reader refuses as bytes); those below `offset`
        are forgotten by Telegram.
        """
        method = GetUpdates(
            offset=offset,
            limit=BATCH_MAX,
            timeout=wait_seconds,
            allowed_updates=self._bot.allowed_updates(),
        )
        updates = await self._call(method, timeout=wait_seconds + CALL_SECONDS)
        if not isinstance(updates, list):
            raise StrangeAnswerError(f"getUpdates was answered with {_shown(updates)}")
        return updates

    async def _call(self, method: TelegramMethod[Any], timeout: int = CALL_SECONDS) -> Any:
        session = self._bot.bot.session
        assert isinstance(session, HostedSession), "a hosted bot has a hosted session"
        return await aio(session.fetch, self._bot.bot, method, timeout)


def pause_after(error: BaseException, pause: float) -> float:
    """How long to wait before the next try: what Telegram asked for, else `pause`."""
    return float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause


def webhook_stands(error: TelegramConflictError) -> bool:
    """Whether getUpdates was refused because a webhook is set; else somebody else fetches updates too.

    "can't use getUpdates method while webhook is active…", "terminated by setWebhook request", against
    "terminated by other getUpdates request…".
    """
    return "webhook" in error.message.lower()


def why(error: BaseException) -> str:
    """An error in one short line: a gateway's page may be in it."""
    return _shown(" ".join(str(error).split()) or type(error).__name__)


def _number(info: Mapping[str, Any], name: str) -> int:
    value = info.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else f"{text[:SHOWN_CHARACTERS_MAX]}…"
