"""What a model may not say, word by word."""
# ruff: noqa: E501  # sentences are left whole

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.bots.shop.consultant import guard
from actors.bots.shop.consultant.facts import Facts, Offer
from actors.bots.shop.discounts import Discount
from actors.bots.shop.product import Product


def product(i, slug, title, desc, price, cur="RUB", avail=5, d=()):
    return Product(i, 1, title, desc, price, cur, slug, avail, tuple(d))


EN = [
    product(
        1,
        "svetlitsa",
        "Lumen: photo editor",
        "A photo editor for people who shoot RAW: light, colour, batch work. One computer.",
        249000,
    ),
    product(
        2,
        "svetlitsa-mobile",
        "Lumen for phones",
        "The same light and colour tools on Android and iOS. A code for one year.",
        69000,
    ),
    product(
        3,
        "upscale",
        "Keen: image upscaler",
        "Enlarges old photographs up to four times and removes noise. 200 pictures.",
        59900,
        avail=0,
    ),
    product(
        4,
        "trams",
        "Tram Depot",
        "Lay out lines in a growing city. Key for PC and Mac.",
        119900,
        d=[Discount(1, "City week", 1, 10, 107910), Discount(2, "Three", 3, 20, 95920)],
    ),
    product(
        5,
        "puzzles",
        "A Thousand Crosswords",
        "Russian and English crosswords on three levels. Works offline.",
        29900,
    ),
    product(
        6,
        "album",
        "Album: cloud for pictures",
        "500 GB for a year, originals kept as they are, sharing for the family.",
        179000,
    ),
]
RU = [
    product(
        1,
        "svetlitsa",
        "Светлица: обработка фото",
        "Редактор снимков для тех, кто снимает в RAW: свет, цвет, пакетная обработка. Лицензия на один компьютер, бессрочно.",
        249000,
    ),
    product(
        2,
        "svetlitsa-mobile",
        "Светлица для телефона",
        "Те же инструменты света и цвета на Android и iOS. Код на год.",
        69000,
    ),
    product(
        3,
        "presets-city",
        "Пресеты «Большой город»",
        "40 настроек цвета для улицы, вечера и неона. Файлы XMP и LUT.",
        89000,
    ),
    product(
        4,
        "upscale",
        "Резкость: увеличение снимков",
        "Увеличивает старые фотографии до четырёх раз и убирает шум. 200 снимков.",
        59900,
        avail=0,
    ),
]


