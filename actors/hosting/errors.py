"""Who owns a failure: one table, asked by everybody who has to decide what follows from one.

message   the message or the job itself: an attempt; after the last one a dead letter
nobody    a refusal that stays as it is (blocked, chat not found): finished, counted, its state is kept
bot       Telegram does not know the bot: all of its chats hold until `getMe` succeeds; not an attempt
outside   Telegram, or what stands before it, did not answer readably: run again later; not an attempt
us        our stores, or our right to work: not an attempt
wait      Telegram said how long to wait: run again then; not an attempt
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
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

from mailroom.storage.errors import StoreError

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
UNKNOWN_BOT = "not found"
"""All that Telegram says with 404 where it does not know the token; "method not found" is another thing."""
TOO_LARGE_STATUS = 413
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


class Owner(Enum):
    """Whose business a failure is."""

    MESSAGE = "message"
    NOBODY = "nobody"
    BOT = "bot"
    OUTSIDE = "outside"
    US = "us"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Row:
    """What is raised, and whose it is. `only` narrows it by what the error says."""

    raised: type[BaseException]
    owner: Owner
    only: Callable[[Any], bool] | None = None


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


OWNERS = (
    Row(Parked, Owner.WAIT),
    Row(TelegramRetryAfter, Owner.WAIT),
    Row(StoreError, Owner.US),
    # The author's own, whatever it is called: the same upload fails however often it is tried.
    Row(UploadError, Owner.MESSAGE),
    Row(TelegramEntityTooLarge, Owner.MESSAGE),
    Row(UnreadableAnswerError, Owner.MESSAGE, _is_too_large),
    Row(UnreadableResultError, Owner.MESSAGE),
    # Nobody at Telegram wrote these.
    Row(ClientDecodeError, Owner.OUTSIDE),
    Row(TelegramAPIError, Owner.OUTSIDE, _says_no_more_than("")),
    Row(TelegramNetworkError, Owner.OUTSIDE),
    Row(TelegramServerError, Owner.OUTSIDE),
    Row(TelegramUnauthorizedError, Owner.BOT),
    Row(TelegramNotFound, Owner.BOT, _says_no_more_than(UNKNOWN_BOT)),
    Row(TelegramForbiddenError, Owner.NOBODY),
    Row(TelegramMigrateToChat, Owner.NOBODY),
    Row(TelegramBadRequest, Owner.NOBODY, _says(*PERMANENT_REFUSALS)),
    Row(BaseException, Owner.MESSAGE),
)
"""The first row that fits decides."""


def row_of(error: BaseException) -> Row:
    """The row that decides about this error."""
    fitting = (row for row in OWNERS if isinstance(error, row.raised) and (not row.only or row.only(error)))
    return next(fitting)


def owner_of(error: BaseException) -> Owner:
    """Whose business this error is."""
    return row_of(error).owner
