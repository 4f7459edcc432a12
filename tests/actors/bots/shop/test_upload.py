"""Tables that owners send: what is taken, what is named as bad, and that no file is too mangled for it."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.offer_line import parse_offer
from mailroom.actors.bots.shop.domain.owner_faults import Fault, OwnerError, Wrong
from mailroom.actors.bots.shop.domain.owner_price import parse_price
from mailroom.actors.bots.shop.domain.upload import parse_products, parse_stock
from mailroom.actors.bots.shop.domain.upload_table import ROWS_MAX, is_unreadable
from mailroom.actors.bots.shop.domain.upload_text import TABLE_BYTES_MAX
from mailroom.actors.bots.shop.owner_problems import PROBLEMS, problem

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
    for language in Language:
        assert problem(language, wrong)


def taken(file):
    return [(line.line, line.slug, line.item.kind, line.item.content.decode()) for line in file.good]


def faults(file):
    return [(one.line, one.wrong.fault) for one in file.bad]


# What spreadsheets make of a table


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("head", ["slug,kind,content", "Товар,Вид,Значение", "content,SLUG,Type"])
def test_a_table_is_read_whatever_made_it(separator, ends, encoding, head):
    cells = {"slug": "lamp", "kind": "код", "content": "КЛЮЧ-1"}
    names = {"товар": "slug", "вид": "kind", "значение": "content", "type": "kind"}
    order = [names.get(name.lower(), name.lower()) for name in head.split(",")]
    lines = [head.replace(",", separator), separator.join(cells[name] for name in order), ""]
    file = parse_stock(ends.join(lines).encode(encoding), SLUGS)
    assert taken(file) == [(2, "lamp", "code", "КЛЮЧ-1")]
    assert (file.bad, file.twice, file.ignored) == ((), (), ())


def test_excel_may_name_its_separator_in_a_line_of_its_own():
    file = parse_stock(b"sep=;\nslug;kind;content\nlamp;code;A,B", SLUGS)
    assert taken(file) == [(3, "lamp", "code", "A,B")]


def test_columns_that_mean_nothing_are_left_out_and_named():
    file = stock("lamp,code,A,mine", head="slug,kind,content,Заметка")
    assert taken(file) == [(2, "lamp", "code", "A")]
    assert file.ignored == ("Заметка",)


def test_empty_lines_and_the_empty_cells_behind_a_line_are_nothing():
    file = stock("", "lamp,code,A,,", ",,", "   ")
    assert taken(file) == [(3, "lamp", "code", "A")]
    assert file.lines == 1


def test_a_quoted_value_may_have_separators_and_quotes_in_it():
    file = stock('lamp,code,"login: a, password: ""b,c"""', "lamp,code,D")
    assert taken(file) == [(2, "lamp", "code", 'login: a, password: "b,c"'), (3, "lamp", "code", "D")]


# What must not be guessed


def test_two_stray_quotes_do_not_make_one_key_of_two():
    file = stock('lamp,code,"A', 'lamp,code,B"', "lamp,code,C")
    assert taken(file) == [(4, "lamp", "code", "C")]
    assert faults(file) == [(2, Fault.QUOTES), (3, Fault.QUOTES)]


def test_a_value_of_several_lines_is_named_and_never_sold_in_parts():
    file = stock('lamp,code,"login: a', 'password: b"', "lamp,code,C")
    assert taken(file) == [(4, "lamp", "code", "C")]
    assert faults(file) == [(2, Fault.QUOTES), (3, Fault.QUOTES)]


@pytest.mark.parametrize(
    "broken", [b"lamp,code,caf\xe9", b"lamp,code,A\xff", b"lamp,code,\xd0", b"lamp,code,\xed\xa0\x80"]
)
def test_one_byte_that_is_not_utf_8_costs_its_own_line_and_changes_no_other(broken):
    lines = [
        HEAD.encode(),
        "lamp,code,ключ-1".encode(),
        broken,
        "lamp,code,ключ-2".encode(),
        b"lamp,code,plain",
    ]
    file = parse_stock(b"\n".join(lines), SLUGS)
    assert [content for *_, content in taken(file)] == ["ключ-1", "ключ-2", "plain"]
    assert (faults(file), file.read_as) == ([(3, Fault.NOT_UTF_8)], "UTF-8")
    assert "character" in problem(Language.EN, file.bad[0].wrong).lower()
    alone = parse_stock(b"\n".join([HEAD.encode(), broken, b"lamp,code,plain"]), SLUGS)
    assert ([content for *_, content in taken(alone)], faults(alone)) == (["plain"], [(2, Fault.NOT_UTF_8)])


