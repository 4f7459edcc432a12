"""What the shop says in each of its languages: all of it, in files that nothing is wrong with."""

import re
from collections.abc import Mapping
from typing import get_args

import pytest

from mailroom.actors.bots.shop.domain.order import Status
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.paying.kinds import Why
from mailroom.actors.texts.declared import Plain, Within, Words, declared_in

THEMES = {
    name: kind.declared for name, kind in declared_in(TEXTS.declared).items() if isinstance(kind, Within)
}
POPUPS = [(theme, name) for theme in THEMES for name in declared_in(THEMES[theme]) if name.endswith("_popup")]
TAG = re.compile(r"<(/?)(\w+)")


def test_nothing_is_wrong_with_the_files_of_any_language():
    assert [str(fault) for fault in TEXTS.faults()] == []
    assert {"ru", "en"} <= set(TEXTS.languages)


def said(theme, name, texts):
    """Each text as it is read, with something in every place of it."""
    text, kind = getattr(getattr(texts, theme), name), declared_in(THEMES[theme])[name]
    if isinstance(kind, Words):
        assert isinstance(text, Mapping)
        return list(text.values())
    if isinstance(kind, Plain):
        return [text]
    return [
        text(**{value: count if value in kind.counts else "x" for value in kind.required})
        for count in (1, 2, 5)
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_each_text_says_something_and_closes_what_it_opens(theme):
    for texts in TEXTS:
        for name in declared_in(THEMES[theme]):
            for text in said(theme, name, texts):
                assert text.strip(), (texts.language, name)
                tags = TAG.findall(text)
                assert [tag for end, tag in tags if not end] == [tag for end, tag in tags if end], text


@pytest.mark.parametrize(("theme", "name"), POPUPS)
def test_a_pop_up_is_plain_text_and_fits(theme, name):
    for texts in TEXTS:
        for text in said(theme, name, texts):
            assert "<" not in text
            assert len(text) <= 200


def test_every_status_of_an_order_has_a_name():
    for texts in TEXTS:
        assert texts.statuses.order.keys() == set(get_args(Status))


def test_every_reason_for_which_money_goes_back_is_told_with_the_order():
    for texts in TEXTS:
        assert all("1001" in texts.news.refund_because(why, 1001) for why in get_args(Why))


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("ru", {1: "товар", 2: "товара", 5: "товаров", 11: "товаров", 21: "товар", 112: "товаров"}),
        ("en", {1: "item", 2: "items", 21: "items"}),
    ],
)
def test_goods_are_counted_as_the_language_does(language, counts):
    for count, word in counts.items():
        assert TEXTS[language].orders.items(count=count) == f"{count} {word}"


def test_a_year_has_twelve_months_and_friends_of_friends_of_friends_are_a_level():
    for texts in TEXTS:
        assert len({texts.friends.month(number) for number in range(1, 13)}) == 12
        assert len({texts.friends.level(number) for number in range(1, 5)}) == 4
