"""python-telegram-bot sends texts, places, polls and copies, and reads back what Telegram would say."""

import pytest

pytestmark = pytest.mark.long

QUOTES = "<blockquote expandable>a\nb</blockquote> <tg-spoiler>s</tg-spoiler>"
LINK = "https://example.com/a"


def kinds(message):
    return [(str(one.type), message.parse_entity(one)) for one in message.entities]


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("<b>b</b><i>i</i><u>u</u>", "HTML", [("bold", "b"), ("italic", "i"), ("underline", "u")]),
        (QUOTES, "HTML", [("expandable_blockquote", "a\nb"), ("spoiler", "s")]),
        (">a\n>b||", "MarkdownV2", [("expandable_blockquote", "a\nb")]),
        (">a\nb", "MarkdownV2", [("blockquote", "a")]),
        ("```py\nx=1\n```", "MarkdownV2", [("pre", "x=1")]),
        ('<pre><code class="language-py">x</code></pre>', "HTML", [("pre", "x")]),
        ("*b* `c` [l](https://x.io)", "Markdown", [("bold", "b"), ("code", "c"), ("text_link", "l")]),
        (f"{LINK} @support #tag $TON /go a@x.io +1-212-555-0123", None, [
            ("url", LINK), ("mention", "@support"), ("hashtag", "#tag"), ("cashtag", "$TON"),
            ("bot_command", "/go"), ("email", "a@x.io"), ("phone_number", "+1-212-555-0123")]),
        ("<b>/go</b> <code>#no</code>", "HTML", [("bot_command", "/go"), ("bold", "/go"), ("code", "#no")]),
        ("![👍](tg://emoji?id=5368324170671202286)", "MarkdownV2", [("custom_emoji", "👍")]),
        ('<a href="tg://user?id=5">A</a>', "HTML", [("text_mention", "A")]),
    ],
)  # fmt: skip
def test_entities_come_back(play, text, mode, expected):
    async def scenario(bot, _):
        assert kinds(await bot.send_message(5, text, parse_mode=mode)) == expected

    play(scenario)


def test_given_entities_and_language_of_code_come_back(play, ptb):
    async def scenario(bot, _):
        given = [ptb.MessageEntity("bold", 0, 1), ptb.MessageEntity("pre", 2, 1, language="py")]
        assert list((await bot.send_message(5, "a b", entities=given)).entities) == given
        code = await bot.send_message(5, "```py\nx\n```", parse_mode="MarkdownV2")
        assert code.entities[0].language == "py"

    play(scenario)


def test_the_preview_of_a_link_is_what_was_asked_for(play, ptb):
    async def scenario(bot, _):
        options = ptb.LinkPreviewOptions
        plain = await bot.send_message(5, LINK)
        assert plain.link_preview_options == options(url=LINK)
        above = await bot.send_message(5, LINK, link_preview_options=options(show_above_text=True))
        assert above.link_preview_options.show_above_text
        off = await bot.send_message(5, LINK, link_preview_options=options(is_disabled=True))
        assert off.link_preview_options.is_disabled
        old = await bot.send_message(5, LINK, disable_web_page_preview=True)
        assert old.link_preview_options.is_disabled
        changed = await off.edit_text(LINK, link_preview_options=options(url="https://example.org"))
        assert changed.link_preview_options.url == "https://example.org"

    play(scenario)


