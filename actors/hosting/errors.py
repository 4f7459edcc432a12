"""What Telegram, and what stands before it, may raise, and whose it is: this channel's table. What follows
from whose it is, is said in `actors/judge.py`.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError

from mailroom.actors.owners import Owner, Row
from mailroom.storage.errors import Fenced, StoreError

PERMANENT_REFUSALS = (
    "chat not found",
    "user not found",
    "group chat was deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights to send",
    "query is too old",
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
)
"""Answers of 400 that stay as they are however often the call is repeated (descriptions of
tdlib/telegram-bot-api).
"""
MESSAGE_FAULTS = ("can't parse", "message is too long", "message text is empty", "text must be")
"""What 400 says of a message that Telegram would take from nobody. All else is about the chat."""
UNKNOWN_BOT = "not found"
"""All that Telegram says with 404 where it does not know the token; "method not found" is another thing."""
TOO_LARGE_STATUS = 413
WAIT_UNSAID_SECONDS = 1.0
"""How long to wait after a 429 that does not say how long."""
WAIT_SECONDS_MIN = 0.1
WAIT_SECONDS_MAX = 24 * 3600.0
"""Telegram forgets an update after a day, and nobody else has a say for longer."""
PAGE_SHOWN_MAX = 300
"""Of a gateway's page this much is shown in logs: enough to see whose it is."""


class Parked(BaseException):
    """Telegram said to wait for longer than a handler should be kept waiting."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"parked for {seconds:.1f} s")
        self.seconds = seconds


class NotUrgent(BaseException):
    """A message was taken for urgent, and a handler that is not urgent wins: it has to wait in line."""


class UnreadableAnswerError(ClientDecodeError):
    """Whoever answered, it was not the Bot API: a gateway's page, no JSON, or JSON that is no envelope. What
    became of the call is not known.
    """

    def __init__(self, status: int, original: Exception, data: Any) -> None:
        shown = data[:PAGE_SHOWN_MAX] if isinstance(data, bytes | str) else data
        super().__init__(f"HTTP {status} is no answer of the Bot API", original, shown)
        self.status = status


class UnreadableResultError(ClientDecodeError):
    """Telegram confirmed the call with a result that this aiogram does not know: the call was made."""


class UploadError(TelegramNetworkError):
    """A file could not be read while it was sent. aiogram calls that a network error too, but the network is
    not to blame, and the call was not made.
    """


def _says(*words: str) -> Callable[[TelegramAPIError], bool]:
    return lambda error: any(one in _said(error) for one in words)


def _says_no_more_than(words: str) -> Callable[[TelegramAPIError], bool]:
    return lambda error: _said(error) == words


def _said(error: TelegramAPIError) -> str:
    # A bot may raise classes of its own below aiogram's, and need not fill in what they promise.
    said = getattr(error, "message", None)
    return said.strip().lower() if isinstance(said, str) else ""


def _is_too_large(error: UnreadableAnswerError) -> bool:
    return error.status == TOO_LARGE_STATUS


def _was_not_made(error: TelegramNetworkError) -> bool:
    return isinstance(error.__cause__, ClientConnectorError)


def believable(seconds: Any) -> float:
    """A wait that somebody asks for, within reason."""
    try:
        asked = float(seconds)
    except (ValueError, TypeError, OverflowError):
        return WAIT_UNSAID_SECONDS
    return min(max(asked, WAIT_SECONDS_MIN), WAIT_SECONDS_MAX) if isfinite(asked) else WAIT_UNSAID_SECONDS


def _asked_for(error: TelegramRetryAfter) -> float:
    return believable(getattr(error, "retry_after", None))  # a bot may raise one of its own making


OWNERS = (
    Row(Parked, Owner.WAIT, told=lambda parked: float(parked.seconds)),
    Row(TelegramRetryAfter, Owner.WAIT, told=_asked_for),
    Row(NotUrgent, Owner.LINE),
    Row(Fenced, Owner.TAKEN),
    Row(StoreError, Owner.US),
    # The author's own, whatever it is called: the same upload fails however often it is tried.
    Row(UploadError, Owner.MESSAGE),
    Row(TelegramEntityTooLarge, Owner.MESSAGE),
    Row(UnreadableAnswerError, Owner.MESSAGE, _is_too_large),
    Row(UnreadableResultError, Owner.MESSAGE),
    # Nobody at Telegram wrote these.
    Row(ClientDecodeError, Owner.OUTSIDE),
    Row(TelegramAPIError, Owner.OUTSIDE, _says_no_more_than("")),
    Row(TelegramNetworkError, Owner.UNREACHED, _was_not_made),
    Row(TelegramNetworkError, Owner.OUTSIDE),
    Row(TelegramServerError, Owner.OUTSIDE),
    Row(TelegramUnauthorizedError, Owner.BOT),
    Row(TelegramNotFound, Owner.BOT, _says_no_more_than(UNKNOWN_BOT)),
    Row(TelegramForbiddenError, Owner.NOBODY),
    Row(TelegramMigrateToChat, Owner.NOBODY),
    Row(TelegramBadRequest, Owner.NOBODY, _says(*PERMANENT_REFUSALS)),
    Row(TelegramBadRequest, Owner.CONTENT, _says(*MESSAGE_FAULTS)),
)
"""The first row that fits decides; what none fits is the message's own."""
