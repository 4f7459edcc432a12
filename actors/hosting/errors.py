"""What a turn can end with, besides being done: whose fault it is, and whether the message is tried again.

Parked     Telegram said to wait longer than a handler should be kept: run again then; not an attempt Outage
Telegram did not answer, or answered 5xx, and the handler did not deal with it: run again later; not an
attempt refusal    a permanent refusal (blocked, chat not found) the handler did not deal with: the message is
finished; counted failure    anything else the handler raised: an attempt; after the last one a dead letter
"""

from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)

PERMANENT_REFUSALS = (
    "chat not found",
    "user not found",
    "group chat was deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "query is too old",
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
)
"""Answers of 400 that stay as they are however often the call is repeated (descriptions of
tdlib/telegram-bot-api).
"""


class Parked(BaseException):
    """Telegram said to wait for longer than a handler should be kept waiting."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"parked for {seconds:.1f} s")
        self.seconds = seconds


def is_outage(error: BaseException) -> bool:
    """Whether Telegram could not be reached or is broken: the message is not to blame."""
    return isinstance(error, TelegramNetworkError | TelegramServerError)


def is_refusal(error: BaseException) -> bool:
    """Whether Telegram refused for good to deliver to this chat."""
    if isinstance(error, TelegramForbiddenError):
        return True
    return isinstance(error, TelegramBadRequest) and any(
        words in error.message.lower() for words in PERMANENT_REFUSALS
    )
