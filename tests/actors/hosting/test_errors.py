"""Who owns a failure: every row of the table, by what is raised."""

from typing import cast

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError
from aiohttp.client_reqrep import ConnectionKey

from mailroom.actors.hosting.errors import (
    MESSAGE_FAULTS,
    OWNERS,
    PERMANENT_REFUSALS,
    NotUrgent,
    Parked,
    UnreadableAnswerError,
    UnreadableResultError,
    UploadError,
)
from mailroom.actors.owners import Owner, fault_in, row_in
from mailroom.storage.errors import Fenced, StoreUnavailable

CALL = SendMessage(chat_id=1, text="x")
NO_JSON = ValueError("expected value")


def no_way_there() -> TelegramNetworkError:
    error = TelegramNetworkError(CALL, "Cannot connect to host")
    error.__cause__ = ClientConnectorError(cast(ConnectionKey, None), OSError("refused"))
    return error


FAILURES = [
    (Parked(9.0), Owner.WAIT),
    (TelegramRetryAfter(CALL, "Too Many Requests", 30), Owner.WAIT),
    (StoreUnavailable("Redis does not answer"), Owner.US),
    (Fenced("another owner"), Owner.TAKEN),
    (UploadError(CALL, "no such file"), Owner.MESSAGE),
    (TelegramEntityTooLarge(CALL, "Request Entity Too Large"), Owner.MESSAGE),
    (TelegramEntityTooLarge(CALL, None), Owner.MESSAGE),
    (UnreadableAnswerError(413, NO_JSON, b"<html>"), Owner.MESSAGE),
    (UnreadableResultError("Failed to deserialize object", NO_JSON, {"ok": True}), Owner.MESSAGE),
    (UnreadableAnswerError(502, NO_JSON, b"<html>"), Owner.OUTSIDE),
    (UnreadableAnswerError(200, NO_JSON, b"<html>"), Owner.OUTSIDE),
    (UnreadableAnswerError(401, NO_JSON, b"<html>"), Owner.OUTSIDE),
    (UnreadableAnswerError(404, NO_JSON, b"<html>"), Owner.OUTSIDE),
    (ClientDecodeError("Failed to decode object", NO_JSON, "<html>"), Owner.OUTSIDE),
    (TelegramBadRequest(CALL, None), Owner.OUTSIDE),
    (TelegramUnauthorizedError(CALL, None), Owner.OUTSIDE),
    (TelegramNotFound(CALL, ""), Owner.OUTSIDE),
    (TelegramAPIError(CALL, None), Owner.OUTSIDE),
    (TelegramNetworkError(CALL, "Request timeout error"), Owner.OUTSIDE),
    (no_way_there(), Owner.UNREACHED),
    (NotUrgent(), Owner.LINE),
    (TelegramServerError(CALL, "Bad Gateway"), Owner.OUTSIDE),
    (RestartingTelegram(CALL, "Internal Server Error: restart"), Owner.OUTSIDE),
    (TelegramUnauthorizedError(CALL, "Unauthorized"), Owner.BOT),
    (TelegramNotFound(CALL, "Not Found"), Owner.BOT),
    (TelegramNotFound(CALL, "Not Found: method not found"), Owner.MESSAGE),
    (TelegramForbiddenError(CALL, "Forbidden: bot was blocked by the user"), Owner.NOBODY),
    (TelegramMigrateToChat(CALL, "Bad Request: group chat was upgraded", -100), Owner.NOBODY),
    *((TelegramBadRequest(CALL, f"Bad Request: {words}"), Owner.NOBODY) for words in PERMANENT_REFUSALS),
    *((TelegramBadRequest(CALL, f"Bad Request: {words}"), Owner.CONTENT) for words in MESSAGE_FAULTS),
    (TelegramBadRequest(CALL, "Bad Request: wrong file identifier"), Owner.MESSAGE),
    (TelegramConflictError(CALL, "Conflict: terminated by other getUpdates request"), Owner.MESSAGE),
    (RuntimeError("of the handler"), Owner.MESSAGE),
]


@pytest.mark.parametrize(("raised", "owner"), FAILURES, ids=lambda part: type(part).__name__)
def test_a_failure_has_its_owner(raised, owner):
    assert fault_in(OWNERS, raised).owner is owner


class OfTheBotsOwnError(TelegramAPIError):
    """A class that some bot made below aiogram's, without what those promise."""

    def __init__(self, **kept):
        self.__dict__.update(kept)


@pytest.mark.parametrize("kept", [{}, {"message": 5}, {"message": ["chat not found"]}])
def test_an_error_of_a_bots_own_making_has_an_owner_and_does_not_break_who_asks(kept):
    assert fault_in(OWNERS, OfTheBotsOwnError(**kept)).owner is Owner.OUTSIDE


def test_every_row_of_the_table_decides_about_something():
    decided = {id(row_in(OWNERS, raised)) for raised, _ in FAILURES}
    assert [row for row in OWNERS if id(row) not in decided] == []


def test_of_several_at_once_what_is_to_be_run_again_comes_before_what_is_over():
    blocked = TelegramForbiddenError(CALL, "Forbidden: bot was blocked by the user")
    down = TelegramServerError(CALL, "Bad Gateway")
    told = ExceptionGroup("", [blocked, ExceptionGroup("", [down, RuntimeError("of the handler")])])
    assert fault_in(OWNERS, told).owner is Owner.OUTSIDE


def test_of_several_waits_the_longest_counts():
    told = BaseExceptionGroup("", [Parked(3.0), Parked(9.0), RuntimeError("of the handler")])
    assert fault_in(OWNERS, told).told_seconds == 9.0
