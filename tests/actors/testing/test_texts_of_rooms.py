"""What is wrong with the texts of a room, one outside of the checkout too, is told by `check_room`."""

import sys
from textwrap import dedent

import pytest

from mailroom.actors.testing.texts_of_rooms import text_faults
from mailroom.testing import RoomFaultsError, check_room

FILES = {
    "__init__.py": "",
    "texts/__init__.py": """
        from pathlib import Path

        from mailroom.texts import Texts, Value, read_texts, text


        class CoinTexts(Texts):
            thanks: str

            @text
            def coins(self, *, count: int) -> str: ...


        class TipTexts(Texts):
            coins: CoinTexts


        TEXTS = read_texts(TipTexts, Path(__file__).parent, default="en")
    """,
    "texts/en/coins.ftl": """
        thanks = Thank you!
        coins =
            { $count ->
                [one] { $count } coin
               *[other] { $count } coins
            }
    """,
    "texts/ru/coins.ftl": """
        thanks = Спасибо!
        coins =
            { $count ->
                [one] { $count } монета
                [few] { $count } монеты
               *[many] { $count } монет
            }
    """,
    "chat.py": """
        from cup.texts import TEXTS


        def said(language: str, count: int) -> str:
            own = TEXTS[language].coins
            return own.thanks + own.coins(count=count)
    """,
}


@pytest.fixture(name="room")
def room_fixture(tmp_path, monkeypatch):
    """Writes files into a room whose texts are right."""

    def write(file, text):
        path = tmp_path / "cup" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("mailroom.actors.testing.check_room.RULES", (text_faults,))
    for file, text in FILES.items():
        write(file, text)
    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == "cup"]:
        del sys.modules[name]


def told():
    with pytest.raises(RoomFaultsError) as caught:
        check_room("cup")
    return caught.value.faults


def test_a_room_whose_texts_say_all_is_right(room):
    check_room("cup")


def test_a_third_language_is_a_folder_and_nothing_else(room):
    room("texts/de/coins.ftl", FILES["texts/en/coins.ftl"].replace("Thank you", "Danke"))
    check_room("cup")
    assert sys.modules["cup.texts"].TEXTS["de"].coins.thanks == "Danke!"


@pytest.mark.parametrize(
    ("file", "was", "now", "fault"),
    [
        ("texts/ru/coins.ftl", "thanks = Спасибо!", "", "cup/texts/ru/coins.ftl:1: thanks is missing"),
        ("texts/ru/coins.ftl", "Спасибо!", "{ $who }", "coins.ftl:1: thanks is given no { $who }"),
        ("texts/ru/coins.ftl", "[few]", "[5]", "cup/texts/ru/coins.ftl:3: coins lacks the form [few]"),
        ("texts/ru/coins.ftl", "thanks =", "bye =", "coins.ftl:1: bye: no such text is declared"),
        ("texts/ru/coins.ftl", "thanks =", "thanks", "cup/texts/ru/coins.ftl:1: expected token"),
        ("texts/__init__.py", "thanks: str", "thanks: str\n    bye: str", "bye is missing: write it"),
        ("texts/__init__.py", "thanks: str", "thanks: list[str]", "CoinTexts.thanks: a text is a `str`"),
        ("chat.py", "own.thanks + ", "", "cup/texts/__init__.py:7: nobody says CoinTexts.thanks"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_told_with_its_place(room, file, was, now, fault):
    text = dedent(FILES[file])
    assert was in text
    room(file, text.replace(was, now))
    assert any(fault in one for one in told())


def test_a_file_that_nothing_reads_is_told(room):
    room("texts/ru/notes.ftl", "thanks = Спасибо!")
    assert told() == ["cup/texts/ru/notes.ftl:1: nothing reads this file: its theme is declared nowhere"]


def test_a_language_half_there_is_told(room):
    room("texts/de/coins.ftl", "thanks = Danke!\n")
    assert told() == ["cup/texts/de/coins.ftl:1: coins is missing: write it"]
