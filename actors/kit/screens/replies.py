"""How a screen reaches people: as a new message, or in place of the one whose button was pressed.

Telegram refuses some edits and late answers for reasons that are nobody's fault and that no retry would cure.
Those refusals are listed here and end in the next best thing; any other refusal is a real error and goes up.
"""

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message

from mailroom.actors.kit.screens.picture_replies import edit_picture, send_picture, was_edited
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.screens.shown import note

POPUP_LENGTH_MAX = 200  # Telegram's limit of answerCallbackQuery
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a link that somebody wrote is not our advertisement

# It is too old, or was deleted by its reader.
NOT_DELETABLE = ("message can't be deleted", "message to delete not found")
# The press waited in line for longer than Telegram remembers it; its spinner has stopped by itself.
FORGOTTEN = ("query is too old", "query id is invalid")


async def send(message: Message, screen: Screen) -> None:
    """Answer a message with a screen."""
    sent = await message.answer(
        screen.text, reply_markup=screen.keyboard, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
    )
    note(sent.message_id, screen.shows)


async def show(callback: CallbackQuery, screen: Screen, popup_text: str = "", *, alert: bool = False) -> None:
    """Turn the message under the pressed button into this screen and answer the press.

    A picture cannot become a text: then the screen comes as a new message, and the picture goes.
    """
    if not await _edited(callback, screen):
        await _send_new(callback, screen)
        if isinstance(callback.message, Message) and callback.message.photo:
            await _delete(callback.message)
    await popup(callback, popup_text, alert=alert)


async def send_below(
    callback: CallbackQuery, screen: Screen, popup_text: str = "", *, alert: bool = False
) -> None:
    """Leave the message with the button as it is, send the screen after it, and answer the press."""
    await _send_new(callback, screen)
    await popup(callback, popup_text, alert=alert)


async def tell(bot: Bot, chat_id: int, screen: Screen) -> Message:
    """Write to a chat unasked."""
    if screen.picture is not None and (sent := await send_picture(bot, chat_id, screen, screen.picture)):
        return sent
    return await bot.send_message(
        chat_id,
        screen.text,
        reply_markup=screen.keyboard,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
    )


async def popup(callback: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """Answer a press: stop its spinner, and show a plain text if there is one (an alert waits for "OK")."""
    try:
        await callback.answer(text[:POPUP_LENGTH_MAX] or None, show_alert=alert or None)
    except TelegramBadRequest as refusal:
        if not any(reason in refusal.message.lower() for reason in FORGOTTEN):
            raise


async def edited(message: Message, screen: Screen) -> bool:
    """Turn a message into this screen; False if it can never be edited."""
    if message.bot is None:
        raise RuntimeError("a message without its bot cannot be edited; parse updates with a bot as context")
    if screen.picture is not None:
        return await edit_picture(message, screen, screen.picture)
    if message.photo:
        return False
    return await turned(message.bot, message.chat.id, message.message_id, screen)


async def turned(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> bool:
    """Turn a message that one knows by its id into this screen, a text; False if it can never be edited."""
    try:
        await bot.edit_message_text(
            screen.text,
            chat_id=chat_id,
            message_id=message_id,
            reply_markup=screen.keyboard,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
        )
    except TelegramBadRequest as refusal:
        return was_edited(refusal)
    return True


def chat_of(callback: CallbackQuery) -> int:
    """The chat that a button was pressed in."""
    # Without the message, a private chat has the person's own id.
    return callback.message.chat.id if callback.message is not None else callback.from_user.id


async def redress(callback: CallbackQuery, keyboard: InlineKeyboardMarkup) -> None:
    """Change the buttons below the message that one of them was pressed on, and nothing else of it."""
    if not isinstance(callback.message, Message):
        return
    try:
        await callback.message.edit_reply_markup(reply_markup=keyboard)
    except TelegramBadRequest as refusal:
        was_edited(refusal)


async def _delete(message: Message) -> None:
    """Take a message away, if that is still possible: after two days it stays, and does no harm."""
    try:
        await message.delete()
    except TelegramBadRequest as refusal:
        if not any(reason in refusal.message.lower() for reason in NOT_DELETABLE):
            raise


async def _edited(callback: CallbackQuery, screen: Screen) -> bool:
    """Try to edit in place; False if there is no message to edit any more."""
    if not isinstance(callback.message, Message):
        return False
    there = await edited(callback.message, screen)
    note(callback.message.message_id, screen.shows if there else None)
    return there


async def _send_new(callback: CallbackQuery, screen: Screen) -> None:
    if callback.bot is None:
        raise RuntimeError(
            "a callback query without its bot cannot be answered; parse updates with a bot as context"
        )
    sent = await tell(callback.bot, chat_of(callback), screen)
    note(sent.message_id, screen.shows)
