"""An answer in blocks: what is read of it, what is written for it, what is dropped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.consultant.blocks import (
    BLOCKS_MAX,
    OF_PRODUCTS,
    OF_THE_SHOP,
    PROSE,
    Block,
    read,
)
from mailroom.actors.bots.shop.consultant.facts import Facts
from mailroom.actors.bots.shop.consultant.writing import OF_THE_SHOP_WRITTEN, written
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language
from tests.actors.bots.shop.consultant.shelf import goods
from tests.actors.model_endpoint import Call, Say

EN, RU = Language("en"), Language("ru")
LOOK = Call(("get_products", {"slugs": ["svetlitsa", "trams", "album"]}))
NO_BREAK_SPACE = "\u00a0"


def answer(*blocks):
    return json.dumps({"blocks": blocks}, ensure_ascii=False)


def say(*blocks):
    return Say(answer(*blocks))


def prose(text):
    return {"kind": "prose", "text": text}


def paragraphs(*blocks, language=EN, also=(), looked_up=None):
    facts = Facts()
    shop = goods(language)
    facts.learn(one for one in shop if looked_up is None or one.slug in looked_up)
    what = written(blocks, [one for one in shop if one.slug in also], facts, language)
    return [one.replace(NO_BREAK_SPACE, " ") for one in what.paragraphs]


def test_blocks_are_read_as_they_come():
    said = answer(prose("Look."), {"kind": "product", "slug": "trams"}, {"kind": "delivery"})
    assert read(said) == [Block(PROSE, "Look."), Block("product", slugs=("trams",)), Block("delivery")]
    assert read(f"```json\n{said}\n```") == read(said)
    assert read(said[: said.index('"delivery"')]) == read(said)[:2], "as far as they are whole"
    assert read(json.dumps(json.loads(said)["blocks"])) == read(said), "the list alone"
    assert read(json.dumps(prose("Look."))) == [Block(PROSE, "Look.")], "one alone"


@pytest.mark.parametrize(
    "text", ["Tram Depot is calm.", "[sic] Tram Depot", "«Трамвайное депо»", "Look: {it}"]
)
def test_what_is_no_json_is_prose(text):
    assert read(text) == [Block(PROSE, text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"blocks"',
        '{"blocks": [',
        '{"blocks": [{"kind": "prose", "te',
        '{"price": 1}',
        "[{}]",
        '{"blocks": 5}',
    ],
)
def test_nobody_ever_sees_a_brace(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "block",
    [
        1,
        None,
        "free",
        {},
        {"kind": "free"},
        {"kind": ["product"]},
        {"kind": "prose"},
        {"kind": "prose", "text": 5},
        {"kind": "product"},
        {"kind": "product", "slug": 5},
        {"kind": "product", "slugs": "trams"},
        {"kind": "product", "slug": "x" * 1000},
    ],
    ids=str,
)
def test_what_is_no_block_is_left_out(block):
    assert read(answer(block, prose("Look."))) == [Block(PROSE, "Look.")]


def test_a_price_in_a_block_is_nobodys():
    said = answer(
        {"kind": "product", "slug": "trams", "price": 1, "text": "₽1", "discount": 99, "quantity": -5}
    )
    assert read(said) == [Block("product", slugs=("trams",))]
    assert paragraphs(*read(said)) == ["• <b>Tram Depot</b>: ₽1,199"]


@given(
    st.text()
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda one: (
            st.lists(one) | st.dictionaries(st.sampled_from(["blocks", "kind", "slug", "slugs", "text"]), one)
        ),
    ).map(json.dumps)
)
def test_whatever_it_is_it_is_read(said):
    assert len(read(said)) <= BLOCKS_MAX


def test_every_kind_is_written():
    assert set(OF_THE_SHOP_WRITTEN) == set(OF_THE_SHOP)
    for kind in OF_PRODUCTS:
        assert paragraphs(Block(kind, slugs=("trams", "lighthouse"))), kind
    for kind in set(OF_THE_SHOP) - {"promo"}:
        assert paragraphs(Block(kind)), kind


def test_what_is_said_of_a_product_is_said_once():
    kinds = [Block(kind, slugs=("trams",)) for kind in ("about", "product", "stock", "discount", "about")]
    (said,) = paragraphs(*kinds, also=["trams"])
    assert said == (
        "• <b>Tram Depot</b>: ₽1,199. In stock: 9. No discounts at the moment\n"
        "Lay out lines in a growing city. Key for PC and Mac."
    )


def test_a_comparison_and_a_sum_are_made_of_the_facts():
    least, lines = paragraphs(Block("cheapest", slugs=("trams", "lighthouse", "album")))
    assert least == "The least expensive here is <b>The Lighthouse Keeper</b>."
    assert "sold out" in lines
    total, _ = paragraphs(Block("price", slugs=("lighthouse",), quantity=3), language=RU)
    assert total == "<b>Хранитель маяка</b>: 3 × 764,15 ₽ = 2 292,45 ₽"
    assert (
        paragraphs(Block("price", slugs=("lighthouse",), quantity=10))[0] == TEXTS[EN].consultant.offer_gone
    )
    assert len(paragraphs(Block("cheapest", slugs=("trams", "album")))) == 1, "one is not the least of one"


def test_a_discount_that_needs_a_code_is_no_discount_for_who_has_none():
    assert paragraphs(Block("discount", slugs=("trams",))) == [
        "• <b>Tram Depot</b>: ₽1,199. No discounts at the moment"
    ]
    assert "instead of" in paragraphs(Block("discount", slugs=("svetlitsa",)))[0]


def test_a_code_that_nobody_looked_up_is_neither_good_nor_bad():
    assert paragraphs(Block("promo")) == []


def test_blocks_go_out_where_they_stand_and_prose_around_them(ann):
    ann.endpoint.says(
        LOOK,
        say(
            prose("A calm game:"),
            {"kind": "about", "slug": "trams"},
            {"kind": "payment"},
            prose("Shall I go on?"),
        ),
    )
    assert ann.writes("Tram Depot?").split("\n\n") == [
        "A calm game:",
        "• Tram Depot: ₽1,199\nLay out lines in a growing city. Key for PC and Mac.",
        TEXTS[EN].consultant.payment,
        "Shall I go on?",
    ]


def test_a_block_about_what_no_tool_returned_is_dropped(ann):
    ann.endpoint.says(LOOK, say(prose("Look at this."), {"kind": "product", "slug": "lighthouse"}))
    assert "Lighthouse" not in ann.writes("Tram Depot?")
    ann.endpoint.says(say({"kind": "product", "slug": "lighthouse"}))
    assert "899" not in ann.writes("hm?")


def test_prose_that_lies_is_dropped_and_the_blocks_go_out(ann):
    ann.endpoint.says(
        LOOK, say(prose("It costs you nothing, it is our gift."), {"kind": "stock", "slug": "trams"})
    )
    answered = ann.writes("Tram Depot?")
    assert "gift" not in answered
    assert "• Tram Depot: ₽1,199. In stock: 90" in answered


def test_an_answer_in_blocks_grows_by_its_prose(ann, monkeypatch):
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.0)
    said = answer(
        prose("Tram Depot is a calm game."), {"kind": "about", "slug": "trams"}, prose("Shall I go on?")
    )
    ann.endpoint.says(LOOK, Say(said, pieces=30, pause=0.01))
    ann.writes("Tram Depot?")
    texts = [text for text, _ in ann.telegram.shown]
    assert texts[1] == "Tram Depot is a calm game."
    assert not any("{" in text or "kind" in text for text in texts)


def test_an_answer_in_blocks_that_is_cut_off_is_shown_as_far_as_it_is_whole(ann):
    said = answer(prose("Tram Depot is a calm game."), prose("Shall I go on for ever and ever?"))
    ann.endpoint.says(LOOK, Say(said[:-20], finish="length"))
    assert ann.writes("Tram Depot?") == "Tram Depot is a calm game.\n\n• Tram Depot: ₽1,199"


def test_plain_words_name_their_products_and_the_shop_says_the_rest(boris):
    boris.endpoint.says(
        Call(("get_products", {"slugs": ["trams"]})),
        Say("«Трамвайное депо» — спокойная игра. Стоит 1 199 ₽."),
    )
    assert (
        boris.writes("Трамвайное депо?")
        == "«Трамвайное депо» — спокойная игра.\n\n• Трамвайное депо: 1 199 ₽"
    )


@pytest.fixture
def shop_database(shared_shop):
    """One for all."""
    return shared_shop