def test_replies_quotes_and_keyboards(play, ptb):
    async def scenario(bot, _):
        first = await bot.send_message(5, "one two three")
        quoted = ptb.ReplyParameters(first.message_id, quote="two")
        reply = await bot.send_message(5, "x", reply_parameters=quoted)
        assert reply.reply_to_message.message_id == first.message_id
        assert (reply.quote.text, reply.quote.position, reply.quote.is_manual) == ("two", 4, True)
        buttons = [
            [ptb.InlineKeyboardButton("a", callback_data="b"), ptb.InlineKeyboardButton("u", url=LINK)]
        ]
        inline = await bot.send_message(5, "x", reply_markup=ptb.InlineKeyboardMarkup(buttons))
        assert inline.reply_markup.inline_keyboard[0][1].url == LINK
        menu = ptb.ReplyKeyboardMarkup([["a"]], resize_keyboard=True)
        for markup in (menu, ptb.ReplyKeyboardRemove(), ptb.ForceReply()):
            assert (await bot.send_message(5, "x", reply_markup=markup)).reply_markup is None
        assert (await bot.send_message(5, "x", protect_content=True)).has_protected_content
        assert await bot.send_message_draft(5, 1, "so far")
        assert await bot.send_chat_action(5, "typing")

    play(scenario)


def test_places_contacts_and_dice(play):
    async def scenario(bot, _):
        live = await bot.send_location(5, 1.5, 2.5, live_period=600, horizontal_accuracy=10)
        moved = await bot.edit_message_live_location(5, live.message_id, latitude=2, longitude=3)
        assert moved.location.latitude == 2
        assert (await bot.stop_message_live_location(5, live.message_id)).location
        venue = await bot.send_venue(5, 1, 2, "T", "A", foursquare_id="f", google_place_id="g")
        assert (venue.venue.foursquare_id, venue.venue.google_place_id) == ("f", "g")
        contact = await bot.send_contact(5, "+7", "Ann", last_name="B", vcard="v")
        assert (contact.contact.last_name, contact.contact.vcard) == ("B", "v")
        for emoji, most in (("🎲", 6), ("🎰", 64), ("⚽", 5)):
            thrown = (await bot.send_dice(5, emoji=emoji)).dice
            assert (thrown.emoji, 1 <= thrown.value <= most) == (emoji, True)

    play(scenario)


def test_polls_and_quizzes(play, ptb):
    async def scenario(bot, visitor):
        options = ["a", ptb.InputPollOption("<b>b</b>", text_parse_mode="HTML")]
        poll = await bot.send_poll(5, "<i>?</i>", options, question_parse_mode="HTML", is_anonymous=False)
        assert poll.poll.question_entities[0].type == "italic"
        assert poll.poll.options[1].text_entities[0].type == "bold"
        visitor.does("vote", chat_id=5, message_id=poll.message_id, options=[1])
        answer = (await bot.get_updates(offset=-1))[0].poll_answer
        assert (answer.user.id, answer.option_ids) == (5, (1,))
        stopped = await bot.stop_poll(5, poll.message_id)
        assert (stopped.is_closed, stopped.options[1].voter_count) == (True, 1)
        quiz = await bot.send_poll(5, "?", ["a", "b"], type="quiz", correct_option_ids=[1],
                                   explanation="<b>b</b>", explanation_parse_mode="HTML",
                                   open_period=60)  # fmt: skip
        assert (quiz.poll.explanation, quiz.poll.explanation_entities[0].type) == ("b", "bold")
        assert quiz.poll.to_dict()["open_period"] == 60

    play(scenario)


def test_copies_and_forwards_one_and_many(play, ptb):
    async def scenario(bot, visitor):
        visitor.sends(chat_id=6)
        sent = [await bot.send_message(5, text) for text in "ab"]
        ids = [one.message_id for one in sent]
        forwarded = await bot.forward_message(6, 5, ids[0])
        assert forwarded.forward_origin.sender_user.id == bot.id
        assert len(await bot.forward_messages(6, 5, ids)) == 2
        assert (await bot.copy_message(6, 5, ids[0])).message_id
        assert len(await bot.copy_messages(6, 5, ids)) == 2
        secret = await bot.send_message(5, "s", protect_content=True)
        with pytest.raises(ptb.error.BadRequest, match="can't be forwarded"):
            await secret.forward(6)
        with pytest.raises(ptb.error.BadRequest, match="Message to copy not found"):
            await bot.copy_message(6, 5, 9_999)

    play(scenario)
