"""Bots that nobody here wrote: the examples of aiogram's own source distribution."""

import pytest


def test_echo_bot(on_both, examples):
    with on_both(examples / "echo_bot.py") as visitors:
        visitors.says("/start")
        visitors.says("hello <b>there</b>")
        visitors.says("привет", chat=8)
        visitors.says(dice={"emoji": "🎲", "value": 3})
        visitors.says(location={"latitude": 55.75, "longitude": 37.61})


def test_multi_file_bot(on_both, examples):
    with on_both(examples / "multi_file_bot" / "bot.py") as visitors:
        visitors.says("/start")
        visitors.says("an echo")


def test_finite_state_machine(on_both, examples):
    with on_both(examples / "finite_state_machine.py") as visitors:
        visitors.says("/start")
        visitors.says("Ann")
        visitors.says("maybe")
        visitors.says("yes")
        visitors.says("Python", calls=2)
        visitors.says("/start")
        visitors.says("/cancel")
        visitors.says("/start")
        visitors.says("Bob")
        visitors.says("no", calls=2)
        # Two people in one group have a form each.
        visitors.says("/start", chat=-100, user=1)
        visitors.says("/start", chat=-100, user=2)
        visitors.says("One", chat=-100, user=1)
        visitors.says("Two", chat=-100, user=2)
        visitors.says("no", chat=-100, user=1, calls=2)
        visitors.says("yes", chat=-100, user=2)
        visitors.says("Rust", chat=-100, user=2)


def test_error_handling(on_both, examples):
    with on_both(examples / "error_handling.py") as visitors:
        visitors.says("/age 30")
        visitors.says("/age")
        visitors.says("/age many")
        visitors.says("/name", calls=0)
        visitors.says("/name Ann")


def test_specify_updates(on_both, examples):
    with on_both(examples / "specify_updates.py") as visitors:
        visitors.says("/start")
        visitors.taps("Tap me, bro")
        visitors.says("a typo", calls=0)
        visitors.edits("a correction")
        chat = {"id": -200, "type": "group", "title": "A group"}
        someone = {"id": 9, "is_bot": False, "first_name": "Nine"}
        for kind, calls in (("chat_member", 1), ("my_chat_member", 0)):
            visitors.happens(
                kind,
                calls,
                **{"chat": chat, "from": someone, "date": 1},
                old_chat_member={"status": "left", "user": someone},
                new_chat_member={"status": "member", "user": someone},
            )


def test_scene(on_both, examples):
    with on_both(examples / "scene.py") as visitors:
        visitors.says("hello")
        visitors.says("/demo")
        visitors.says("demo")
        visitors.says("Ann", calls=2)
        visitors.says("perhaps")
        visitors.says("yes", calls=2)
        visitors.says("python", calls=2)
        visitors.says("demo")
        visitors.says("❌ Cancel", calls=3)
        visitors.says("hello again")


def test_quiz_scene(on_both, examples):
    with on_both(examples / "quiz_scene.py") as visitors:
        visitors.says("/start")
        visitors.says("/quiz", calls=2)
        visitors.says("Paris")
        visitors.says(dice={"emoji": "🎲", "value": 3})
        visitors.says("an elephant")
        visitors.says("🔙 Back")
        visitors.says("Blue Whale")
        visitors.says("🚫 Exit")


def test_stars_invoice(on_both, examples):
    with on_both(examples / "stars_invoice.py") as visitors:
        visitors.says("/start")
        visitors.pays(calls=3)


@pytest.mark.parametrize("name", ["own_filter", "context_addition_from_filter"])
def test_a_lone_router(on_both, examples, tmp_path, name):
    """These two are only a Router: the script around it is what their reader would write."""
    script = tmp_path / "bot.py"
    attribute = "router"
    script.write_text(
        f"import asyncio, os, sys\nsys.path.append({str(examples)!r})\n"
        "from aiogram import Bot, Dispatcher, F\n"
        f"from {name} import {attribute}\n"
        "async def main():\n"
        "    dp = Dispatcher()\n"
        f"    dp.include_router({attribute})\n"
        "    dp.message.register(lambda message: message.answer('end'), F.text == 'end')\n"
        "    await dp.start_polling(Bot(os.environ['BOT_TOKEN']))\n"
        "asyncio.run(main())\n"
    )
    with on_both(script) as visitors:
        visitors.says("hello", calls=1 if name == "context_addition_from_filter" else 0)
        visitors.says("something", calls=0)
        visitors.says("end")
