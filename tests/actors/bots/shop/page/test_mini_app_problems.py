"""What the shop's page says when it cannot: whole sentences, in both languages, and the words of the chat."""

import re
from string import Formatter

import pytest

from mailroom.actors.bots.shop.page.words import IN_LANGUAGES, WORDS
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language

CHAT_RU, CHAT_EN = TEXTS["ru"].orders, TEXTS["en"].orders
RUSSIAN_LETTERS = re.compile("[А-яЁё]")
OF_WHO_WROTE_IT = re.compile(r"(?i)input|valid |json|http|null|exception|error|token|payload|ошибк")


@pytest.mark.parametrize("code", WORDS)
def test_a_problem_is_two_whole_sentences_in_each_language_without_a_programmers_words(code):
    words = WORDS[code]
    for text in words:
        assert text[0].isupper(), text
        assert text[-1] == ".", text
        assert not OF_WHO_WROTE_IT.search(text), text
        assert not [name for _, name, _, _ in Formatter().parse(text) if name], "nothing is put into it"
    assert RUSSIAN_LETTERS.search(words.error_ru + words.what_to_do_ru)
    assert not RUSSIAN_LETTERS.search(words.error_en + words.what_to_do_en)
    assert IN_LANGUAGES[Language("ru")][code].what_to_do == words.what_to_do_ru


def test_the_page_says_of_an_order_what_the_chat_says():
    assert WORDS["order_closed"].error_ru == CHAT_RU.closed_popup
    assert WORDS["order_closed"].error_en == CHAT_EN.closed_popup
    assert WORDS["no_order"].error_ru == CHAT_RU.unknown_popup
    assert WORDS["no_order"].error_en == CHAT_EN.unknown_popup
    assert CHAT_EN.too_many_waiting_popup.startswith(WORDS["too_many_waiting"].error_en)
    assert CHAT_RU.too_many_waiting_popup.startswith(WORDS["too_many_waiting"].error_ru)
