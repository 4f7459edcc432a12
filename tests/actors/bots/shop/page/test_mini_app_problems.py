"""What the shop's page says when it cannot: whole sentences, in both languages, and the words of the chat."""

import re
from string import Formatter
from typing import get_args

import pytest

from mailroom.actors.bots.shop.page.words import IN_LANGUAGES
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.problems import Code

RUSSIAN_LETTERS = re.compile("[А-яЁё]")
OF_WHO_WROTE_IT = re.compile(r"(?i)input|valid |json|http|null|exception|error|token|payload|ошибк")


@pytest.mark.parametrize("language", TEXTS.languages)
@pytest.mark.parametrize("code", get_args(Code))
def test_a_problem_is_two_whole_sentences_in_each_language_without_a_programmers_words(code, language):
    words = IN_LANGUAGES[language][code]
    for text in words:
        assert text[0].isupper(), text
        assert text[-1] == ".", text
        assert not OF_WHO_WROTE_IT.search(text), text
        assert not [name for _, name, _, _ in Formatter().parse(text) if name], "nothing is put into it"
    assert bool(RUSSIAN_LETTERS.search("".join(words))) == (language == "ru")


@pytest.mark.parametrize("language", TEXTS.languages)
def test_the_page_says_of_an_order_what_the_chat_says(language):
    page, chat = TEXTS[language].problems.error, TEXTS[language].orders
    assert page["order_closed"] == chat.closed_popup
    assert page["no_order"] == chat.unknown_popup
    assert chat.too_many_waiting_popup.startswith(page["too_many_waiting"])
