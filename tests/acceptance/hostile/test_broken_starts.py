"""Broken configurations and routers: one message each, exit 2, nothing started, and none becomes a demo."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.forked import MAILROOM

TOKEN = "123456:AbC-dEf_1"
BOT = f'[bots.mine]\ntoken = "{TOKEN}"\nrouter = "my_bot:router"\n'
NO_TOKEN = '[bots.mine]\nrouter = "my_bot:router"\n'
ROUTER = "from aiogram import Bot, Dispatcher, Router\nrouter = Router()\n"

CONFIGURATIONS = {
    "a public address without a token": (NO_TOKEN, {"PUBLIC_URL": "https://b.example"}, "bots.mine.token"),
    "a database without a token": (NO_TOKEN, {"DATABASE_URL": "postgresql://db/x"}, "bots.mine.token"),
    "a Redis without a token": (NO_TOKEN, {"MAILROOM_REDIS_URL": "redis://cache"}, "bots.mine.token"),
    "a token variable set to nothing": (NO_TOKEN, {"MAILROOM_BOT_MINE_TOKEN": ""}, "MAILROOM_BOT_MINE_TOKEN"),
    "a token variable of no bot": ("", {"MAILROOM_BOT_SHOP_TOKEN": ""}, "MAILROOM_BOT_SHOP_TOKEN"),
    "a public host without a token": (NO_TOKEN, {"HOST": "0.0.0.0"}, "bots.mine.token"),
    "a public address without a bot": ("", {"PUBLIC_URL": "https://b.example"}, "bots (mailroom.toml)"),
    "a token that is none": (NO_TOKEN, {"MAILROOM_BOT_MINE_TOKEN": "AbC"}, "is not a bot token"),
    "a file that is not TOML": ("[bots.mine", {}, "is not TOML"),
    "a setting misspelled": (f"prot = 1\n{BOT}", {}, "did you mean port?"),
    "a reference without an attribute": (BOT.replace(":router", ""), {}, "must be written module:attribute"),
    "a bot that is not bundled": (f'[bots.x]\ntoken = "{TOKEN}"\nbot = "shpo"', {}, "did you mean shop?"),
    "a port that is none": (BOT, {"PORT": "http"}, "PORT (environment)"),
}
ROUTERS = {
    "no module": (None, "there is no module 'my_bot' in "),
    "a module that it lacks": (
        f"{ROUTER}\nimport nowhere_at_all\n",
        "no module 'nowhere_at_all', which it imports (my_bot.py:4)",
    ),
    "a name it cannot import": ("from aiogram import Rooter\n", "cannot import name 'Rooter'"),
    "no attribute": (
        ROUTER.replace("router =", "ruter ="),
        "has no 'router'; did you mean ruter? (my_bot.py)",
    ),
    "an error of syntax": (f"{ROUTER}def handler(:\n", "is not Python: invalid syntax (my_bot.py:3)"),
    "an import that raises": (
        f"{ROUTER}\ndef read():\n    raise KeyError('TOKEN')\n\nread()\n",
        "raised KeyError: 'TOKEN' (my_bot.py:5)",
    ),
    "an import that exits": (
        f"import sys\n{ROUTER}sys.exit('no TOKEN')\n",
        "raised SystemExit: no TOKEN (my_bot.py:4)",
    ),
    "a function": (
        "def router():\n    pass\n",
        "is a function, not an aiogram 3 Router or Dispatcher; call it",
    ),
    "a bot": (
        f"{ROUTER}router = Bot('{TOKEN}')\n",
        "is a Bot, not an aiogram 3 Router or Dispatcher (my_bot.py:3)",
    ),
    "used twice": (
        f"{ROUTER}dp = Dispatcher()\ndp.include_router(router)\n",
        "part of another router already: name my_bot:dp (my_bot.py:2)",
    ),
    "included twice": (
        f"{ROUTER}for _ in 1, 2:\n    Dispatcher().include_router(router)\n",
        "already attached to",
    ),
    "a script that polls": (
        f"import asyncio\n{ROUTER}asyncio.run(Dispatcher().start_polling(Bot('{TOKEN}')))\n",
        "importing it starts the bot: put",
    ),
    "a value that no handler can have": (
        "from aiogram import Dispatcher\nrouter = Dispatcher(update=1)\n",
        "arguments of its own named update",
    ),
    "a file that is not text": (b"\xff\xfe router", "is not Python"),
}


def start(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    env = {**kept, "PORT": "0", "MAILROOM_DATA": str(folder / "data"), **environment}
    return forked.run([MAILROOM, *command, "--config", folder / "mailroom.toml"], env=env, cwd=folder)


def is_one_message(done: "subprocess.CompletedProcess[str]", folder: Path, expected: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    head, fault = done.stderr.splitlines()
    assert head == "Mailroom cannot start: its configuration has 1 fault:"
    assert expected in fault
    assert TOKEN not in fault
    assert not (folder / "data").exists(), "nothing was started"


@pytest.mark.parametrize("what", CONFIGURATIONS)
def test_a_broken_configuration_is_one_message_and_no_demo(tmp_path: Path, what: str) -> None:
    text, environment, expected = CONFIGURATIONS[what]
    (tmp_path / "mailroom.toml").write_text(text)
    is_one_message(start(tmp_path, "up", **environment), tmp_path, expected)


@pytest.mark.parametrize("what", ROUTERS)
def test_a_broken_router_was_a_traceback_of_a_hundred_lines_after_the_stores_had_started(
    tmp_path: Path, what: str
) -> None:
    module, expected = ROUTERS[what]
    (tmp_path / "mailroom.toml").write_text(BOT)
    if module is not None:
        (tmp_path / "my_bot.py").write_bytes(module if isinstance(module, bytes) else module.encode())
    done = start(tmp_path, "up")
    is_one_message(done, tmp_path, expected)
    assert "bots.mine.router (mailroom.toml): " in done.stderr


@pytest.mark.parametrize("command", ["web", "worker"])
def test_the_processes_among_several_say_it_as_well_before_they_look_for_their_stores(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "mailroom.toml").write_text(BOT)
    (tmp_path / "my_bot.py").write_text("router = None\n")
    stores = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1"}
    is_one_message(start(tmp_path, command, **stores), tmp_path, "is a NoneType, not an aiogram 3 Router")


def test_all_routers_are_told_at_once_and_one_that_a_later_module_includes_too(tmp_path: Path) -> None:
    table = '[bots.{0}]\ntoken = "{1}:token"\nrouter = "{0}:{2}"\n'
    one, two = table.format("first", 1, "router"), table.format("second", 2, "dp")
    (tmp_path / "mailroom.toml").write_text(one + two + table.format("third", 3, "router"))
    (tmp_path / "first.py").write_text(ROUTER)
    (tmp_path / "second.py").write_text(
        f"{ROUTER}from first import router\ndp = Dispatcher()\ndp.include_router(router)\n"
    )
    done = start(tmp_path, "up")
    assert done.returncode == 2
    third, first = done.stderr.splitlines()[1:]
    assert "bots.third.router (mailroom.toml): router 'third:router': there is no module 'third'" in third
    assert "bots.first.router (mailroom.toml): router 'first:router' is part of another router" in first
