"""Texts are handed to the scripts of a page as plain data, in every language that there is."""

from mailroom.actors.texts.data import as_data
from mailroom.actors.texts.reading import read_texts
from tests.actors.texts.shop_like import AllTexts


def test_the_scripts_of_a_page_have_each_text_as_it_is_said(folder):
    data = as_data(read_texts(AllTexts, folder, default="en"), "cart")
    assert list(data) == ["ru", "en"]
    assert data["ru"] == {
        "title": "<b>Корзина</b>",
        "page": {"takes": ["number"], "says": ["Заказ ", {"value": "number"}]},
        "items": {
            "takes": ["count"],
            "says": [
                {
                    "by": "count",
                    "forms": {
                        "one": [{"value": "count"}, " товар"],
                        "few": [{"value": "count"}, " товара"],
                        "many": [{"value": "count"}, " товаров"],
                    },
                    "rest": "many",
                    "counts": True,
                }
            ],
        },
        "states": {"paid": "оплачен", "canceled": "отменён"},
    }


def test_a_third_language_is_among_them_and_says_in_the_default_one_what_it_lacks(folder, add):
    add("de", "cart", "title = Warenkorb\n")
    data = as_data(read_texts(AllTexts, folder, default="en"), "cart")
    assert data["de"]["title"] == "Warenkorb"
    assert data["de"]["items"] == data["en"]["items"]
