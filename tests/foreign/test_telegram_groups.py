"""python-telegram-bot administers a group: its members, its links, its topics, what it is called."""

import datetime as dtm  # noqa: ICN001 - as the package under test calls it

import pytest

pytestmark = pytest.mark.long


def test_a_group_is_called_and_described_otherwise(play, ptb):
    async def scenario(bot, visitor):
        group = visitor.group(username="the_group")
        assert (await bot.get_chat("@the_group")).id == group
        assert await bot.set_chat_title(group, "Other")
        assert await bot.set_chat_description(group, "About it")
        assert await bot.set_chat_permissions(group, ptb.ChatPermissions(can_send_messages=True))
        chat = await bot.get_chat(group)
        assert (chat.title, chat.description, chat.permissions.can_send_polls) == ("Other", "About it", False)
        assert await bot.set_chat_photo(group, b"photo")
        assert await bot.delete_chat_photo(group)
        assert await bot.set_chat_sticker_set(group, "name")
        assert await bot.delete_chat_sticker_set(group)
        with pytest.raises(ptb.error.BadRequest, match="not modified"):
            await bot.set_chat_description(group, "About it")
        with pytest.raises(ptb.error.BadRequest):
            await bot.set_chat_title(5, "a person")

    play(scenario)


def test_members_are_banned_restricted_promoted(play, ptb):
    async def scenario(bot, visitor):
        group = visitor.group()

        async def status(user=8):
            return str((await bot.get_chat_member(group, user)).status)

        assert (await status(), await status(99)) == ("member", "left")
        assert await bot.get_chat_member_count(group) == 2
        assert await bot.restrict_chat_member(group, 8, ptb.ChatPermissions.no_permissions())
        assert await status() == "restricted"
        assert await bot.promote_chat_member(group, 8, can_pin_messages=True)
        assert await bot.set_chat_administrator_custom_title(group, 8, "Boss")
        [boss] = await bot.get_chat_administrators(group)
        assert (boss.user.id, boss.custom_title, boss.can_pin_messages) == (8, "Boss", True)
        assert await bot.set_chat_member_tag(group, 8, "tag")
        assert await bot.ban_chat_member(group, 8)
        assert await status() == "kicked"
        assert await bot.unban_chat_member(group, 8)
        assert await status() == "left"
        assert await bot.ban_chat_sender_chat(group, -1001)
        assert await bot.unban_chat_sender_chat(group, -1001)
        assert await bot.approve_chat_join_request(group, 8)
        assert await bot.decline_chat_join_request(group, 8)
        assert await bot.leave_chat(group)
        with pytest.raises(ptb.error.BadRequest, match="Chat not found"):
            await bot.leave_chat(-100123)
        with pytest.raises(ptb.error.BadRequest, match="no administrators in the private chat"):
            await bot.get_chat_administrators(5)

    play(scenario)


def test_links_are_made_changed_and_taken_back(play):
    async def scenario(bot, visitor):
        group = visitor.group()
        until = dtm.datetime.now(tz=dtm.UTC) + dtm.timedelta(hours=1)
        link = await bot.create_chat_invite_link(group, name="n", member_limit=3, expire_date=until)
        assert (link.name, link.member_limit, link.creator.id) == ("n", 3, bot.id)
        assert abs(link.expire_date - until) < dtm.timedelta(seconds=1)
        edited = await bot.edit_chat_invite_link(group, link, creates_join_request=True)
        assert (edited.invite_link, edited.creates_join_request) == (link.invite_link, True)
        assert (edited.name, edited.expire_date) == (None, None)
        assert (await bot.revoke_chat_invite_link(group, link)).is_revoked
        assert (await bot.export_chat_invite_link(group)).startswith("https://t.me/+")
        paid = await bot.create_chat_subscription_invite_link(group, 2_592_000, 10, name="p")
        renamed = await bot.edit_chat_subscription_invite_link(group, paid, name="q")
        assert (renamed.name, renamed.subscription_price) == ("q", 10)

    play(scenario)


def test_topics(play):
    async def scenario(bot, visitor):
        group = visitor.group(is_forum=True)
        topic = await bot.create_forum_topic(group, "Topic")
        assert topic.name == "Topic"
        sent = await bot.send_message(group, "x", message_thread_id=topic.message_thread_id)
        assert sent.message_thread_id == topic.message_thread_id
        for deed in ("close", "reopen", "edit", "delete"):
            assert await getattr(bot, f"{deed}_forum_topic")(group, topic.message_thread_id)
        assert await bot.unpin_all_forum_topic_messages(group, topic.message_thread_id)
        assert await bot.edit_general_forum_topic(group, "General")
        for deed in ("close", "reopen", "hide", "unhide"):
            assert await getattr(bot, f"{deed}_general_forum_topic")(group)
        assert await bot.unpin_all_general_forum_topic_messages(group)

    play(scenario)
