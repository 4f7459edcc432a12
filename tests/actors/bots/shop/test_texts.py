"""The two languages say the same things."""

import re
from dataclasses import fields

import pytest

from actors.bots.shop.language import Language
from actors.bots.shop.texts import ENGLISH, RUSSIAN, TEXTS, Texts

NAMES = [field.name for field in fields(Texts) if field.name != "language"]


def values_in(text):
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("name", [name for name in NAMES if isinstance(getattr(ENGLISH, name), str)])
def test_both_languages_use_the_same_values(name):
    russian, english = getattr(RUSSIAN, name), getattr(ENGLISH, name)
    assert russian
    assert english
    assert values_in(russian) == values_in(english)


def test_forms_of_counting_fit_the_language():
    assert (len(RUSSIAN.items_forms), len(RUSSIAN.missing_forms)) == (3, 3)
    assert (len(ENGLISH.items_forms), len(ENGLISH.missing_forms)) == (2, 2)


def test_every_language_has_its_texts():
    assert {language: TEXTS[language].language for language in Language} == {lang: lang for lang in Language}


def test_statuses_have_names_in_both_languages():
    assert RUSSIAN.status_names.keys() == ENGLISH.status_names.keys()
