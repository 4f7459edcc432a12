"""How an answer of the Bot API is read, wherever one is: a reply's, an update's, a registration's.

Between Telegram and us stand gateways that answer in their own words: a page of HTML with any status, 200
among them, or JSON of their own. What is not an envelope of the Bot API (`{"ok": …}`, and a `description`
with every failure; `Query.cpp` of tdlib/telegram-bot-api) was not written by Telegram and says nothing of
the call.
"""

from math import ceil
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import Response, TelegramMethod
from pydantic_core import from_json

from mailroom.actors.hosting.errors import (
    WAIT_UNSAID_SECONDS,
    UnreadableAnswerError,
    UnreadableResultError,
    believable,
)
from mailroom.actors.lenient_json import elements, parse_lenient

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


def read_answer(
    session: BaseSession, bot: Bot, method: TelegramMethod[Any], status: int, content: bytes
) -> Response[Any]:
    """The answer to a call. Raises aiogram's own exceptions; where aiogram cannot read an answer, by
    `UnreadableAnswerError` or `UnreadableResultError`, which say whether the call was made.
    """
    if status == TOO_MANY_REQUESTS:
        raise TelegramRetryAfter(method, "Too Many Requests", ceil(wait_seconds(content)))
    try:
        return session.check_response(bot, method, status, cast(str, content))
    except ClientDecodeError as error:
        if status == 200 and _is_confirmed(error.data):
            raise UnreadableResultError(error.message, error.original, error.data) from error
        raise UnreadableAnswerError(status, error.original, error.data) from error
    except TelegramAPIError as error:
        error.message = error.message or ""  # some of aiogram's cannot be printed without a description
        raise
    except TypeError as error:
        if status < SERVER_ERROR:
            raise
        # aiogram looks for a word in the description, also where there is none.
        raise TelegramServerError(method, "") from error


def read_raw(session: BaseSession, bot: Bot, method: TelegramMethod[Any], status: int, content: bytes) -> Any:
    """The result of a call as it came, not as a model of it would be written. Raises what `read_answer`
    does.
    """
    if status == 200:
        try:
            envelope = from_json(content)
        except ValueError as error:
            if (parts := _one_by_one(content)) is not None:
                return parts
            raise UnreadableAnswerError(status, error, content) from error
        if _is_confirmed(envelope):
            return envelope["result"]
    read_answer(session, bot, method, status, content)
    raise UnreadableAnswerError(status, ValueError("there is no result"), content)


def wait_seconds(content: bytes) -> float:
    """How long an answer of 429 says to wait, whoever wrote it."""
    try:
        return believable(from_json(content)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return WAIT_UNSAID_SECONDS  # a gateway answers 429 in its own words


def moved_to(content: bytes) -> int | None:
    """The new id of the group that a refused call was for, where the refusal says one."""
    if b"migrate_to_chat_id" not in content:
        return None
    try:
        found = from_json(content)["parameters"]["migrate_to_chat_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _one_by_one(content: bytes) -> list[Any] | None:
    """The elements of a result of which one is unreadable, that one as bytes: the others need not suffer
    for it. None for what is no such answer.
    """
    try:
        if parse_lenient(content).get("ok") is not True:
            return None
        return [_read(one) for one in elements(content, "result")]
    except ValueError:
        return None


def _read(text: bytes) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return text


def _is_confirmed(envelope: Any) -> bool:
    return isinstance(envelope, dict) and envelope.get("ok") is True and "result" in envelope
