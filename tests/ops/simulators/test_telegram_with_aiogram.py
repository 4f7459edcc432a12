"""aiogram itself understands every answer: its strict models parse what the simulator returns."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LabeledPrice,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)

TOKEN = "1001:test-token"
PICTURE = BufferedInputFile(b"not really a picture", "picture.jpg")


def test_every_answer_is_one_that_aiogram_can_read(play):
    async def scenario(sim):
        session = AiohttpSession(api=TelegramAPIServer.from_base(sim.url))
        async with Bot(TOKEN, session=session) as bot:
            assert (await bot.me()).username == "sim_1001_bot"
            await exercise(bot)

    async def exercise(bot):
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a", callback_data="b")]])
        text = await bot.send_message(5, "<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
        assert text.html_text == "<b>x</b>"
        reply = await bot.send_message(5, "y", reply_parameters=ReplyParameters(message_id=text.message_id))
        assert reply.reply_to_message.message_id == text.message_id
        assert (await bot.edit_message_text("z", chat_id=5, message_id=text.message_id)).edit_date
        photo = await bot.send_photo(5, PICTURE, caption="c")
        again = await bot.send_photo(5, photo.photo[-1].file_id)
        assert (await bot.download(again.photo[-1])).read() == b"not really a picture"
        other = InputMediaDocument(media=BufferedInputFile(b"text", "a.txt"))
        await bot.edit_message_media(other, chat_id=5, message_id=photo.message_id)
        album = await bot.send_media_group(
            5, [InputMediaPhoto(media=PICTURE), InputMediaPhoto(media=PICTURE)]
        )
        assert len(album) == 2
        for send in (bot.send_document, bot.send_video, bot.send_audio, bot.send_voice, bot.send_animation):
            await send(5, PICTURE)
        await bot.send_sticker(5, PICTURE)
        await bot.send_video_note(5, PICTURE)
        menu = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="a", request_contact=True)]])
        await bot.send_dice(5, reply_markup=menu)
        await bot.send_location(5, 1, 2)
        await bot.send_contact(5, "+7", "A")
        poll = await bot.send_poll(5, "?", ["a", "b"], is_anonymous=False)
        await bot.stop_poll(5, poll.message_id)
        prices = [LabeledPrice(label="x", amount=1)]
        await bot.send_invoice(5, "t", "d", "p", "XTR", prices)
        assert await bot.create_invoice_link("t", "d", "p", "XTR", prices)
        await bot.copy_message(6, 5, text.message_id)
        await bot.forward_message(6, 5, text.message_id)
        assert (await bot.get_chat(5)).first_name
        assert (await bot.get_chat_member(5, 5)).status == "member"
        assert (await bot.get_webhook_info()).pending_update_count == 0
        assert (await bot.get_user_profile_photos(5)).total_count == 0
        assert await bot.get_my_commands() == []
        assert (await bot.get_my_name()).name
        await bot.send_chat_action(5, "typing")
        await bot.delete_message(5, text.message_id)
        await bot.delete_webhook(drop_pending_updates=True)

    play(scenario)


def test_updates_are_ones_that_aiogram_can_read(play):
    async def scenario(sim):
        markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
        message = await sim.result("sendMessage", chat_id=5, text="x", reply_markup=markup)
        sent = await sim.send("/start")
        await sim.send(chat_id=-100, user_id=5)
        await sim.sim("edit", chat_id=5, message_id=sent["message_id"], text="edited")
        await sim.sim("tap", chat_id=5, message_id=message["message_id"], data="a")
        await sim.sim("send", chat_id=5, content={"contact": {"phone_number": "+7", "first_name": "A"}})
        await sim.sim("block", chat_id=5)
        await sim.sim("block", chat_id=5, blocked=False)
        poll = await sim.result("sendPoll", chat_id=5, question="?", options=["a", "b"], is_anonymous=False)
        await sim.sim("vote", chat_id=5, message_id=poll["message_id"], options=[1])
        updates = [Update.model_validate(update) for update in await sim.result("getUpdates")]
        assert [update.event_type for update in updates] == [
            "message",
            "message",
            "edited_message",
            "callback_query",
            "message",
            "my_chat_member",
            "my_chat_member",
            "poll_answer",
        ]

    play(scenario)


def test_refusals_reach_aiogram_as_its_own_exceptions(play):
    async def refused(exception, awaitable):
        try:
            await awaitable
        except exception as error:
            return error
        raise AssertionError("was not refused")

    async def scenario(sim):
        session = AiohttpSession(api=TelegramAPIServer.from_base(sim.url))
        async with Bot(TOKEN, session=session) as bot:
            await refused(TelegramBadRequest, bot.send_message(0, "x"))
            await sim.sim("faults", rules=[{"kind": "blocked", "times": 1}])
            await refused(TelegramForbiddenError, bot.send_message(5, "x"))
            await sim.sim("faults", rules=[{"kind": "429", "retry_after": 3, "times": 1}])
            assert (await refused(TelegramRetryAfter, bot.send_message(5, "x"))).retry_after == 3

    play(scenario)
