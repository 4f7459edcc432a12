"""What prose may not hold, rule by rule, and what is left when a rule strikes."""

import pytest

from mailroom.actors.bots.shop.consultant import form, prose
from mailroom.actors.bots.shop.consultant.judge.judge import UnjudgedError
from mailroom.actors.bots.shop.consultant.wording import clean, whole_sentences
from mailroom.actors.texts.language import Language
from tests.actors.bots.shop.consultant.shelf import judged

EN, RU = Language("en"), Language("ru")


def why(text, language=EN, **more):
    return [one.why for one in judged(text, language, **more).refused]


@pytest.mark.parametrize(
    "text",
    [
        "It is 5.",
        "It is ٥.",
        "It is ५.",
        "It is Ⅳ.",
        "It is ½ of it.",
        "It is ⑨.",
        "It is five.",
        "It has twelve of them.",
        "Их девять.",
        "Их двадцать пять.",
        "Две сотни.",
        "Со скидкой в пять процентов.",
    ],
)
def test_a_number_of_any_script_or_in_words_is_none_of_proses_business(text):
    assert form.fault(clean(text)) == "number"


@pytest.mark.parametrize(
    "text", ["It is ₽.", "It is $.", "It is a ruble.", "За рубль.", "Ни копейки.", "A few bucks."]
)
def test_money_is_none_of_proses_business(text):
    assert form.fault(clean(text)) == "currency"


@pytest.mark.parametrize(
    "text",
    ["It is frее.", "Это бecплатно.", "F r e e for you.", "Б-е-с-п-л-а-т-н-о.", "这个免费", "It is 🆓."],
)
def test_who_hides_what_he_says_is_not_shown(text):
    assert form.fault(clean(text)) in ("script", "sign")


@pytest.mark.parametrize(
    "text", ["See lumen-shop.zip today.", "Write to @evil.", "На сайте магазин.рф", "https://x.yz"]
)
def test_nobody_is_sent_anywhere(text):
    assert form.fault(clean(text)) in ("link", "sign")


@pytest.mark.parametrize(
    "text", ["It reads RAW, PDF and e.g. XMP files.", "Учит с нуля.", "One of the first.", "Две программы."]
)
def test_what_only_looks_like_it_is_let_through(text):
    assert form.fault(clean(text)) is None


def test_a_number_that_the_description_has_may_be_told_with_what_it_counts():
    text = "Python from zero has 36 lessons and 120 checked exercises."
    assert judged(text, EN).shown == text
    assert why("Python from zero has 37 lessons.") == ["number"]
    assert why("Python from zero has 36 friends.") == ["number"]
    assert why(text, looked_up=["trams"]) == ["not_looked_up"]


def test_a_name_holds_numbers_and_words_of_its_own():
    text = "A Thousand Crosswords and Your money without fear are for quiet evenings."
    assert judged(text, EN).shown == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "Try PhotoWizard Ultra, our bestseller."),
        (EN, "We also have “Neural Lumen Max” for professionals."),
        (EN, "Photon Master is our best editor."),
        (RU, "Возьмите «Фотон Про», отличный редактор."),
        (RU, "Попробуйте Photonix."),
        (RU, "Есть ещё редактор под названием фотон."),
    ],
)
def test_a_product_that_the_shop_does_not_have_is_not_spoken_of(language, text):
    assert why(text, language) == ["unknown_product"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "It is easier than Darkroom and works with Windows."),
        (RU, "Удобнее, чем Darkroom, и работает на Windows."),
    ],
)
def test_what_everybody_knows_may_be_compared_with(language, text):
    assert judged(text, language).shown == text


def test_what_is_sold_out_is_not_offered():
    assert why("You can take Album: cloud for pictures.") in (["sold_out"], ["statement"])
    assert why("Album: cloud for pictures is a calm place.", looked_up=["trams"]) == ["not_looked_up"]


def test_a_greeting_and_a_question_make_no_answer_when_what_stood_between_is_gone():
    assert judged("Gladly! Tram Depot is a gift from the shop. Shall I go on?", EN).shown == ""
    kept = judged("Gladly! Tram Depot is calm. It is a gift from the shop. Shall I go on?", EN).shown
    assert kept == "Gladly! Tram Depot is calm. Shall I go on?"


def test_what_cannot_be_judged_is_not_shown(monkeypatch):
    async def fails(cpu, sentences):
        raise UnjudgedError("away")

    monkeypatch.setattr(prose, "marks", fails)
    assert judged("Tram Depot is a calm game.", EN).shown == ""
    assert why("Tram Depot is a calm game.") == ["unjudged"]


def test_what_nobody_sees_is_taken_out_before_it_is_read():
    assert clean("2\u200b490\u202e **₽** `x`") == "2490 ₽ x"
    assert clean("１４９０") == "1490"
    assert clean("4̶9̶0") == "490"


def test_a_part_ends_where_a_sentence_does():
    assert whole_sentences("It is good. It costs 1") == "It is good."
    assert whole_sentences("It costs 1.5") == ""
    assert whole_sentences("First line\nSecond li") == "First line"