def test_a_file_in_windows_1251_is_told_to_be_one_and_one_in_utf_8_is_not():
    lines = "товар;вид;значение", "lamp;код;Ключ № 7 — «ёж»", "lamp;code;plain"
    text = "\n".join(lines)
    assert [parse_stock(text.encode(one), SLUGS).read_as for one in ("cp1251", "utf-8", "utf-16")] == [
        "Windows-1251", "UTF-8", "UTF-16"
    ]  # fmt: skip
    assert taken(parse_stock(text.encode("cp1251"), SLUGS)) == taken(parse_stock(text.encode(), SLUGS))


@pytest.mark.parametrize(
    "line", ["lamp,code,clé", "lamp,code,ABCй1", "lamp,code,Ђџ", "lamp,code,я", "lamp,code,¤¦"], ids=ascii
)
def test_what_is_not_russian_throughout_is_not_taken_for_windows_1251(line):
    encoding = "latin-1" if "é" in line else "cp1251"
    data = f"{HEAD}\nlamp,code,PLAIN\n".encode() + line.encode(encoding)
    file = parse_stock(data, SLUGS)
    assert ([content for *_, content in taken(file)], faults(file)) == (["PLAIN"], [(3, Fault.NOT_UTF_8)])


def test_russian_text_in_utf_8_with_a_byte_missing_is_not_read_as_windows_1251():
    for cut in range(1, 12):
        words = "Привет, мир".encode()
        file = parse_stock(f"{HEAD}\nlamp,code,".encode() + words[: cut - 1] + words[cut:], SLUGS)
        assert file.read_as == "UTF-8"
        assert "Р" not in "".join(content for *_, content in taken(file))


def test_a_mark_of_byte_order_is_left_out_however_often_it_stands_at_the_head_and_named_elsewhere():
    mark = "\ufeff"
    for head in (mark, mark * 2, mark * 3):
        assert taken(stock("lamp,code,A", head=head + HEAD)) == [(2, "lamp", "code", "A")]
    assert faults(stock(f"lamp,code,{mark}A", "lamp,code,B\ufffd")) == [
        (2, Fault.UNREADABLE),
        (3, Fault.UNREADABLE),
    ]
    assert taken(stock("lamp,code,A", head=mark + HEAD, encoding="utf-16")) == [(2, "lamp", "code", "A")]


def test_nul_costs_its_own_line():
    file = stock("lamp,code,A\0B", "lamp,code,C")
    assert ([content for *_, content in taken(file)], faults(file)) == (["C"], [(2, Fault.UNREADABLE)])


@pytest.mark.parametrize("odd", ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_what_looks_like_a_line_end_within_a_key_does_not_make_two_of_it(odd):
    file = stock(f"lamp,code,A{odd}B", "lamp,code,C")
    assert ([content for *_, content in taken(file)], faults(file)) == (["C"], [(2, Fault.UNREADABLE)])


@pytest.mark.parametrize("ends", ["\r\n", "\r\r\n", "\r"], ids=ascii)
def test_line_ends_of_all_kinds_count_once(ends):
    file = parse_stock(ends.join([HEAD, "lamp,code,A", "lamp,code,B"]).encode(), SLUGS)
    assert [(line, content) for line, *_, content in taken(file)] == [(2, "A"), (3, "B")]


KEYS = st.text(st.sampled_from("ABйЖ\"',;\t é\xff№ключ"), min_size=1, max_size=12)


@given(st.lists(KEYS, min_size=1, max_size=8), st.sampled_from(["utf-8", "cp1251", "latin-1"]), st.data())
def test_nothing_is_sold_that_is_not_a_line_of_the_file_in_the_encoding_that_is_told(keys, encoding, data):
    text = "\n".join([HEAD, *(f"lamp,code,{key}" for key in keys)]).encode(encoding, "replace")
    place = data.draw(st.integers(len(HEAD) + 1, len(text)))
    text = text[:place] + data.draw(st.sampled_from([b"", b"\xe9", b"\xd0", b'"', b"\0"])) + text[place:]
    try:
        file = parse_stock(text, SLUGS)
    except OwnerError:
        return
    lines = text.split(b"\n")
    for one in file.good:
        said_as = "cp1251" if file.read_as == "Windows-1251" else "utf-8"
        line = lines[one.line - 1].decode(said_as)
        plain = one.item.content.decode()
        assert plain in line or plain.replace('"', '""') in line


# Bad lines


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("lamp,code", Fault.TOO_FEW_CELLS),
        ("lamp,code,A,B", Fault.TOO_MANY_CELLS),
        ("lump,code,A", Fault.UNKNOWN_PRODUCT),
        (",code,A", Fault.MISSING),
        ("lamp,,A", Fault.MISSING),
        ("lamp,code,", Fault.MISSING),
        ("lamp,key,A", Fault.UNKNOWN_KIND),
        ("lamp,файл,A", Fault.FILE_IN_TABLE),
        ("lamp,link,example.com", Fault.NOT_A_LINK),
        ("lamp,link,https://example.com/a b", Fault.NOT_A_LINK),
        ("lamp,link,javascript:alert(1)", Fault.NOT_A_LINK),
        ("lamp,code,A\x07", Fault.UNREADABLE),
        ("lamp,code," + "A" * 3_001, Fault.TOO_LONG),
        ("lamp,code," + "A" * 200_000, Fault.TOO_LONG),
        ('lamp,code,"A"B', Fault.QUOTES),
        ('lamp,code,"A', Fault.QUOTES),
    ],
)
def test_a_bad_line_is_named_and_the_lines_around_it_are_taken(line, fault):
    file = stock("lamp,code,FIRST", line, "lamp,code,LAST")
    assert [content for *_, content in taken(file)] == ["FIRST", "LAST"]
    assert faults(file) == [(3, fault)]


