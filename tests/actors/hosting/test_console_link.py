"""`/console`, said to a bot: those who work there are given a link, and for others it does not exist."""

import asyncio
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.base import BaseSession
from aiogram.types import Update

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.console_link import LINKS_MAX, put_console_command
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.page import Section
from mailroom.actors.uses.allowance import Allowance

OWNER, CUSTOMER = 7001, 7002
UNKNOWN = "I know no such thing."


class Telegram(BaseSession):
    def __init__(self):
        super().__init__()
        self.said = []

    async def make_request(self, bot, method, timeout=None):
        self.said.append(method)

    async def stream_content(self, *_, **__):
        yield b""

    async def close(self):
        pass


class Kept:
    """What is written to the database."""

    def __init__(self):
        self.links = []

    async def execute(self, _statement, *values):
        self.links.append(values)


async def nothing(_room, _visit, _asked):
    return None


async def roles(_room, proofs):
    return frozenset({"owner"} if any(one.telegram_id == OWNER for one in proofs) else ())


class Chat:
    """A bot whose router answers everything that it does not know."""

    def __init__(self, *, public_url="https://bots.example/", dispatcher=False):
        router = Dispatcher() if dispatcher else Router()

        @router.message(F.text)
        async def unknown(message):
            await message.answer(UNKNOWN)

        root = router
        if not dispatcher:
            root = Dispatcher()
            root.include_router(router)
        self.root, self.kept, self.telegram = root, Kept(), Telegram()
        room = SimpleNamespace(bot="mine", public_url=public_url, allowance=Allowance(), database=self.kept)
        section = Section("Mine", Path(), [Ask("GET", "/all", Asked, nothing, {"owner"})])
        put_console_command(root, Staff.of(room, Parts(answers=lambda: router, section=section, roles=roles)))
        self.bot = Bot("42:TEST", session=self.telegram)

    def says(self, text="/console", *, user=OWNER, chat=None, language="en"):
        """What the bot says to it."""
        self.telegram.said.clear()
        chat = chat or {"id": user, "type": "private", "first_name": "Анна"}
        sender = {"id": user, "is_bot": False, "first_name": "Анна", "language_code": language}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": text}
        update = Update.model_validate({"update_id": 1, "message": message}, context={"bot": self.bot})
        asyncio.run(self.root.feed_update(self.bot, update))
        (said,) = self.telegram.said
        return said


@pytest.mark.parametrize("dispatcher", [False, True])
@pytest.mark.parametrize("text", ["/console", "/Console", "/console@mine_bot"])
def test_who_works_here_is_sent_a_link_whose_token_nobody_keeps(text, dispatcher) -> None:
    chat = Chat(dispatcher=dispatcher)
    said = chat.says(text)
    _, _, token = said.text.split("\n")[1].partition("https://bots.example/console/enter#")
    assert len(token) == 64
    ((digest, *who, seconds),) = chat.kept.links
    assert digest == sha256(token.encode()).digest()
    assert (who, seconds) == (["telegram", "tg:7001", None, "Анна"], 600)
    assert said.protect_content
    assert said.link_preview_options.is_disabled


def test_it_is_said_in_the_language_of_whoever_asks() -> None:
    assert Chat().says(language="ru").text.startswith("Вход в консоль")
    assert Chat().says(language="de").text.startswith("Log in to the console")


def test_for_everybody_else_the_command_does_not_exist() -> None:
    chat = Chat()
    assert chat.says(user=CUSTOMER).text == UNKNOWN
    assert chat.kept.links == []


def test_in_a_group_nobody_is_given_a_link_that_others_would_read() -> None:
    chat = Chat()
    group = {"id": -100, "type": "supergroup", "title": "All of us"}
    assert chat.says(chat=group).text == UNKNOWN
    assert chat.kept.links == []


def test_without_a_public_address_it_says_what_is_missing() -> None:
    chat = Chat(public_url="")
    assert "PUBLIC_URL" in chat.says().text
    assert "PUBLIC_URL" in chat.says(language="ru").text
    assert chat.kept.links == []


def test_nobody_is_sent_links_without_end() -> None:
    chat = Chat()
    for _ in range(LINKS_MAX):
        assert "https://" in chat.says().text
    assert chat.says().text == "Too many links at once. Use the last one, or ask for a new one in 2 min."
    assert len(chat.kept.links) == LINKS_MAX
