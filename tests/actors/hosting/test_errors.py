"""Who owns a failure: every row of the table, by what is raised."""

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

from mailroom.actors.hosting.errors import (
    OWNERS,
    PERMANENT_REFUSALS,
    Owner,
    Parked,
    UnreadableAnswerError,
    UnreadableResultError,
    UploadError,
    owner_of,
    row_of,
)
from mailroom.storage.errors import Fenced, StoreUnavailable

CALL = SendMessage(chat_id=1, text="x")
NO_JSON = ValueError("expected value")

FAILURES = [
    (Parked(9.0), Owner.WAIT),
    (TelegramRetryAfter(CALL, "Too Many Requests", 30), Owner.WAIT),
    (StoreUnavailable("Redis does not answer"), Owner.US),
    (Fenced("another owner"), Owner.US),
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
    (TelegramServerError(CALL, "Bad Gateway"), Owner.OUTSIDE),
    (RestartingTelegram(CALL, "Internal Server Error: restart"), Owner.OUTSIDE),
    (TelegramUnauthorizedError(CALL, "Unauthorized"), Owner.BOT),
    (TelegramNotFound(CALL, "Not Found"), Owner.BOT),
    (TelegramNotFound(CALL, "Not Found: method not found"), Owner.MESSAGE),
    (TelegramForbiddenError(CALL, "Forbidden: bot was blocked by the user"), Owner.NOBODY),
    (TelegramMigrateToChat(CALL, "Bad Request: group chat was upgraded", -100), Owner.NOBODY),
    *((TelegramBadRequest(CALL, f"Bad Request: {words}"), Owner.NOBODY) for words in PERMANENT_REFUSALS),
    (TelegramBadRequest(CALL, "Bad Request: can't parse entities"), Owner.MESSAGE),
    (TelegramConflictError(CALL, "Conflict: terminated by other getUpdates request"), Owner.MESSAGE),
    (RuntimeError("of the handler"), Owner.MESSAGE),
]


@pytest.mark.parametrize(("raised", "owner"), FAILURES, ids=lambda part: type(part).__name__)
def test_a_failure_has_its_owner(raised, owner):
    assert owner_of(raised) is owner


class OfTheBotsOwnError(TelegramAPIError):
    """A class that some bot made below aiogram's, without what those promise."""

    def __init__(self, **kept):
        self.__dict__.update(kept)


@pytest.mark.parametrize("kept", [{}, {"message": 5}, {"message": ["chat not found"]}])
def test_an_error_of_a_bots_own_making_has_an_owner_and_does_not_break_who_asks(kept):
    assert owner_of(OfTheBotsOwnError(**kept)) is Owner.OUTSIDE


def test_every_row_of_the_table_decides_about_something():
    decided = {id(row_of(raised)) for raised, _ in FAILURES}
    assert [row for row in OWNERS if id(row) not in decided] == []