def test_a_quote_that_is_never_closed_costs_its_own_line_and_no_other():
    codes = [f"lamp,code,K-{number}" for number in range(200)]
    file = stock('lamp,code,"OPEN', *codes)
    assert faults(file) == [(2, Fault.QUOTES)]
    assert len(file.good) == 200


def test_two_open_quotes_do_not_swallow_what_is_between_them():
    file = stock('lamp,code,"A', "lamp,code,B", 'lamp,code,"C', "lamp,code,D")
    assert faults(file) == [(2, Fault.QUOTES), (4, Fault.QUOTES)]
    assert [content for *_, content in taken(file)] == ["B", "D"]


def test_the_nearest_product_is_proposed():
    (bad,) = stock("lihgthouse,code,A").bad
    assert problem(Language.EN, bad.wrong).startswith(
        "There is no product “lihgthouse”. Did you mean lighthouse?"
    )


def test_what_is_there_twice_names_the_first_of_them():
    file = stock("lamp,code,A", "trams,code,A", "LAMP,link,https://a.b", "lamp,code, A ")
    assert [content for *_, content in taken(file)] == ["A", "A", "https://a.b"]
    assert [(one.line, one.first_line) for one in file.twice] == [(5, 2)]


# Files that are not taken at all


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.FILE_EMPTY),
        (b"\n \n", Fault.FILE_EMPTY),
        (b"slug,kind\nlamp,code", Fault.NO_COLUMN),
        (b"lamp,code,A", Fault.NO_COLUMN),
        (b"slug,kind,content,product\nlamp,code,A,lamp", Fault.COLUMN_TWICE),
        (b"PK\x03\x04and so on", Fault.NOT_A_TABLE),
        (b"\x98" * 10, Fault.NOT_A_TABLE),
        (b"slug,kind,\0content\nlamp,code,A", Fault.NOT_A_TABLE),
        (b"\xff\xfea", Fault.NOT_A_TABLE),
        (b"a" * (TABLE_BYTES_MAX + 1), Fault.FILE_TOO_LARGE),
        (HEAD.encode() + b"\nlamp,code,A" * (ROWS_MAX + 1), Fault.TOO_MANY_ROWS),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, Fault) else "",
)
def test_a_file_that_cannot_be_taken_is_refused_whole(data, fault):
    with pytest.raises(OwnerError) as refused:
        parse_stock(data, SLUGS)
    assert refused.value.wrong.fault is fault
    assert problem(Language.RU, refused.value.wrong)


