"""python-telegram-bot changes, pins and deletes what it sent."""

import pytest

from mailroom.ops.simulators.telegram.pictures import blank

pytestmark = pytest.mark.long


def test_text_caption_media_and_keyboard_are_changed(play, ptb):
    async def scenario(bot, _):
        keyboard = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("a", callback_data="b")]])
        text = await bot.send_message(5, "one")
        changed = await text.edit_text("<b>two</b>", parse_mode="HTML", reply_markup=keyboard)
        assert (changed.text_html, changed.reply_markup, bool(changed.edit_date)) == (
            "<b>two</b>",
            keyboard,
            True,
        )
        assert (await text.edit_reply_markup(None)).reply_markup is None
        photo = await bot.send_photo(5, blank(), caption="c")
        assert (await photo.edit_caption("d")).caption == "d"
        assert (await photo.edit_caption(None)).caption is None
        media = ptb.InputMediaDocument(b"text", filename="a.txt", caption="e")
        replaced = await photo.edit_media(media)
        assert (replaced.document.file_name, replaced.photo, replaced.caption) == ("a.txt", (), "e")

    play(scenario)


def test_messages_sent_through_inline_mode_are_changed_unseen(play):
    async def scenario(bot, _):
        assert await bot.edit_message_text("x", inline_message_id="1") is True
        assert await bot.edit_message_caption(inline_message_id="1", caption="x") is True
        assert await bot.edit_message_reply_markup(inline_message_id="1") is True

    play(scenario)


def test_an_edit_that_cannot_be_is_refused(play, ptb):
    async def scenario(bot, visitor):
        text = await bot.send_message(5, "one")
        theirs = visitor.sends()["message_id"]
        dice = await bot.send_dice(5)
        for message_id, words in (
            (text.message_id, "Message is not modified"),
            (theirs, "Message can't be edited"),
            (9_999, "Message to edit not found"),
            (dice.message_id, "There is no text in the message to edit"),
        ):
            with pytest.raises(ptb.error.BadRequest, match=words):
                await bot.edit_message_text("one", 5, message_id)
        with pytest.raises(ptb.error.BadRequest, match="no caption"):
            await text.edit_caption("x")

    play(scenario)


def test_messages_are_pinned_reacted_to_and_deleted(play, ptb):
    async def scenario(bot, _):
        sent = [await bot.send_message(5, text) for text in "abc"]
        assert await sent[0].pin()
        assert (await bot.get_chat(5)).pinned_message.message_id == sent[0].message_id
        assert await sent[0].unpin()
        assert (await bot.get_chat(5)).pinned_message is None
        assert await bot.unpin_all_chat_messages(5)
        assert await sent[0].set_reaction("👍")
        assert await sent[0].delete()
        with pytest.raises(ptb.error.BadRequest, match="Message to delete not found"):
            await sent[0].delete()
        assert await bot.delete_messages(5, [one.message_id for one in sent[1:]])

    play(scenario)
