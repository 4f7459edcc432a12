"""Refusals and outages reach python-telegram-bot's users as its own exceptions, in Telegram's words."""

import pytest

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"chat_id": 0}, "Chat not found"),
        ({"chat_id": "@nobody"}, "Chat not found"),
        ({"text": " "}, "Message text is empty|Text must be non-empty"),
        ({"text": "x" * 4097}, "Message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "Can't parse entities: can't find end tag"),
        ({"text": "1.5", "parse_mode": "MarkdownV2"}, "Can't parse entities: character '.' is reserved"),
        ({"text": "x", "parse_mode": "XML"}, "Unsupported parse_mode"),
        ({"reply_to_message_id": 9_999}, "Message to be replied not found"),
    ],
)
def test_a_message_that_cannot_be_is_a_bad_request(play, ptb, given, words):
    async def scenario(bot, _):
        with pytest.raises(ptb.error.BadRequest, match=f"(?i){words}"):
            await bot.send_message(**{"chat_id": 5, "text": "x", **given})

    play(scenario)


def test_misbehaviour_has_its_exceptions(play, ptb):
    async def scenario(bot, visitor):
        async def refused(error, **rule):
            visitor.faults({"times": 1, **rule})
            with pytest.raises(error) as caught:
                await bot.send_message(5, "x")
            return caught.value

        error = ptb.error
        assert "blocked" in str(await refused(error.Forbidden, kind="blocked"))
        await refused(error.RetryAfter, kind="429", retry_after=1, park=False)
        await refused(error.InvalidToken, kind="unauthorized")
        await refused(error.NetworkError, kind="500")
        await refused(error.NetworkError, kind="drop_before")
        await refused(error.NetworkError, kind="html", status=502)
        assert (await bot.send_message(5, "well again")).text == "well again"

    play(scenario)


def test_a_wait_is_told_in_seconds(play, ptb):
    async def scenario(bot, visitor):
        visitor.faults({"kind": "429", "retry_after": 7, "times": 1, "park": False})
        with pytest.raises(ptb.error.RetryAfter, match="Retry in 7 seconds"):
            await bot.send_message(5, "x")

    play(scenario)


def test_who_blocked_the_bot_hears_nothing(play, ptb):
    async def scenario(bot, visitor):
        visitor.does("block", chat_id=5)
        change = (await bot.get_updates(offset=-1))[0].my_chat_member
        assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
        with pytest.raises(ptb.error.Forbidden, match="bot was blocked by the user"):
            await bot.send_message(5, "x")

    play(scenario)


def test_what_there_is_not_is_not_found(play, ptb):
    async def scenario(bot, _):
        with pytest.raises(ptb.error.EndPointNotFound):
            await bot.do_api_request("sendNothing")
        with pytest.raises(ptb.error.InvalidToken):
            async with ptb.Bot("12", base_url=bot.base_url.rpartition("/bot")[0] + "/bot"):
                pass

    play(scenario)
