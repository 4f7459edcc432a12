"""Each way in which files of texts can be wrong is told, with its place and what to do."""

import pytest

from mailroom.actors.texts.reading import TextsError, read_texts
from tests.actors.texts.conftest import RUSSIAN
from tests.actors.texts.shop_like import AllTexts

RU = RUSSIAN["cart"]


def told(folder):
    try:
        return [str(fault) for fault in read_texts(AllTexts, folder, default="en").faults()]
    except TextsError as refused:
        return [str(fault) for fault in refused.faults]


def test_nothing_is_wrong_with_files_that_say_all(folder):
    assert told(folder) == []


@pytest.mark.parametrize(
    ("was", "now", "place", "words"),
    [
        ("title = <b>Корзина</b>", "", "ru/cart.ftl:1", "title is missing: write it"),
        ("{ $number }", "7", "ru/cart.ftl:2", "page leaves out { $number }"),
        ("{ $number }", "{ $number } { $nmber }", "ru/cart.ftl:2", "is given no { $nmber }: it takes number"),
        ("Корзина", "{ $who }", "ru/cart.ftl:1", "title is given no { $who }: it takes none"),
        ("[few]", "[two]", "ru/cart.ftl:4", "lacks the form [few] of $count"),
        ("[few]", "[two]", "ru/cart.ftl:4", "has no form [two]"),
        (".paid = оплачен", ".payd = оплачен", "ru/cart.ftl:9", "states.paid is missing"),
        (".paid = оплачен", ".payd = оплачен", "ru/cart.ftl:10", "states.payd: there is nothing of this"),
        (".paid = оплачен", ".paid = { $number }", "ru/cart.ftl:10", "a word takes no values"),
        ("states =", "states = слова", "ru/cart.ftl:9", "states has words alone"),
        ("title = <b>", "titel = <b>", "ru/cart.ftl:1", "titel: no such text is declared"),
        ("page =", "title =", "ru/cart.ftl:2", "title is here twice"),
        ("{ $number }", "{ $number", "ru/cart.ftl:2", "one that opens a placeable is closed"),
        ("{ $number }", "{ number }", "ru/cart.ftl:2", "only { $name }"),
        ("{ $number }", "{ NUMBER($number) }", "ru/cart.ftl:2", "only { $name }"),
        ("*[many]", " [many]", "ru/cart.ftl:8", "mark it with `*`"),
        ("title =", "-title =", "ru/cart.ftl:1", "terms are not used here"),
        ("title =", "что это =", "ru/cart.ftl:1", "begins in the first column with its key"),
        ("page = Заказ { $number }", "page =", "ru/cart.ftl:2", "write its text after the `=`"),
        (
            "page = Заказ { $number }",
            "page =\n    { $number ->\n        [one] раз\n       *[many] много\n    }",
            "ru/cart.ftl:3", "page: $number is no count; declare it as an int",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_what_to_do(folder, add, was, now, place, words):
    path = add("ru", "cart", RU)
    path.write_text(path.read_text(encoding="utf-8").replace(was, now, 1), encoding="utf-8")
    faults = [fault for fault in told(folder) if place in fault]
    assert any(words in fault for fault in faults), told(folder)


def test_a_language_half_there_is_told_file_by_file(folder, add):
    add("de", "cart", RU)
    assert any("de/help/ways.ftl:1: the file is not there" in fault for fault in told(folder))


def test_a_folder_that_is_no_language_is_told(folder, add):
    add("german", "cart", RU)
    assert any("there is no language 'german'" in fault for fault in told(folder))


def test_what_a_language_lacks_does_not_keep_the_service_from_starting(folder, add):
    add("ru", "cart", "title = Корзина")
    texts = read_texts(AllTexts, folder, default="en")
    assert len(texts.faults()) == 3
    assert texts["ru"].cart.title == "Корзина"