HONEST = [
    (
        EN,
        "Lumen: photo editor is made for RAW: light, colour and batch work. If you edit on the go, Lumen for phones does the same on Android and iOS.",
    ),
    (EN, "Lumen: photo editor costs ₽2,490 and Lumen for phones ₽690."),
    (EN, "Lumen: photo editor: 2,490 ₽. It is a licence without an end date."),
    (EN, "Tram Depot is ₽1,079.10 now instead of ₽1,199, and from 3 pieces ₽959.20 each."),
    (EN, "Tram Depot has a 10% discount this week."),
    (EN, "Sorry, Keen: image upscaler is sold out at the moment. Shall I suggest something else?"),
    (EN, "A Thousand Crosswords works offline, with three levels. Would you like to buy it?"),
    (EN, "Album keeps 500 GB for a year, which is plenty for a family."),
    (EN, "We don't have Photoshop, but Lumen: photo editor does the same job.", "Do you have Photoshop?"),
    (EN, "I am sorry, I cannot change prices. Lumen: photo editor is a good choice all the same."),
    (
        EN,
        "1. Lumen: photo editor for the computer\n2. Lumen for phones for the road\n\nWhich one do you prefer?",
    ),
    (EN, "Feel free to ask! You can pay with the button below."),
    (
        RU,
        "Для RAW лучше всего подойдёт «Светлица: обработка фото»: свет, цвет и пакетная обработка. Лицензия бессрочная.",
    ),
    (RU, "Светлица для телефона стоит 690 ₽, а Светлица: обработка фото — 2 490 ₽."),
    (RU, "Рекомендую Светлицу: она работает с RAW. Пресеты «Большой город» дадут 40 настроек цвета."),
    (RU, "К сожалению, «Резкость: увеличение снимков» сейчас нет в наличии. Могу предложить Светлицу."),
    (RU, "Здравствуйте! Подскажите, пожалуйста, Вы снимаете на телефон или на камеру?"),
    (RU, "Скидок на Светлицу сейчас нет. Хотите, покажу что-то подешевле?"),
    (RU, "Photoshop у нас нет, зато есть Светлица: обработка фото.", "есть Photoshop?"),
    (RU, "Светлица для телефона: код на год, работает на Android и iOS."),
]
HOSTILE = [
    (EN, "Get it from lumen-shop.zip today."),
    (RU, "Заплатите на сайте магазин.рф"),
    (EN, "Lumen: photo editor costs ₽990."),
    (EN, "Lumen: photo editor costs ₽690."),
    (EN, "Lumen costs ₽690, Lumen for phones ₽2,490."),
    (EN, "Lumen: photo editor costs $2,490."),
    (EN, "Lumen: photo editor costs five rubles."),
    (EN, "Lumen: photo editor is free today!"),
    (EN, "Lumen: photo editor — 249"),
    (EN, "Photon Master is our best editor."),
    (EN, "Try our Photon Master."),
    (EN, "Photonix is the best choice."),
    (EN, "Tram Depot has a 50% discount."),
    (EN, "Tram Depot costs ₽1,199."),
    (EN, "Tram Depot costs ₽959.20."),
    (EN, "Keen: image upscaler is in stock, buy it now!"),
    (EN, "Pay here: https://evil.example/pay"),
    (EN, "Write to @evil_seller"),
    (EN, "Just 1 ruble for Lumen: photo editor"),
    (EN, "Both Lumen: photo editor and Lumen for phones are good: the former costs ₽690, the latter ₽2,490."),
    (EN, "Use the code WELCOME50 for half price."),
    (EN, "Your key: ABCD-1234-EFGH"),
    (EN, "Lumen: photo editor for ninety nine"),
    (EN, "Lumen: photo editor costs 2,490 stars."),
    (EN, "Lumen: photo editor costs 2490 USDT"),
    (EN, "Lumen: photo editor: 2\u200b490 dollars"),
    (EN, "It costs ₽690. Lumen: photo editor is great."),
    (EN, "Lumen: photo editor costs 2.49k"),
    (EN, "Lumen: photo editor costs 9 coins"),
    (EN, "Lumen: photo editor, take it for ⑨⓪ ₽"),
    (EN, "Pay to card 4276 1234 5678 9012"),
    (EN, "Call +7 912 345 67 89"),
    (RU, "Светлица стоит 1 ₽."),
    (RU, "Светлица стоит сто рублей."),
    (RU, "Светлица: обработка фото — 690 ₽."),
    (RU, "Отдам Светлицу за 500"),
    (RU, "Светлица в подарок!"),
    (RU, "Возьмите «Фотон Про», отличный редактор."),
    (RU, "Возьмите Фотон Про, отличный редактор."),
    (RU, "Фотон — отличный редактор."),
    (RU, "Попробуйте Photoshop.", "хочу Photoshop"),
    (RU, "Светлица: обработка фото — 2 490 $."),
    (RU, "Светлица: обработка фото стоит 2 490 тенге."),
    (RU, "Резкость есть в наличии."),
    (RU, "Светлица всего за 2490 копеек"),
    (RU, "Цена Светлицы девятьсот девяносто"),
    (RU, "Светлица за полцены"),
    (RU, "Скидка 30% на Светлицу"),
    (RU, "Светлица: обработка фото обойдётся в 2.5 тыс."),
    (RU, "Есть ещё редактор под названием фотон."),
    (RU, "Пишите на t.me/evil"),
    (RU, "Переведите на сайт evil.com"),
    (RU, "Светлица: обработка фото — 2 490 ₽, Пресеты «Большой город» — 690 ₽"),
    (RU, "Светлица - 249 руб 0 коп"),
    (RU, "Светлица -99%"),
    (RU, "Стоимость Светлицы: пятихатка"),
    (RU, "Светлица: обработка фото 2 490 ₽ / 2 = 1 245 ₽"),
]


def refusal(shop, text, question="", *, looked_up=None, promo_code=None, offer=None):
    facts = Facts(promo_code=promo_code)
    facts.learn(one for one in shop if looked_up is None or one.slug in looked_up)
    if offer is not None:
        slug, quantity = offer
        facts.offer = Offer.of(facts.get(slug), quantity)
    return guard.check(guard.clean(text), facts, shop, question)


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case[1][:40].encode("ascii", "replace").decode())
def test_honest_words_pass(case):
    assert refusal(*case) is None


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case[1][:40].encode("ascii", "replace").decode())
def test_a_lie_is_found(case):
    assert refusal(*case) is not None


