import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailroom.ops import quick_aiogram
from mailroom.ops.configuration import load
from mailroom.ops.faults import CannotStartError, ConfigurationError, StartError
from mailroom.ops.hosted import hosted_bots
from mailroom.storage.clock import Clock

TOKEN = f"1:{'A' * 35}"


class NoParking:
    def for_bot(self, _name):
        return None

    def watch(self, _hosted):
        pass


@pytest.fixture
def hosted(tmp_path, monkeypatch):
    """The bot of a module and a table of the settings."""

    def make(module, table="", **environment):
        name = f"hosted_{tmp_path.name}"
        sys.modules.pop(name, None)
        monkeypatch.setattr(sys, "path", list(sys.path))
        (tmp_path / f"{name}.py").write_text(f"from aiogram import *\nTOKEN = {TOKEN!r}\n{module}\n")
        file = tmp_path / "mailroom.toml"
        file.write_text(f'[bots.mine]\ntoken = "{TOKEN}"\nrouter = "{name}:router"\n{table}')
        bot = hosted_bots(load(file, environment=environment), None, NoParking(), lambda _name: None)["mine"]
        return bot, sys.modules[name]

    return make


def test_the_timers_of_a_bot_with_a_room_go_by_the_clock_of_the_room(tmp_path):
    tomorrow = Clock(timedelta(days=1))
    its = SimpleNamespace(bot="tea", clock=tomorrow, offered=dict)
    file = tmp_path / "mailroom.toml"
    file.write_text('[bots.tea]\nbot = "shop"\n')
    bot = hosted_bots(load(file, environment={}), None, NoParking(), lambda _name: its)["tea"]
    assert bot.clock is tomorrow


def test_a_router_in_the_configuration_can_have_a_parse_mode(hosted):
    table = 'parse_mode = "HTML"\nprotect_content = true\nlink_preview_is_disabled = true'
    bot, _ = hosted("router = Router()", table)
    assert bot.bot.default.parse_mode == "HTML"
    assert bot.bot.default.protect_content is True
    assert bot.bot.default.link_preview.is_disabled is True


def test_the_bot_of_the_module_is_the_one_that_is_served(hosted):
    text = "from aiogram.client.default import DefaultBotProperties as D\n"
    text += "from aiogram.client.telegram import TelegramAPIServer\n"
    text += "router, bot = Router(), Bot(TOKEN, default=D(parse_mode='HTML'))\n"
    text += "bot.session.api = TelegramAPIServer.from_base('http://of-its-own')"
    bot, module = hosted(text, "protect_content = true")
    assert bot.bot is module.bot
    assert (bot.bot.default.parse_mode, bot.bot.default.protect_content) == ("HTML", True)
    assert bot.bot.session.api.base.startswith("http://of-its-own")
    configured, _ = hosted(text, TELEGRAM_API_BASE="http://configured")
    assert configured.bot.session.api.base.startswith("http://configured")


def test_a_router_that_cannot_be_had_is_said_in_one_line_with_its_bot(hosted):
    with pytest.raises(StartError, match=r"bots\.mine: router '.*:router': importing it raised .*no bot"):
        hosted("raise ValueError('no bot')")


def test_a_value_that_stock_cannot_pass_on_is_refused_in_a_dispatcher_too(hosted):
    with pytest.raises(StartError, match=r"bots\.mine: aiogram passes arguments of its own named update"):
        hosted("router = Dispatcher(update='mine')")


def test_a_bot_among_the_values_of_a_dispatcher_is_no_obstacle(hosted):
    bot, module = hosted("bot = Bot(TOKEN)\nrouter = Dispatcher(bot=bot)\nrouter['second'] = 2")
    assert bot.bot is module.bot
    assert "bot" not in bot.shared.extras(bot.bot)


def test_default_properties_are_for_bots_with_a_router(tmp_path):
    file = tmp_path / "mailroom.toml"
    file.write_text(
        '[bots.one]\nbot = "shop"\nparse_mode = "HTML"\n[bots.two]\nrouter = "a:b"\nparse_mode = "Html"'
    )
    with pytest.raises(ConfigurationError) as caught:
        load(file, environment={})
    faults = "\n".join(caught.value.faults)
    assert "bots.one.parse_mode (mailroom.toml): is for bots with a router" in faults
    assert "bots.two.parse_mode (mailroom.toml): must be 'HTML', 'Markdown' or 'MarkdownV2'" in faults


def test_an_aiogram_that_is_too_old_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(quick_aiogram, "version", lambda _name: "3.9.1")
    with pytest.raises(CannotStartError, match=r"needs aiogram 3\.31 or newer, and 3\.9\.1 is installed"):
        quick_aiogram.require_aiogram()
    monkeypatch.setattr(quick_aiogram, "version", lambda _name: "4.0.0b1")
    quick_aiogram.require_aiogram()


def test_the_least_aiogram_is_the_one_that_the_project_and_its_page_name():
    root = Path(__file__).parents[2]
    assert f'"aiogram>={quick_aiogram.AIOGRAM_LEAST}"' in (root / "pyproject.toml").read_text()
    page = (root / "ops" / "docs" / "bring-your-aiogram-bot.md").read_text()
    assert f"aiogram {quick_aiogram.AIOGRAM_LEAST} or newer" in page
