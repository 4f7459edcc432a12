"""What bots use of aiogram, each used once by a small script and compared with stock aiogram."""

from pathlib import Path

import pytest

BOTS = Path(__file__).with_name("bots")


def test_everyday_bots(on_both):
    with on_both(BOTS / "everyday.py") as visitors:
        visitors.expect(3)  # the name, and what the startup hooks say
        visitors.says("/start")
        visitors.says("/start from-a-link")
        visitors.says("/form")
        visitors.says("Ann")
        visitors.says("old")
        visitors.says("41")
        visitors.says("/buttons")
        visitors.taps("item 0")
        visitors.taps("item 2", calls=2)
        visitors.taps("close", calls=2)
        visitors.says("/progress", calls=4)
        visitors.says("/returns")
        visitors.says("/sync")
        visitors.says("/long", calls=2)
        visitors.says("/files", calls=5)
        visitors.says("/gather", calls=7)
        visitors.says("/later", calls=2)
        visitors.says("/order")
        visitors.says("/race", calls=2)
        visitors.says("/order")
        visitors.says("/raise")
        visitors.says("/skip", calls=2)
        visitors.says("/cancel")
        visitors.says("/flags")
        visitors.says("/class")
        visitors.says("/admin 9", calls=2)
        visitors.says("33", chat=9)
        visitors.says("/raw", calls=2)
        visitors.says(contact={"phone_number": "1", "first_name": "x"})
        visitors.says("anything else")
        visitors.edits("something else")
        visitors.happens(
            "inline_query",
            **{"from": {"id": 7, "is_bot": False, "first_name": "S"}, "query": "q", "offset": ""},
        )
        for user in (1, 2, 1):
            visitors.says("count", chat=-100, user=user)
        visitors.says("count", chat=-101, user=1)


def test_aiogram_dialog(on_both):
    with on_both(BOTS / "dialog.py") as visitors:
        visitors.says("/start")
        visitors.taps("click", calls=2)
        visitors.taps("click", calls=2)
        visitors.taps("L", calls=2)
        visitors.taps("work", calls=3)
        visitors.expect(1)
        visitors.taps("sub", calls=2)
        visitors.taps("return", calls=2)
        visitors.taps("next", calls=2)
        visitors.says(dice={"emoji": "🎲", "value": 3}, calls=3)
        visitors.says("Ann", calls=2)
        visitors.taps("again", calls=2)
        visitors.taps("next", calls=2)
        visitors.taps("back", calls=2)


@pytest.mark.parametrize("strategy", ["GLOBAL_USER", "USER_IN_TOPIC"])
def test_strategies_of_state(on_both, strategy):
    with on_both(BOTS / "strategies.py", environment={"STRATEGY": strategy}) as visitors:
        visitors.says("private", chat=7)
        for topic in (3, 4):
            for user in (7, 8, 7):
                visitors.says("hi", chat=-100, user=user, message_thread_id=topic, is_topic_message=True)
        visitors.says("general", chat=-100, user=7)
        visitors.says("another group", chat=-101, user=7)
        visitors.says("private", chat=7)


def test_two_bots_on_one_dispatcher_and_stop_polling_from_a_handler(on_both):
    with on_both(BOTS / "two.py") as visitors:
        visitors.expect(1)
        for bot in (0, 1, 0):
            visitors.says("count", bot=bot)
        visitors.says("/stop")
        visitors.end_by_themselves()


@pytest.mark.parametrize("kept", ["", "in the state"])
def test_translations(on_both, tmp_path, kept):
    pytest.importorskip("babel", reason="aiogram's i18n needs Babel")
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalog = Catalog(locale="ru", domain="messages")
    catalog.add("hello", "привет")
    catalog.add(("one cat", "{} cats"), ("{} кот", "{} кота", "{} котов"))
    folder = tmp_path / "locales" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as compiled:
        write_mo(compiled, catalog)
    environment = {"LOCALES": str(tmp_path / "locales"), "KEPT": kept}
    with on_both(BOTS / "translated.py", environment=environment) as visitors:
        visitors.says("x", calls=2, chat=7, language_code="ru")
        visitors.says("x", calls=2, chat=8, language_code="en")
        visitors.says("привет", chat=7, language_code="ru")
        visitors.says("/language", chat=8, language_code="en")
        visitors.says("x", calls=2, chat=8, language_code="en")
