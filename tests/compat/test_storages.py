"""Bots that know more of their storage than its states and data; and of the event loop than there is."""

from pathlib import Path

BOTS = Path(__file__).with_name("bots")


def test_times_to_live_and_the_redis_of_a_redis_storage(on_both, redis_url):
    environment = {"BOT_REDIS": redis_url.replace("db=0", "db=4")}
    with on_both(BOTS / "redis_storage.py", environment=environment) as visitors:
        visitors.says("/begin")
        visitors.says("/look")
        visitors.says("/begin")


def test_nest_asyncio_applied_by_habit_ends_nobody(alone, tmp_path):
    (tmp_path / "nest_asyncio.py").write_text(
        "import asyncio\n"
        "def apply(loop=None):\n"
        "    loop = loop or asyncio.get_event_loop()\n"
        "    if not isinstance(loop, asyncio.BaseEventLoop):\n"
        "        raise ValueError(f'Can\\'t patch loop of type {type(loop)}')\n"
    )
    (tmp_path / "bot.py").write_text(
        "import asyncio, os, nest_asyncio\nfrom aiogram import Bot, Dispatcher\n"
        "nest_asyncio.apply()\ndp = Dispatcher()\n"
        "@dp.message()\nasync def answer(message): await message.answer('here')\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    with alone(tmp_path / "bot.py") as (visitors, variant):
        visitors.says("hello")
        assert "loops_not_nested" in variant.output()
