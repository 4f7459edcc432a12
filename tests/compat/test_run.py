"""`mailroom run` by itself: where it does more than stock aiogram, and how a script ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import redis

BOTS = Path(__file__).with_name("bots")


def test_a_failing_handler_is_tried_three_times_and_its_replies_go_out_once(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/fail", calls=2, language_code="ru")
        visitors.says("/show")
        texts = [call["args"]["text"] for call in variant.calls()]
        assert texts[0] == "before the failure"
        assert texts[1].startswith("Что-то пошло не так")
        assert texts[2] == "{}", "what the handler wrote is forgotten with it"
        visitors.says("x", calls=0)


def test_data_changed_in_place_without_set_data_is_not_kept(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/keep")
        visitors.says("/mutate")
        visitors.says("/show")
        assert variant.calls()[-1]["args"]["text"] == "{'kept': {'a': 1}}"
        visitors.says("object")
        assert "data['lock'] is a builtins.object" in variant.calls()[-1]["args"]["text"]


def test_sigterm_lets_the_handler_finish_and_the_script_go_on(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/slow")
        variant.process.terminate()
        visitors.says("/show", calls=0)
        visitors.expect(2)
        visitors.end_by_themselves()
        assert [call["args"]["text"] for call in variant.calls()] == ["began", "ended", "after polling 1"]
    # What came too late for the first run is waiting for the second.
    with alone(BOTS / "careless.py", tokens=variant.tokens) as (visitors, variant):
        visitors.expect(1)


def test_state_is_there_after_a_restart(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/keep")
    with alone(BOTS / "careless.py", tokens=variant.tokens) as (visitors, variant):
        visitors.says("/show")
        assert variant.calls()[-1]["args"]["text"] == "{'kept': {'a': 1}}"


def test_a_cancelled_polling_task_ends_in_order_and_may_be_started_again(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/end")
        visitors.says("/show")
        assert variant.calls()[0]["args"]["text"] == "cancelled 1"


def test_an_exception_of_the_script_is_shown_as_its_own(alone, tmp_path):
    script = tmp_path / "broken.py"
    script.write_text("import sys\nprint(sys.argv[0], __name__)\ndef f():\n    return 1 / 0\nf()\n")
    with alone(script, exit_code=1) as (visitors, variant):
        visitors.end_by_themselves()
        shown = variant.output()
        assert f"{script} __main__" in shown
        trace = shown[shown.index("Traceback") :].splitlines()
        assert trace[1].strip() == f'File "{script}", line 5, in <module>'
        assert trace[-1] == "ZeroDivisionError: division by zero"


def test_an_error_in_a_startup_hook_reaches_the_script(alone, tmp_path):
    script = tmp_path / "hook.py"
    script.write_text(
        "import asyncio, os, sys\nfrom aiogram import Bot, Dispatcher\ndp = Dispatcher()\n"
        "@dp.startup()\nasync def fails(): raise LookupError('no such thing')\n"
        "async def main():\n"
        "    try:\n        await dp.start_polling(Bot(os.environ['BOT_TOKEN']))\n"
        "    except LookupError as error:\n        sys.exit(f'caught {error}')\n"
        "asyncio.run(main())\n"
    )
    with alone(script, exit_code=1) as (visitors, variant):
        visitors.end_by_themselves()
        assert variant.output().rstrip().endswith("caught no such thing")


def test_with_a_public_url_telegram_sends_the_updates(alone, telegram):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
    with alone(BOTS / "careless.py", environment=environment) as (visitors, variant):
        visitors.expect(1)
        assert [call["method"] for call in variant.calls()] == ["setWebhook"]
        visitors.says("/keep")


def test_the_state_of_a_scripts_redis_storage_is_taken_over(alone, tmp_path, redis_url):
    script = tmp_path / "shop.py"
    elsewhere = redis_url.replace("db=0", "db=5")
    script.write_text(
        "import asyncio, os\nfrom aiogram import Bot, Dispatcher\nfrom aiogram.fsm.storage.redis import *\n"
        f"dp = Dispatcher(storage=RedisStorage.from_url({elsewhere!r}))\n"
        "@dp.message()\n"
        "async def show(message, state):\n"
        "    await message.answer(f'{await state.get_state()} {await state.get_data()}')\n"
        "asyncio.run(dp.start_polling(Bot(os.environ['BOT_TOKEN'])))\n"
    )
    with redis.Redis.from_url(elsewhere) as client:
        client.flushdb()
        client.set("fsm:7:7:state", "Form:name")
        client.set("fsm:7:7:data", '{"answers": {"1": "a"}}')
    with alone(script) as (visitors, variant):
        visitors.says("hello")
        assert variant.calls()[0]["args"]["text"] == "Form:name {'answers': {'1': 'a'}}"


def test_a_user_who_blocked_the_bot_finishes_the_message(alone, telegram):
    telegram.ask("POST", "faults", rules=[{"method": "sendMessage", "chat_id": 31, "kind": "blocked"}])
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/keep", chat=31)
        variant.wait_for(lambda: '"refused"' in variant.output(), "verdict in the log")
        telegram.ask("DELETE", "faults")
        visitors.says("/show", chat=31)
        kept = [call["args"].get("text") for call in variant.calls()][1]
        assert kept == "{'kept': {'a': 1}}", "what was written before the refusal is kept, as on stock"


def test_a_limit_is_waited_for_and_nothing_is_sent_twice(alone, telegram):
    rule = {"method": "sendMessage", "chat_id": 32, "kind": "429", "retry_after": 1, "times": 1}
    telegram.ask("POST", "faults", rules=[rule])
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/keep", chat=32, calls=2)
        assert [call["ok"] for call in variant.calls()] == [False, True]
    telegram.ask("DELETE", "faults")


def test_calls_of_a_bot_made_inside_a_handler_are_repeated_with_it(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/another", calls=5)
        texts = [call["args"]["text"] for call in variant.calls()]
        assert texts[:4] == ["recorded", *["not recorded"] * 3]
        assert "went wrong" in texts[4]


def test_filters_run_in_place_and_plain_handlers_in_a_thread(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/thread")
        assert variant.calls()[0]["args"]["text"] == "True False"


def test_a_second_polling_at_the_same_time_is_refused_in_so_many_words(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/twice")
        assert "one start_polling at a time" in variant.calls()[0]["args"]["text"]


def test_state_set_for_somebody_else_is_written_at_once(alone):
    with alone(BOTS / "careless.py") as (visitors, variant):
        visitors.says("/other")
        visitors.says("/show", chat=99)
        assert variant.calls()[1]["args"]["text"] == "{'set by': 7}"


def test_on_its_own_it_brings_the_stores_and_passes_arguments_on(telegram, tmp_path):
    script = tmp_path / "bot.py"
    script.write_text(
        "import asyncio, os, sys\nfrom aiogram import Bot, Dispatcher\ndp = Dispatcher()\n"
        "@dp.startup()\nasync def started(): asyncio.create_task(dp.stop_polling())\n"
        "async def main():\n"
        "    bot = Bot('700000:' + 'A' * 35)\n"
        "    dp.shutdown.register(lambda: print('arguments', sys.argv[1:]))\n"
        "    await dp.start_polling(bot)\n"
        "    sys.exit(3)\n"
        "asyncio.run(main())\n"
    )
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [str(Path(sys.executable).with_name("mailroom")), "run", str(script), "--verbose", "x"]
    ended = subprocess.run(
        command,
        env=environment | {"TELEGRAM_API_BASE": telegram.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 3, ended.stderr
    assert "arguments ['--verbose', 'x']" in ended.stdout
    assert (tmp_path / ".mailroom" / "postgres").is_dir()
