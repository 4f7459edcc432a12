"""The two languages say the same things."""

import re
from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.order import Status
from mailroom.actors.bots.shop.texts import ENGLISH, RUSSIAN, TEXTS

PARTS = [field.name for field in fields(ENGLISH) if is_dataclass(getattr(ENGLISH, field.name))]
NAMES = [f"{part}.{field.name}" for part in PARTS for field in fields(getattr(ENGLISH, part))]


def read(texts, name):
    part, field = name.split(".")
    return getattr(getattr(texts, part), field)


def values_in(text):
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("name", [name for name in NAMES if isinstance(read(ENGLISH, name), str)])
def test_both_languages_use_the_same_values(name):
    russian, english = read(RUSSIAN, name), read(ENGLISH, name)
    assert russian
    assert english
    assert values_in(russian) == values_in(english)


@pytest.mark.parametrize("name", [name for name in NAMES if isinstance(read(ENGLISH, name), dict)])
def test_both_languages_have_words_for_the_same_things(name):
    russian, english = read(RUSSIAN, name), read(ENGLISH, name)
    assert russian.keys() == english.keys()
    assert all(values_in(russian[key]) == values_in(english[key]) for key in english)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_forms")])
def test_forms_of_counting_fit_the_language(name):
    assert (len(read(RUSSIAN, name)), len(read(ENGLISH, name))) == (3, 2)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_popup")])
def test_a_pop_up_is_plain_text_and_fits(name):
    for texts in TEXTS.values():
        assert "<" not in read(texts, name)
        assert len(read(texts, name)) <= 200


def test_every_language_has_its_texts():
    assert {language: TEXTS[language].language for language in Language} == {lang: lang for lang in Language}


def test_every_status_of_an_order_has_a_name():
    assert RUSSIAN.orders.status_names.keys() == set(get_args(Status))


def test_a_year_has_twelve_months_in_both_languages():
    assert len(RUSSIAN.friends.months) == len(ENGLISH.friends.months) == 12
