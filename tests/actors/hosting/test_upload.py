"""A file that cannot be read is not an outage, though aiogram calls it a network error."""

from collections.abc import AsyncGenerator

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendDocument, SendMediaGroup
from aiogram.types import BufferedInputFile, FSInputFile, InputFile, InputMediaDocument, URLInputFile

from mailroom.actors.hosting.errors import OWNERS
from mailroom.actors.owners import Owner, fault_in
from mailroom.storage.words import traceback_of, words
from tests.actors.hosting.bot_api import BotApi, with_bot

DEAD_ADDRESS = "http://127.0.0.1:9/picture.png"


class BrokenFile(InputFile):
    """Fails in the middle, in a way of its own."""

    async def read(self, bot) -> AsyncGenerator[bytes, None]:
        yield b"the first half"
        raise LookupError("no second half")


@pytest.mark.parametrize(
    "file",
    [FSInputFile("/nowhere/at/all.pdf"), URLInputFile(DEAD_ADDRESS, filename="a.png"), BrokenFile("b.txt")],
    ids=["missing path", "dead address", "broken generator"],
)
@pytest.mark.parametrize("album", [False, True])
def test_what_a_file_of_the_bots_own_raises_is_the_messages_own(file, album):
    call = (
        SendMediaGroup(chat_id=7, media=[InputMediaDocument(media=file)])
        if album
        else SendDocument(chat_id=7, document=file)
    )

    async def send(bot, _session):
        with pytest.raises(TelegramNetworkError) as caught:
            await bot(call)
        return caught.value

    error = with_bot(BotApi(), send)
    assert fault_in(OWNERS, error).owner is Owner.MESSAGE
    assert error.__cause__ is not None
    assert "42:token" not in words(error) + traceback_of(error)


def test_a_connection_that_breaks_under_an_upload_is_still_an_outage():
    async def send(bot, session):
        session.api = session.api.from_base("http://127.0.0.1:9")
        with pytest.raises(TelegramNetworkError) as caught:
            await bot(SendDocument(chat_id=7, document=BufferedInputFile(b"x", "a.txt")))
        return caught.value

    assert fault_in(OWNERS, with_bot(BotApi(), send)).owner is Owner.UNREACHED


def test_files_and_fields_arrive_as_aiogram_sends_them():
    got = {}

    class Reads(BotApi):
        async def answer(self, request):
            form = await request.post()
            got.update(
                {
                    name: value if isinstance(value, str) else (value.filename, value.file.read())
                    for name, value in form.items()
                }
            )
            return await super().answer(request)

    async def send(bot, _session):
        from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="ok", callback_data="1")]])
        await bot(SendDocument(
            chat_id=7, document=BufferedInputFile(b"contents", "a.txt"), caption="look",
            disable_notification=True, reply_markup=markup,
        ))  # fmt: skip

    message = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"}}}'
    with_bot(Reads(200, message), send)
    key = got.pop("document").removeprefix("attach://")
    assert got.pop(key) == ("a.txt", b"contents")
    assert got == {
        "chat_id": "7", "caption": "look", "disable_notification": "true",
        "reply_markup": '{"inline_keyboard": [[{"text": "ok", "callback_data": "1"}]]}',
    }  # fmt: skip
