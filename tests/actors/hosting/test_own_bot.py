import sys

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties

from mailroom.actors.hosting.load import from_disk
from mailroom.actors.hosting.own_bot import defaults, own_bot

MINE, OTHER = f"1:{'A' * 35}", f"2:{'B' * 35}"


@pytest.fixture
def module(tmp_path, request):
    """A module of somebody's bot, given by its text."""

    def write(text):
        name = f"module_of_{request.node.name}"
        sys.modules.pop(name, None)
        (tmp_path / f"{name}.py").write_text(
            "from aiogram import Bot, Dispatcher, Router\n"
            "from aiogram.client.default import DefaultBotProperties as D\n"
            f"MINE, OTHER = {MINE!r}, {OTHER!r}\n{text}\n"
        )
        return f"{name}:router", from_disk(f"{name}:router", tmp_path)

    return write


def test_the_bot_of_the_module_brings_its_defaults(module):
    text = "router, bot = Router(), Bot(OTHER, default=D(parse_mode='HTML', protect_content=True))"
    found = own_bot(*module(text), MINE)
    assert found.token == OTHER
    assert (found.default.parse_mode, found.default.protect_content) == ("HTML", True)


def test_a_bot_that_a_dispatcher_was_given_brings_them_too(module):
    text = "def made(): return Bot(OTHER, default=D(parse_mode='HTML'))\nrouter = Dispatcher(any_name=made())"
    assert own_bot(*module(text), MINE).default.parse_mode == "HTML"


def test_of_several_bots_only_the_one_with_the_token_counts(module):
    text = "router, first, second = Router(), Bot(OTHER), Bot(MINE)"
    assert own_bot(*module(text), MINE).token == MINE
    third = f"3:{'C' * 35}"
    assert own_bot(*module(text), third) is None


def test_what_is_configured_comes_before_what_is_found():
    found = Bot(MINE, default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True))
    both = defaults(found, {"parse_mode": "MarkdownV2", "link_preview_prefer_small_media": True})
    assert both.parse_mode == "MarkdownV2"
    assert both.link_preview.is_disabled is True
    assert both.link_preview.prefer_small_media is True
    assert defaults(found, {}).link_preview.is_disabled is True
    assert defaults(None, {}) == DefaultBotProperties()
