"""What comes back where an answer of the Bot API is expected, and what is made of it."""

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe, GetUpdates, SendMessage
from aiohttp import ClientOSError

from mailroom.actors.hosting.answers import wait_seconds
from mailroom.actors.hosting.errors import OWNERS, WAIT_SECONDS_MAX, WAIT_UNSAID_SECONDS
from mailroom.actors.owners import Owner, fault_in
from mailroom.storage.words import traceback_of, words
from tests.actors.hosting.bot_api import BotApi, with_bot

PAGE = b"<html><head><title>Bad Gateway</title></head></html>"

ANSWERS = [
    (502, PAGE, ClientDecodeError, Owner.OUTSIDE),
    (500, PAGE, ClientDecodeError, Owner.OUTSIDE),
    (504, b"", ClientDecodeError, Owner.OUTSIDE),
    (200, PAGE, ClientDecodeError, Owner.OUTSIDE),
    (200, b"", ClientDecodeError, Owner.OUTSIDE),
    (200, b'"ok"', ClientDecodeError, Owner.OUTSIDE),
    (200, b"[" * 100_000, ClientDecodeError, Owner.OUTSIDE),
    (200, b'{"status":"up"}', ClientDecodeError, Owner.OUTSIDE),
    (401, PAGE, ClientDecodeError, Owner.OUTSIDE),
    (404, PAGE, ClientDecodeError, Owner.OUTSIDE),
    (403, b'{"message":"Forbidden"}', ClientDecodeError, Owner.OUTSIDE),
    (400, b'{"ok":false}', TelegramBadRequest, Owner.OUTSIDE),
    (401, b'{"ok":false}', TelegramUnauthorizedError, Owner.OUTSIDE),
    (502, b'{"ok":false}', TelegramServerError, Owner.OUTSIDE),
    (200, b'{"ok":false}', TelegramAPIError, Owner.OUTSIDE),
    (502, b'{"ok":false,"error_code":502,"description":"Bad Gateway"}', TelegramServerError, Owner.OUTSIDE),
    (413, PAGE, ClientDecodeError, Owner.MESSAGE),
    (413, b'{"ok":false}', TelegramEntityTooLarge, Owner.MESSAGE),
    (
        413,
        b'{"ok":false,"error_code":413,"description":"Request Entity Too Large"}',
        TelegramEntityTooLarge,
        Owner.MESSAGE,
    ),
    (401, b'{"ok":false,"description":"Unauthorized"}', TelegramUnauthorizedError, Owner.BOT),
    (429, b'{"ok":false,"parameters":{"retry_after":9}}', TelegramRetryAfter, Owner.WAIT),
    (429, PAGE, TelegramRetryAfter, Owner.WAIT),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "raised", "owner"), ANSWERS)
def test_an_update_or_registration_that_is_answered_so_fails_for_whom_it_should(status, body, raised, owner):
    async def fetch(bot, session):
        with pytest.raises(raised) as caught:
            await session.fetch(bot, GetUpdates(), 5)
        return caught.value

    error = with_bot(BotApi(status, body), fetch)
    assert fault_in(OWNERS, error).owner is owner


@pytest.mark.parametrize(("status", "body", "raised", "owner"), [one for one in ANSWERS if one[0] != 429])
def test_a_reply_that_is_answered_so_fails_for_whom_it_should(status, body, raised, owner):
    async def reply(bot, _session):
        with pytest.raises(raised) as caught:
            await bot(SendMessage(chat_id=7, text="hello"))
        return caught.value

    error = with_bot(BotApi(status, body), reply)
    assert fault_in(OWNERS, error).owner is owner


def test_a_result_that_this_aiogram_does_not_know_is_a_call_that_was_made():
    async def reply(bot, session):
        with pytest.raises(ClientDecodeError) as caught:
            await bot(GetMe())
        return caught.value, await session.fetch(bot, GetMe(), 5)

    error, raw = with_bot(BotApi(200, b'{"ok":true,"result":{"id":"of a new kind"}}'), reply)
    assert fault_in(OWNERS, error).owner is Owner.MESSAGE
    assert raw == {"id": "of a new kind"}, "where nobody needs a model of it, it is as good as any"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b'{"parameters":{"retry_after":3}}', 3.0),
        (b'{"parameters":{"retry_after":0}}', 0.1),
        (b'{"parameters":{"retry_after":1e12}}', WAIT_SECONDS_MAX),
        (b'{"parameters":{"retry_after":NaN}}', WAIT_UNSAID_SECONDS),
        (b'{"parameters":{"retry_after":"soon"}}', WAIT_UNSAID_SECONDS),
        (b'{"parameters":{"retry_after":1' + b"0" * 400 + b"}}", WAIT_UNSAID_SECONDS),
        (b'{"parameters":null}', WAIT_UNSAID_SECONDS),
        (b"<html>429</html>", WAIT_UNSAID_SECONDS),
        (b"[]", WAIT_UNSAID_SECONDS),
    ],
)
def test_how_long_to_wait_is_believed_within_reason(said, seconds):
    assert wait_seconds(said) == seconds


def test_what_is_said_of_a_broken_connection_does_not_tell_the_token():
    # aiohttp names the address it could not write to; a dead letter would show that to whoever reads it.
    class Breaks:
        def post(self, url, **_):
            raise ClientOSError(32, f"Can not write request body for {url}")

    async def reply(bot, session):
        async def broken():
            return Breaks()

        session.create_session = broken
        with pytest.raises(TelegramNetworkError) as caught:
            await bot(SendMessage(chat_id=7, text="hello"))
        return caught.value

    error = with_bot(BotApi(), reply)
    assert fault_in(OWNERS, error).owner is Owner.OUTSIDE
    assert "Can not write request body for" in str(error)
    assert "42:token" not in words(error) + traceback_of(error)
