"""The shop speaks the languages that there are files of texts for, and a customer changes between them."""

from shutil import copytree, ignore_patterns

import pytest

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.screens import languages as of_languages
from mailroom.actors.bots.shop.texts import FOLDER, TEXTS, Texts
from mailroom.actors.kit.speech.languages import LANGUAGE_FOLDER, LanguageTexts, name_of
from mailroom.actors.texts.reading import read_texts


def buttons(screen):
    return [one.text for row in screen.keyboard.inline_keyboard for one in row]


@pytest.fixture
def with_german(tmp_path, monkeypatch):
    """A folder of texts more, and nothing else."""
    copytree(FOLDER, tmp_path / "texts", ignore=ignore_patterns("*.py", "__pycache__"))
    german = tmp_path / "texts" / "de"
    german.mkdir()
    (german / "menu.ftl").write_text("menu = <b>Hauptmenü</b>\n", encoding="utf-8")
    (german / "languages.ftl").write_text("button = 🌐 Sprache\n", encoding="utf-8")
    spoken = read_texts(Texts, tmp_path / "texts", default="en")
    of_kit = read_texts(
        LanguageTexts, LANGUAGE_FOLDER, default="en", theme="languages", over=tmp_path / "texts"
    )
    monkeypatch.setattr(of_languages, "TEXTS", spoken)
    monkeypatch.setattr(of_languages, "LANGUAGE_TEXTS", of_kit)
    return spoken


@pytest.mark.parametrize(("language", "other"), [("ru", "🌐 English"), ("en", "🌐 Русский")])
def test_of_two_languages_the_other_one_is_a_button(language, other):
    assert other in buttons(screens.menu(TEXTS[language], 0))
    assert other in buttons(screens.settings(TEXTS[language], news=True))


def test_of_three_languages_a_customer_chooses_by_their_own_names(with_german):
    assert with_german.languages == ("de", "ru", "en")
    assert "🌐 Language" in buttons(screens.menu(TEXTS["en"], 0))
    screen = screens.languages_page(TEXTS["en"])
    assert screen.text == "Which language do you prefer?"
    assert buttons(screen)[:2] == ["🌐 Deutsch", "🌐 Русский"]


def test_a_third_language_is_what_telegram_says_of_a_customer_and_says_in_english_what_it_lacks(with_german):
    assert [with_german.choose(None, code) for code in ("de-AT", "fr", "ru")] == ["de", "en", "ru"]
    german = screens.menu(with_german["de"], 0)
    assert german.text == "<b>Hauptmenü</b>"
    assert {"🌐 Sprache", "🛍 Catalogue"} <= set(buttons(german))


@pytest.mark.parametrize("name", ["terms", "privacy"])
def test_in_a_third_language_the_shops_own_policies_are_read(name):
    """What an owner sets is in Russian and English."""
    set_ = Options(terms_ru="Наши условия.", terms_en="Our terms.", privacy_en="Your data.")
    assert set_.policy(name, "de") == ""
    assert set_.policy("terms", "ru") == "Наши условия."


@pytest.mark.parametrize(("language", "name"), [("pt-BR", "Português (Brasil)"), ("uk", "Українська")])
def test_a_language_is_called_what_it_calls_itself(language, name):
    assert name_of(language) == name


def test_the_shops_own_texts_are_in_the_folder_that_languages_are_added_to():
    assert {one.name for one in FOLDER.iterdir() if any(one.rglob("*.ftl"))} == {"en", "ru"}