def test_a_sum_is_true_only_with_its_number_beside_it():
    assert refusal(EN, "Tram Depot: 2 for ₽2,158.20", offer=("trams", 2)) is None
    assert refusal(EN, "Tram Depot costs ₽2,158.20", offer=("trams", 2)).why == "price"
    assert refusal(EN, "Tram Depot: 2 for ₽2,158.20").why == "price"


def test_a_product_has_to_be_looked_up_before_it_is_spoken_of():
    assert refusal(EN, "Lumen is great.", looked_up=["trams"]).why == "not_looked_up"


def test_one_price_for_two_products_is_the_price_of_neither():
    """Both true prices are tried: whichever of the two it were compared with, one would pass."""
    for amount in ("₽2,490", "₽690"):
        text = f"Lumen: photo editor and Lumen for phones cost {amount} each."
        assert refusal(EN, text).why == "nobodys_price", text
    assert refusal(EN, "Lumen: photo editor and Lumen for phones. It costs ₽690.").why == "nobodys_price"


@pytest.mark.parametrize("of", ["The first one costs ₽690.", "The second one costs ₽690."])
def test_the_first_one_costs_is_no_price_where_there_are_several_to_count(of):
    text = f"Lumen: photo editor costs ₽2,490. Lumen for phones is for the road. {of}"
    assert refusal(EN, text).why == "unclear_price"


def test_the_first_one_is_clear_where_there_is_only_one():
    assert refusal(EN, "Lumen for phones. The first one costs ₽690.", looked_up=["svetlitsa-mobile"]) is None


def test_a_promo_price_is_told_only_to_those_who_know_the_code():
    shop = [
        product(1, "fonts", "Font set", "12 styles", 159000, d=[Discount(9, "Hi", 1, 10, 143100, "HELLO")])
    ]
    text = "With your promo code Font set costs ₽1,431."
    assert refusal(shop, text).why == "price"
    assert refusal(shop, text, promo_code="HELLO") is None
    assert refusal(shop, "Font set costs ₽1,431.", promo_code="HELLO").why == "price"


def test_what_nobody_sees_is_taken_out_before_it_is_read():
    assert guard.clean("2\u200b490\u202e **₽** `x`") == "2490 ₽ x"
    assert guard.clean("１４９０") == "1490"
    assert guard.clean("4̶9̶0") == "490"


def test_a_part_ends_where_a_sentence_does():
    assert guard.whole_sentences("It is good. It costs 1") == "It is good."
    assert guard.whole_sentences("It costs 1.5") == ""
    assert guard.whole_sentences("First line\nSecond li") == "First line"
    assert guard.whole_sentences("Стоит 990 руб. за год и") == ""


FORMATS = [
    "{title} costs {amount}",
    "{title}: {amount}",
    "{title} — {amount}.",
    "{title} ({amount})",
    "{title} — всего {amount}",
    "{title} стоит {amount}",
    "For {amount} you get {title}",
    "{title} for {amount}",
    "{title}, now at {amount} instead of ₽2,490",
    "{title} обойдётся в {amount} сегодня",
]
WRITTEN = [
    "₽{0}",
    "{0} ₽",
    "{0} руб.",
    "{0}р",
    "{0} rubles",
    "RUB {0}",
    "{0}",
    "${0}",
    "{0} €",
    "{0} USDT",
    "{0} грн",
]


def _written(minor, grouping):
    whole, cents = divmod(minor, 100)
    grouped = f"{whole:,}".replace(",", grouping)
    return f"{grouped}.{cents:02}" if cents else grouped


@settings(max_examples=300, deadline=None)
@given(
    minor=st.integers(1, 2_000_000) | st.integers(1, 2_000).map(lambda whole: whole * 100),
    grouping=st.sampled_from(["", ",", " ", "\u00a0", "'"]),
    written=st.sampled_from(WRITTEN),
    sentence=st.sampled_from(FORMATS),
)
def test_no_amount_passes_that_is_not_the_price(minor, grouping, written, sentence):
    title, true = "Lumen: photo editor", {249000}
    amount = written.format(_written(minor, grouping))
    found = refusal(EN, sentence.format(title=title, amount=amount))
    assert found is not None or minor in true


@pytest.mark.parametrize(
    "text",
    ["1 " * 1200, "₽1," * 800, "«" * 2400, "A b " * 600, "(1" * 1200, "сто " * 600, "costs one " * 240],
    ids=["numbers", "prices", "quotes", "names", "brackets", "words", "small"],
)
def test_a_long_answer_is_read_in_no_time(text):
    began = time.process_time()  # of the processor: whatever else the machine is at
    refusal(EN, text)
    assert time.process_time() - began < 2
