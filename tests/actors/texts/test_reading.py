"""Texts are read from a folder for each language that there is, and say what the files say."""

import pytest

from mailroom.actors.texts.declared import DeclarationError, Texts, declared_in, text
from mailroom.actors.texts.reading import TextsError, read_texts
from tests.actors.texts.shop_like import AllTexts, CartTexts


@pytest.fixture
def texts(folder):
    return read_texts(AllTexts, folder, default="en")


def test_a_text_is_said_word_for_word(texts):
    assert texts["en"].cart.title == "<b>Cart</b>"
    assert texts["en"].cart.page(number=12345) == ("<b>Order 12345</b>\n\n  [braces { and brackets, set in ")


def test_values_go_in_as_they_are(texts):
    assert texts["ru"].cart.page(number="<b>{x}&amp;") == "Заказ <b>{x}&amp;"


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 0, "0 items"), ("en", 1, "1 item"), ("en", 21, "21 items"),
        ("ru", 0, "0 товаров"), ("ru", 1, "1 товар"), ("ru", 3, "3 товара"), ("ru", 12, "12 товаров"),
        ("ru", 21, "21 товар"), ("ru", 12345, "12345 товаров"),
    ],
)  # fmt: skip
def test_a_count_takes_the_form_of_its_language(texts, language, count, words):
    assert texts[language].cart.items(count=count) == words


def test_a_form_may_be_for_a_number_or_a_word(add, folder):
    add("en", "cart", """
        title = Cart
        page =
            { $number ->
                [gift] A gift
               *[rest] Order { $number }
            }
        items =
            { $count ->
                [0] nothing
                [one] an item
               *[other] { $count } items
            }
        states =
            .paid = paid
            .canceled = cancelled
    """)  # fmt: skip
    cart = read_texts(AllTexts, folder, default="en")["en"].cart
    assert [cart.items(count=n) for n in (0, 1, 2)] == ["nothing", "an item", "2 items"]
    assert [cart.page(number=n) for n in ("gift", 5)] == ["A gift", "Order 5"]


def test_words_are_a_mapping(texts):
    assert dict(texts["ru"].cart.states) == {"paid": "оплачен", "canceled": "отменён"}


def test_a_theme_may_be_a_folder_and_a_method_may_be_one_of_its_own(texts):
    assert texts["ru"].help.ways.how == "Спросите."
    assert texts["en"].cart.shout() == "<B>CART</B>"


def test_one_theme_may_be_read_alone(folder):
    assert read_texts(CartTexts, folder, default="en", theme="cart")["ru"].title == "<b>Корзина</b>"


def test_texts_are_not_set(texts):
    with pytest.raises(AttributeError, match="read from files"):
        texts["en"].cart.title = "x"


def test_the_languages_are_those_that_there_are_files_for(texts, folder, add):
    assert texts.languages == ("ru", "en")
    add("de", "cart", "title = Warenkorb")
    assert read_texts(AllTexts, folder, default="en").languages == ("de", "ru", "en")


def test_what_a_language_lacks_is_said_in_the_default_one_text_by_text(folder, add):
    add("de", "cart", """
        title = Warenkorb
        states =
            .paid = bezahlt
    """)  # fmt: skip
    german = read_texts(AllTexts, folder, default="en")["de"]
    assert german.language == "de"
    assert (german.cart.title, german.cart.items(count=2), german.help.ways.how) == (
        "Warenkorb",
        "2 items",
        "Ask.",
    )
    assert german.cart.states == {"paid": "bezahlt", "canceled": "cancelled"}


def test_a_kind_of_a_language_is_said_in_that_language_first(folder, add):
    add("ru-KZ", "help/ways", "how = Спросите нас.")
    texts = read_texts(AllTexts, folder, default="en")
    assert (texts["ru-KZ"].help.ways.how, texts["ru-KZ"].cart.title) == ("Спросите нас.", "<b>Корзина</b>")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("ru", "en-US"), "ru"), ((None, "ru-RU"), "ru"), ((None, "RU_ru"), "ru"), ((None, "de"), "en"),
        (("xx", "ru"), "ru"), ((7, None), "en"), (("", "russian"), "en"), ((), "en"),
    ],
)  # fmt: skip
def test_a_person_gets_what_they_chose_else_what_telegram_says_else_the_default(texts, wanted, language):
    assert texts.choose(*wanted) == language
    assert texts[texts.choose(*wanted)].language == language


def test_a_language_that_is_there_no_more_is_spoken_to_in_the_default_one(texts):
    assert texts["fr"].language == "en"


def test_a_room_says_texts_of_the_kit_in_a_language_and_in_words_of_its_own(folder, add, tmp_path_factory):
    own = tmp_path_factory.mktemp("own")
    (own / "de").mkdir()
    (own / "de" / "cart.ftl").write_text("title = Warenkorb\n", encoding="utf-8")
    (own / "en").mkdir()
    (own / "en" / "cart.ftl").write_text("title = Basket\n", encoding="utf-8")
    texts = read_texts(AllTexts, folder, default="en", over=own)
    assert texts.languages == ("de", "en")
    assert [one.cart.title for one in texts] == ["Warenkorb", "Basket"]
    assert texts["de"].cart.page(number=1).startswith("<b>Order 1</b>")


def test_what_the_kit_lacks_in_the_only_language_of_a_room_is_said_as_the_kit_says_it(
    folder, tmp_path_factory
):
    own = tmp_path_factory.mktemp("own")
    (own / "de").mkdir()
    (own / "de" / "cart.ftl").write_text("title = Warenkorb\n", encoding="utf-8")
    texts = read_texts(AllTexts, folder, default="de", over=own)
    assert texts.languages == ("de",)
    assert (texts["de"].cart.title, texts["de"].help.ways.how) == ("Warenkorb", "Ask.")


def test_files_that_cannot_be_said_are_refused_at_the_start_all_at_once(folder, add):
    add("ru", "cart", "title = { $nobody }\npage = Заказ { $number\n")
    add("en", "help/ways", "")
    with pytest.raises(TextsError) as refused:
        read_texts(AllTexts, folder, default="en")
    lines = str(refused.value).splitlines()
    assert len(lines) == 4
    assert all(
        any(place in line for line in lines)
        for place in ("ru/cart.ftl:1", "ru/cart.ftl:2", "en/help/ways.ftl:1")
    )


def test_a_declaration_that_no_file_could_say_is_named():
    class Wrong(Texts):
        many: list[str]

    class Positional(Texts):
        @text
        def order(self, number: int) -> str: ...

    with pytest.raises(DeclarationError, match=r"Wrong\.many"):
        declared_in(Wrong)
    with pytest.raises(DeclarationError, match="by name"):
        declared_in(Positional)
