"""How a screen with a picture reaches people: by Telegram's name for the file, or with the file itself.

A name that Telegram does not know (any more) is no fault: the file is sent again, and has a new name then.
"""

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message

from mailroom.actors.kit.screens.picture import Picture
from mailroom.actors.kit.screens.screen import Screen

# The user pressed twice: the message already shows what it should.
SAME_ALREADY = "message is not modified"
# The message is too old, was deleted, or has become something else: a new one is sent instead.
NOT_EDITABLE = (
    "message can't be edited",
    "message to edit not found",
    "no text in the message to edit",
    "there is no media in the message to edit",
    "message_id_invalid",
)
# The name is another bot's, or that of a file which was known before a restart of a stand-in.
UNKNOWN_FILE = ("wrong file identifier", "wrong remote file identifier", "wrong file_id", "invalid file_id")


async def send_picture(bot: Bot, chat_id: int, screen: Screen, picture: Picture) -> Message | None:
    """Send it with the screen's text below; None if the picture is gone."""
    if picture.file_id is not None:
        try:
            return await _send(bot, chat_id, screen, picture.file_id)
        except TelegramBadRequest as refusal:
            _require_unknown_file(refusal)
    upload = await picture.upload()
    if upload is None:
        return None
    sent = await _send(bot, chat_id, screen, upload)
    await _note(picture, sent)
    return sent


async def edit_picture(message: Message, screen: Screen, picture: Picture) -> bool:
    """Turn a message into it, a text too; False if that cannot be, or the picture is gone."""
    try:
        if picture.file_id is not None:
            try:
                await _edit(message, screen, picture.file_id)
            except TelegramBadRequest as refusal:
                _require_unknown_file(refusal)
            else:
                return True
        upload = await picture.upload()
        if upload is None:
            return False
        await _note(picture, await _edit(message, screen, upload))
    except TelegramBadRequest as refusal:
        return was_edited(refusal)
    return True


def was_edited(refusal: TelegramBadRequest) -> bool:
    """Whether a message is as it should be though an edit was refused; False if it never will be. Any other
    refusal is a real error and goes up.
    """
    reason = refusal.message.lower()
    if SAME_ALREADY in reason:
        return True
    if any(known in reason for known in NOT_EDITABLE):
        return False
    raise refusal


async def _send(bot: Bot, chat_id: int, screen: Screen, file: str | BufferedInputFile) -> Message:
    return await bot.send_photo(
        chat_id, file, caption=screen.text, parse_mode=ParseMode.HTML, reply_markup=screen.keyboard
    )


async def _edit(message: Message, screen: Screen, file: str | BufferedInputFile) -> Message | bool:
    media = InputMediaPhoto(media=file, caption=screen.text, parse_mode=ParseMode.HTML)
    return await message.edit_media(media, reply_markup=screen.keyboard)


async def _note(picture: Picture, sent: Message | bool) -> None:
    if isinstance(sent, Message) and sent.photo:
        await picture.note(sent.photo[-1].file_id)


def _require_unknown_file(refusal: TelegramBadRequest) -> None:
    """Raise the refusal again, unless it says that the file is unknown."""
    if not any(known in refusal.message.lower() for known in UNKNOWN_FILE):
        raise refusal
