"""python-telegram-bot says of the bot what people see, and chooses how updates come."""

import pytest

pytestmark = pytest.mark.long


def test_commands_belong_to_a_scope_and_a_language(play, ptb):
    async def scenario(bot, visitor):
        group = visitor.group()
        scopes = [
            None,
            ptb.BotCommandScopeDefault(),
            ptb.BotCommandScopeAllPrivateChats(),
            ptb.BotCommandScopeAllGroupChats(),
            ptb.BotCommandScopeAllChatAdministrators(),
            ptb.BotCommandScopeChat(5),
            ptb.BotCommandScopeChat(group),
            ptb.BotCommandScopeChatAdministrators(group),
            ptb.BotCommandScopeChatMember(group, 8),
        ]
        for number, scope in enumerate(scopes[1:]):
            for language in (None, "ru"):
                commands = [(f"c{number}", f"of {language}")]
                assert await bot.set_my_commands(commands, scope=scope, language_code=language)
        for number, scope in enumerate(scopes[1:]):
            for language in (None, "ru"):
                [command] = await bot.get_my_commands(scope=scope, language_code=language)
                assert (command.command, command.description) == (f"c{number}", f"of {language}")
        assert await bot.get_my_commands() == await bot.get_my_commands(scope=scopes[1])
        for scope in scopes[1:]:
            assert await bot.delete_my_commands(scope=scope)
            assert await bot.get_my_commands(scope=scope) == ()
            assert len(await bot.get_my_commands(scope=scope, language_code="ru")) == 1
        for wrong, words in (
            ([("UPPER", "x")], "(?i)bot_command_invalid"),
            ([("a" * 33, "x")], "(?i)bot_command_invalid"),
            ([("a", "x" * 257)], "(?i)bot_command_description_invalid"),
            ([(f"c{number}", "x") for number in range(101)], "(?i)bot_commands_too_much"),
        ):
            with pytest.raises(ptb.error.BadRequest, match=words):
                await bot.set_my_commands(wrong)
        with pytest.raises(ptb.error.BadRequest, match="Chat not found"):
            await bot.set_my_commands([("a", "b")], scope=ptb.BotCommandScopeChat(-100999))

    play(scenario)


def test_the_menu_button_is_that_of_a_chat_or_of_all(play, ptb):
    async def scenario(bot, _):
        app = ptb.MenuButtonWebApp("Shop", ptb.WebAppInfo("https://shop.example/"))
        assert (await bot.get_chat_menu_button()).type == "commands"
        assert await bot.set_chat_menu_button(5, app)
        assert await bot.get_chat_menu_button(5) == app
        assert (await bot.get_chat_menu_button(6)).type == "default"
        assert await bot.set_chat_menu_button(menu_button=app)
        assert await bot.get_chat_menu_button() == app
        assert await bot.set_chat_menu_button(5, ptb.MenuButtonDefault())
        assert (await bot.get_chat_menu_button(5)).type == "default"

    play(scenario)


def test_name_and_descriptions_are_said_by_language(play):
    async def scenario(bot, _):
        assert (await bot.get_my_name()).name == "Mailroom"
        assert await bot.set_my_name("Почта", language_code="ru")
        assert (await bot.get_my_name("ru")).name == "Почта"
        assert (await bot.get_my_name("de")).name == "Mailroom"
        for what in ("description", "short_description"):
            write, read = getattr(bot, f"set_my_{what}"), getattr(bot, f"get_my_{what}")
            assert await write("about")
            assert await write("о боте", language_code="ru")
            assert getattr(await read(language_code="ru"), what) == "о боте"
            assert getattr(await read(language_code="de"), what) == "about"
            assert await write(None, language_code="ru")
            assert getattr(await read(language_code="ru"), what) == "about"

    play(scenario)


def test_the_bot_itself(play, ptb):
    async def scenario(bot, visitor):
        me = await bot.get_me()
        assert (me.is_bot, me.first_name, me.can_join_groups) == (True, "Mailroom", True)
        all_rights = ptb.ChatAdministratorRights.all_rights()
        assert await bot.set_my_default_administrator_rights(all_rights, for_channels=True)
        assert (await bot.get_my_default_administrator_rights(for_channels=True)).can_post_messages
        assert not (await bot.get_my_default_administrator_rights()).can_manage_chat
        assert await bot.set_my_profile_photo(ptb.InputProfilePhotoStatic(b"photo"))
        assert await bot.remove_my_profile_photo()
        assert (await bot.get_user_profile_photos(5)).total_count == 0
        assert await bot.set_user_emoji_status(5)
        assert await bot.verify_user(5)
        assert await bot.verify_chat(visitor.group())
        assert await bot.set_passport_data_errors(5, [])
        with pytest.raises(ptb.error.BadRequest, match=r"(?i)stickerset_invalid"):
            await bot.get_sticker_set("none")
        assert await bot.set_sticker_set_title("name", "title")
        assert await bot.close()
        assert await bot.log_out()

    play(scenario)


def test_a_webhook_is_set_told_of_and_taken_away(play, ptb):
    async def scenario(bot, _):
        url = "http://127.0.0.1:9/hook"
        assert await bot.set_webhook(
            url, max_connections=7, allowed_updates=["message"], secret_token="s" * 9
        )
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections, info.allowed_updates) == (url, 7, ("message",))
        with pytest.raises(ptb.error.Conflict, match="webhook is active"):
            await bot.get_updates()
        assert await bot.delete_webhook(drop_pending_updates=True)
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == ("", 0)

    play(scenario)


@pytest.mark.parametrize("address", ["ftp://x.io/", "not an address"])
def test_a_webhook_that_is_none_is_refused(play, ptb, address):
    async def scenario(bot, _):
        with pytest.raises(ptb.error.BadRequest, match=r"(?i)bad webhook"):
            await bot.set_webhook(address)

    play(scenario)


def test_updates_are_fetched_in_order_confirmed_and_chosen(play):
    async def scenario(bot, visitor):
        await bot.get_updates(offset=-1)
        visitor.sends("m{n}", count=5)
        first = await bot.get_updates(limit=2)
        assert len(first) == 2
        rest = await bot.get_updates(offset=first[-1].update_id + 1)
        assert [update.message.text for update in rest][-1] == "m5"
        assert await bot.get_updates(offset=rest[-1].update_id + 1, timeout=1, allowed_updates=["poll"]) == ()
        visitor.sends("not a poll")
        assert await bot.get_updates() == ()
        await bot.get_updates(allowed_updates=[])
        visitor.sends("/start")
        [update] = await bot.get_updates()
        assert update.message.entities[0].type == "bot_command"

    play(scenario)
