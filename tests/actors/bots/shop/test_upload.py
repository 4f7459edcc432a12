"""Tables that owners send: what is taken, what is named as bad, and that no file is too mangled for it."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.domain.offer_line import parse_offer
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.domain.upload import parse_products, parse_stock
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS
from mailroom.actors.bots.shop.texts.owner.faults import FaultTexts
from mailroom.actors.kit.owners.faults import PriceFault, TableFault, TellingFault
from mailroom.actors.kit.owners.refusals import OwnerError, Wrong
from mailroom.actors.kit.owners.texts.refusals import RefusalTexts
from mailroom.actors.texts.declared import declared_in
from mailroom.actors.texts.language import Language

SLUGS = ("lamp", "lighthouse", "trams")
CATEGORIES, SUPPLIERS = ("games", "work"), ("keys",)
HEAD = "slug,kind,content"
PRODUCT_HEAD = "slug,category,title_ru,title_en,description_ru,description_en,price,currency,supplier,active"


def stock(*lines, head=HEAD, encoding="utf-8"):
    return parse_stock("\n".join([head, *lines]).encode(encoding), SLUGS)


def product(**cells):
    told = {
        "slug": "harbour", "category": "games", "title_ru": "Гавань", "title_en": "Harbour",
        "description_ru": "Порт.", "description_en": "A port.", "price": "899.00", "currency": "rub",
        "supplier": "", "active": "",
    } | cells  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, list(told))
    writer.writeheader()
    writer.writerow(told)
    return parse_products(text.getvalue().encode(), CATEGORIES, SUPPLIERS)


def said(wrong):
    """Whatever is wrong can be said in both languages."""
    for language in ("ru", "en"):
        assert problem(language, wrong)


def taken(file):
    return [(line.line, line.slug, line.item.kind, line.item.content.decode()) for line in file.good]


def faults(file):
    return [(one.line, one.wrong.fault) for one in file.bad]


# Stock


@pytest.mark.parametrize("head", ["slug,kind,content", "Товар,Вид,Значение", "product,type,value"])
def test_the_columns_of_stock_are_called_as_owners_call_them(head):
    file = stock("lamp,код,КЛЮЧ-1", "lamp,ссылка,https://a.b", head=head)
    assert taken(file) == [(2, "lamp", "code", "КЛЮЧ-1"), (3, "lamp", "link", "https://a.b")]
    assert (file.bad, file.twice, file.ignored, file.lines) == ((), (), (), 2)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("lump,code,A", Fault.UNKNOWN_PRODUCT),
        ("lamp,key,A", Fault.UNKNOWN_KIND),
        ("lamp,файл,A", Fault.FILE_IN_TABLE),
        ("lamp,link,example.com", Fault.NOT_A_LINK),
        ("lamp,link,https://example.com/a b", Fault.NOT_A_LINK),
        ("lamp,link,javascript:alert(1)", Fault.NOT_A_LINK),
        ("lamp,code,", TableFault.MISSING),
        ("lamp,code," + "A" * 3_001, TableFault.TOO_LONG),
    ],
)
def test_a_bad_line_is_named_and_the_lines_around_it_are_taken(line, fault):
    file = stock("lamp,code,FIRST", line, "lamp,code,LAST")
    assert [content for *_, content in taken(file)] == ["FIRST", "LAST"]
    assert faults(file) == [(3, fault)]
    said(file.bad[0].wrong)


def test_the_nearest_product_is_proposed():
    (bad,) = stock("lihgthouse,code,A").bad
    assert problem(Language("en"), bad.wrong).startswith(
        "There is no product “lihgthouse”. Did you mean lighthouse?"
    )


def test_what_is_there_twice_names_the_first_of_them():
    file = stock("lamp,code,A", "trams,code,A", "LAMP,link,https://a.b", "lamp,code, A ")
    assert [content for *_, content in taken(file)] == ["A", "A", "https://a.b"]
    assert [(one.line, one.first_line) for one in file.twice] == [(5, 2)]


# Products


def test_a_description_may_have_lines_and_two_stray_quotes_lose_no_product():
    (line,) = product(description_ru='Порт,\n"лодки"\nи море.').good
    assert line.description_ru == 'Порт,\n"лодки"\nи море.'
    rows = [
        'a,games,А,A,"Порт,,1,RUB,,',
        "b,games,Б,B,,,1,RUB,,",
        'c,games,В,C,Море",,1,RUB,,',
        "d,games,Г,D,,,1,RUB,,",
    ]
    file = parse_products("\n".join([PRODUCT_HEAD, *rows]).encode(), CATEGORIES, SUPPLIERS)
    assert [one.slug for one in file.good] == ["b", "d"]
    assert faults(file) == [(2, TableFault.QUOTES), (4, TableFault.QUOTES)]


def test_a_product_is_read_with_its_price_in_minor_units():
    (line,) = product(price="1 490,50", supplier="KEYS", active="нет").good
    assert (line.price_minor, line.currency, line.supplier, line.active) == (149_050, "RUB", "keys", False)
    (line,) = product().good
    assert (line.price_minor, line.supplier, line.active) == (89_900, None, True)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"slug": "Гавань"}, Fault.BAD_SLUG),
        ({"slug": "-a"}, Fault.BAD_SLUG),
        ({"category": "gams"}, Fault.UNKNOWN_CATEGORY),
        ({"supplier": "nobody"}, Fault.UNKNOWN_SUPPLIER),
        ({"title_ru": ""}, TableFault.MISSING),
        ({"title_en": "x" * 65}, TableFault.TOO_LONG),
        ({"description_en": "x" * 1001}, TableFault.TOO_LONG),
        ({"price": "free"}, PriceFault.BAD_PRICE),
        ({"price": "0"}, PriceFault.PRICE_OUT_OF_RANGE),
        ({"price": "9999999999999"}, PriceFault.PRICE_OUT_OF_RANGE),
        ({"currency": "roubles"}, PriceFault.BAD_CURRENCY),
        ({"active": "maybe"}, TableFault.BAD_YES_OR_NO),
    ],
    ids=str,
)
def test_a_bad_product_is_named(cells, fault):
    file = product(**cells)
    assert faults(file) == [(2, fault)]
    assert problem(Language("ru"), file.bad[0].wrong)


def test_a_product_that_is_there_twice_is_taken_as_it_came_first():
    line = "harbour,games,Г,H,,,1,RUB,,"
    file = parse_products(f"{PRODUCT_HEAD}\n{line}\n{line}".encode(), CATEGORIES, SUPPLIERS)
    assert [one.line for one in file.good] == [2]
    assert file.bad[0].wrong == Wrong(Fault.SLUG_TWICE, {"slug": "harbour", "line": 2})


# Words


def test_every_fault_has_its_words_and_every_word_is_of_a_fault():
    of_the_kit = {*TableFault, *PriceFault, *TellingFault}
    for texts, faults in ((FaultTexts, Fault), (RefusalTexts, of_the_kit)):
        assert set(declared_in(texts)) == {fault.value for fault in faults}


def test_nothing_is_wrong_with_what_owners_are_told():
    assert OWNER_TEXTS.faults() == []


@given(st.text(max_size=60))
def test_a_line_about_a_discount_is_read_or_refused(text):
    try:
        offer = parse_offer(text, SLUGS, date(2026, 1, 1))
    except OwnerError as refused:
        said(refused.wrong)
    else:
        assert 1 <= offer.percent <= 90