def test_as_many_lines_as_allowed_are_taken_within_a_second_or_so():
    file = stock(*(f'lamp,code,"K-{number}' for number in range(ROWS_MAX // 2)))
    assert len(file.bad) == ROWS_MAX // 2  # each looks for its end in the lines after it


PIECES = st.sampled_from(
    [",", ";", "\t", '"', '""', "\n", "\r", "\r\n", "slug", "kind", "content", "lamp", "code", "link", "файл",
     "https://a.b", "A", " ", "\x00", "\x07", "\ufeff", "\u2028", "\x0c", "я", "😀", "sep=;"]
)  # fmt: skip
MANGLED = st.one_of(
    st.lists(PIECES, max_size=80).map(lambda parts: (HEAD + "\n" + "".join(parts)).encode()),
    st.lists(PIECES, max_size=80).map(lambda parts: "".join(parts).encode()),
    st.tuples(st.lists(PIECES, max_size=40), st.binary(max_size=40)).map(
        lambda both: (HEAD + "\n" + "".join(both[0])).encode() + both[1]
    ),
    st.binary(max_size=200),
)


@given(MANGLED)
def test_however_mangled_a_file_is_each_of_its_lines_is_counted_once(data):
    try:
        file = parse_stock(data, SLUGS)
    except OwnerError as refused:
        said(refused.wrong)
        return
    assert file.lines == len(file.good) + len(file.bad) + len(file.twice)
    lines = [one.line for one in (*file.good, *file.bad, *file.twice)]
    assert len(set(lines)) == len(lines)
    assert all(1 < line <= data.count(b"\n") + data.count(b"\r") + 1 for line in lines)
    assert all(one.first_line < one.line for one in file.twice)
    assert len({(one.slug, one.item.content) for one in file.good}) == len(file.good)
    for one in file.bad:
        said(one.wrong)


CODES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and not any(map(is_unreadable, text))
)


@given(st.lists(CODES, min_size=1, max_size=20, unique=True), st.sampled_from([",", ";", "\t"]))
def test_what_a_spreadsheet_writes_is_read_as_it_was(codes, separator):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["slug", "kind", "content"], *(["lamp", "code", code] for code in codes)])
    file = parse_stock(text.getvalue().encode(), SLUGS)
    assert [line.item.content.decode() for line in file.good] == codes
    assert (file.bad, file.twice) == ((), ())


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
    assert faults(file) == [(2, Fault.QUOTES), (4, Fault.QUOTES)]


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
        ({"title_ru": ""}, Fault.MISSING),
        ({"title_en": "x" * 65}, Fault.TOO_LONG),
        ({"description_en": "x" * 1001}, Fault.TOO_LONG),
        ({"price": "free"}, Fault.BAD_PRICE),
        ({"price": "0"}, Fault.PRICE_OUT_OF_RANGE),
        ({"price": "9999999999999"}, Fault.PRICE_OUT_OF_RANGE),
        ({"currency": "roubles"}, Fault.BAD_CURRENCY),
        ({"active": "maybe"}, Fault.BAD_YES_OR_NO),
    ],
    ids=str,
)
def test_a_bad_product_is_named(cells, fault):
    file = product(**cells)
    assert faults(file) == [(2, fault)]
    assert problem(Language.RU, file.bad[0].wrong)


def test_a_product_that_is_there_twice_is_taken_as_it_came_first():
    line = "harbour,games,Г,H,,,1,RUB,,"
    file = parse_products(f"{PRODUCT_HEAD}\n{line}\n{line}".encode(), CATEGORIES, SUPPLIERS)
    assert [one.line for one in file.good] == [2]
    assert file.bad[0].wrong == Wrong(Fault.SLUG_TWICE, {"slug": "harbour", "line": 2})


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1490", "RUB", 149_000),
        ("1490.5", "RUB", 149_050),
        ("1490,05", "RUB", 149_005),
        ("1 490,50", "RUB", 149_050),
        ("1\u00a0234\u202f567", "RUB", 123_456_700),
        ("0.01", "USD", 1),
        ("1490", "JPY", 1_490),
        ("1,490", "KWD", 1_490),
        ("9999999999.99", "RUB", 999_999_999_999),
    ],
)
def test_a_price_is_read_exactly(text, currency, minor):
    assert parse_price(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("1,490", "RUB"), ("1.490,00", "RUB"), ("14 90", "RUB"), ("1490.", "RUB"), ("1e3", "RUB"), ("-5", "RUB"),
     ("1490 ₽", "RUB"), ("1.5", "JPY"), ("0.001", "RUB"), ("", "RUB"), ("١٤٩٠", "RUB"), ("1_490", "RUB")],
)  # fmt: skip
def test_a_price_that_would_have_to_be_guessed_or_rounded_is_refused(text, currency):
    with pytest.raises(OwnerError):
        parse_price(text, currency)


@given(st.integers(1, 10**12))
def test_every_price_comes_back_as_it_was_written(minor):
    assert parse_price(f"{minor // 100},{minor % 100:02d}", "RUB") == minor


# Words


def test_every_fault_has_its_words_in_both_languages():
    assert set(PROBLEMS[Language.RU]) == set(PROBLEMS[Language.EN]) == set(Fault)


def test_both_languages_name_the_same_values():
    def named(text):
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    for fault in Fault:
        assert named(PROBLEMS[Language.RU][fault]) == named(PROBLEMS[Language.EN][fault]), fault


@given(st.text(max_size=60))
def test_a_line_about_a_discount_is_read_or_refused(text):
    try:
        offer = parse_offer(text, SLUGS, date(2026, 1, 1))
    except OwnerError as refused:
        said(refused.wrong)
    else:
        assert 1 <= offer.percent <= 90
