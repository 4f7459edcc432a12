"""Tables that owners send: what is taken, what is named as bad, and that no file is too mangled for it."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import OwnerError, Wrong
from mailroom.actors.kit.owners.tables.cells import cell, is_unreadable, known, yes_or_no
from mailroom.actors.kit.owners.tables.table import ROWS_MAX, BadLine, Line, in_order, read_table
from mailroom.actors.kit.owners.tables.text import TABLE_BYTES_MAX, ReadAs

SLUGS = ("lamp", "lighthouse", "trams")
HEAD = "slug,kind,content"
COLUMNS = {"slug": ("product", "товар"), "kind": ("type", "вид"), "content": ("значение",), "note": ()}


class Fault(StrEnum):
    """What else can be wrong in the room of this test."""

    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Taken:
    """What the room of this test makes of a table: a line is something of a kind."""

    good: list[tuple[int, str, str, str]]
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...]
    read_as: ReadAs


def parse(data, *, across=False):
    table = read_table(data, COLUMNS, ["note"], across=across)
    good, bad = [], list(table.bad)
    for row in table.rows:
        try:
            slug = known(cell(row, "slug", 64).lower(), SLUGS, Fault.UNKNOWN)
            good.append(
                (row.line, slug, cell(row, "kind", 20), cell(row, "content", 3_000, many_lines=across))
            )
        except OwnerError as error:
            bad.append(BadLine(row.line, error.wrong))
    return Taken(good, in_order(bad), table.ignored, table.read_as)


def stock(*lines, head=HEAD, encoding="utf-8"):
    return parse("\n".join([head, *lines]).encode(encoding))


def faults(file):
    return [(one.line, one.wrong.fault) for one in file.bad]


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("head", ["slug,kind,content", "Товар,Вид,Значение", "content,SLUG,Type"])
def test_a_table_is_read_whatever_made_it(separator, ends, encoding, head):
    cells = {"slug": "lamp", "kind": "код", "content": "КЛЮЧ-1"}
    names = {"товар": "slug", "вид": "kind", "значение": "content", "type": "kind"}
    order = [names.get(name.lower(), name.lower()) for name in head.split(",")]
    lines = [head.replace(",", separator), separator.join(cells[name] for name in order), ""]
    file = parse(ends.join(lines).encode(encoding))
    assert file.good == [(2, "lamp", "код", "КЛЮЧ-1")]
    assert (file.bad, file.ignored) == ((), ())


def test_excel_may_name_its_separator_in_a_line_of_its_own():
    file = parse(b"sep=;\nslug;kind;content\nlamp;code;A,B")
    assert file.good == [(3, "lamp", "code", "A,B")]


def test_columns_that_mean_nothing_are_left_out_and_named():
    file = stock("lamp,code,A,mine", head="slug,kind,content,Заметка")
    assert file.good == [(2, "lamp", "code", "A")]
    assert file.ignored == ("Заметка",)


def test_empty_lines_and_the_empty_cells_behind_a_line_are_nothing():
    file = stock("", "lamp,code,A,,", ",,", "   ")
    assert file.good == [(3, "lamp", "code", "A")]
    assert file.bad == ()


def test_a_quoted_value_may_have_separators_and_quotes_in_it():
    file = stock('lamp,code,"login: a, password: ""b,c"""', "lamp,code,D")
    assert file.good == [(2, "lamp", "code", 'login: a, password: "b,c"'), (3, "lamp", "code", "D")]


def test_two_stray_quotes_do_not_make_one_key_of_two():
    file = stock('lamp,code,"A', 'lamp,code,B"', "lamp,code,C")
    assert file.good == [(4, "lamp", "code", "C")]
    assert faults(file) == [(2, TableFault.QUOTES), (3, TableFault.QUOTES)]


def test_a_value_of_several_lines_is_named_and_never_sold_in_parts():
    file = stock('lamp,code,"login: a', 'password: b"', "lamp,code,C")
    assert file.good == [(4, "lamp", "code", "C")]
    assert faults(file) == [(2, TableFault.QUOTES), (3, TableFault.QUOTES)]


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
    file = parse(b"\n".join(lines))
    assert [content for *_, content in file.good] == ["ключ-1", "ключ-2", "plain"]
    assert (faults(file), file.read_as) == ([(3, TableFault.NOT_UTF_8)], "UTF-8")
    assert file.bad[0].wrong.values["place"] >= 1
    alone = parse(b"\n".join([HEAD.encode(), broken, b"lamp,code,plain"]))
    assert [content for *_, content in alone.good] == ["plain"]
    assert faults(alone) == [(2, TableFault.NOT_UTF_8)]


def test_a_file_in_windows_1251_is_told_to_be_one_and_one_in_utf_8_is_not():
    lines = "товар;вид;значение", "lamp;код;Ключ № 7 — «ёж»", "lamp;code;plain"
    text = "\n".join(lines)
    assert [parse(text.encode(one)).read_as for one in ("cp1251", "utf-8", "utf-16")] == [
        "Windows-1251", "UTF-8", "UTF-16"
    ]  # fmt: skip
    assert parse(text.encode("cp1251")).good == parse(text.encode()).good


@pytest.mark.parametrize(
    "line", ["lamp,code,clé", "lamp,code,ABCй1", "lamp,code,Ђџ", "lamp,code,я", "lamp,code,¤¦"], ids=ascii
)
def test_what_is_not_russian_throughout_is_not_taken_for_windows_1251(line):
    encoding = "latin-1" if "é" in line else "cp1251"
    data = f"{HEAD}\nlamp,code,PLAIN\n".encode() + line.encode(encoding)
    file = parse(data)
    assert [content for *_, content in file.good] == ["PLAIN"]
    assert faults(file) == [(3, TableFault.NOT_UTF_8)]


def test_russian_text_in_utf_8_with_a_byte_missing_is_not_read_as_windows_1251():
    for cut in range(1, 12):
        words = "Привет, мир".encode()
        file = parse(f"{HEAD}\nlamp,code,".encode() + words[: cut - 1] + words[cut:])
        assert file.read_as == "UTF-8"
        assert "Р" not in "".join(content for *_, content in file.good)


def test_a_mark_of_byte_order_is_left_out_however_often_it_stands_at_the_head_and_named_elsewhere():
    mark = "\ufeff"
    for head in (mark, mark * 2, mark * 3):
        assert stock("lamp,code,A", head=head + HEAD).good == [(2, "lamp", "code", "A")]
    assert faults(stock(f"lamp,code,{mark}A", "lamp,code,B\ufffd")) == [
        (2, TableFault.UNREADABLE),
        (3, TableFault.UNREADABLE),
    ]
    assert stock("lamp,code,A", head=mark + HEAD, encoding="utf-16").good == [(2, "lamp", "code", "A")]


def test_nul_costs_its_own_line():
    file = stock("lamp,code,A\0B", "lamp,code,C")
    assert ([content for *_, content in file.good], faults(file)) == (["C"], [(2, TableFault.UNREADABLE)])


@pytest.mark.parametrize("odd", ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_what_looks_like_a_line_end_within_a_key_does_not_make_two_of_it(odd):
    file = stock(f"lamp,code,A{odd}B", "lamp,code,C")
    assert ([content for *_, content in file.good], faults(file)) == (["C"], [(2, TableFault.UNREADABLE)])


@pytest.mark.parametrize("ends", ["\r\n", "\r\r\n", "\r"], ids=ascii)
def test_line_ends_of_all_kinds_count_once(ends):
    file = parse(ends.join([HEAD, "lamp,code,A", "lamp,code,B"]).encode())
    assert [(line, content) for line, *_, content in file.good] == [(2, "A"), (3, "B")]


KEYS = st.text(st.sampled_from("ABйЖ\"',;\t é\xff№ключ"), min_size=1, max_size=12)


@given(st.lists(KEYS, min_size=1, max_size=8), st.sampled_from(["utf-8", "cp1251", "latin-1"]), st.data())
def test_nothing_is_sold_that_is_not_a_line_of_the_file_in_the_encoding_that_is_told(keys, encoding, data):
    text = "\n".join([HEAD, *(f"lamp,code,{key}" for key in keys)]).encode(encoding, "replace")
    place = data.draw(st.integers(len(HEAD) + 1, len(text)))
    text = text[:place] + data.draw(st.sampled_from([b"", b"\xe9", b"\xd0", b'"', b"\0"])) + text[place:]
    try:
        file = parse(text)
    except OwnerError:
        return
    lines = text.split(b"\n")
    for one in file.good:
        said_as = "cp1251" if file.read_as == "Windows-1251" else "utf-8"
        line, plain = lines[one[0] - 1].decode(said_as), one[3]
        assert plain in line or plain.replace('"', '""') in line


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("lamp,code", TableFault.TOO_FEW_CELLS),
        ("lamp,code,A,B", TableFault.TOO_MANY_CELLS),
        ("lump,code,A", Fault.UNKNOWN),
        (",code,A", TableFault.MISSING),
        ("lamp,,A", TableFault.MISSING),
        ("lamp,code,", TableFault.MISSING),
        ("lamp,code,A\x07", TableFault.UNREADABLE),
        ("lamp,code," + "A" * 3_001, TableFault.TOO_LONG),
        ("lamp,code," + "A" * 200_000, TableFault.TOO_LONG),
        ('lamp,code,"A"B', TableFault.QUOTES),
        ('lamp,code,"A', TableFault.QUOTES),
    ],
)
def test_a_bad_line_is_named_and_the_lines_around_it_are_taken(line, fault):
    file = stock("lamp,code,FIRST", line, "lamp,code,LAST")
    assert [content for *_, content in file.good] == ["FIRST", "LAST"]
    assert faults(file) == [(3, fault)]


def test_a_quote_that_is_never_closed_costs_its_own_line_and_no_other():
    codes = [f"lamp,code,K-{number}" for number in range(200)]
    file = stock('lamp,code,"OPEN', *codes)
    assert faults(file) == [(2, TableFault.QUOTES)]
    assert len(file.good) == 200


def test_two_open_quotes_do_not_swallow_what_is_between_them():
    file = stock('lamp,code,"A', "lamp,code,B", 'lamp,code,"C', "lamp,code,D")
    assert faults(file) == [(2, TableFault.QUOTES), (4, TableFault.QUOTES)]
    assert [content for *_, content in file.good] == ["B", "D"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", TableFault.FILE_EMPTY),
        (b"\n \n", TableFault.FILE_EMPTY),
        (b"slug,kind\nlamp,code", TableFault.NO_COLUMN),
        (b"lamp,code,A", TableFault.NO_COLUMN),
        (b"slug,kind,content,product\nlamp,code,A,lamp", TableFault.COLUMN_TWICE),
        (b"PK\x03\x04and so on", TableFault.NOT_A_TABLE),
        (b"\x98" * 10, TableFault.NOT_A_TABLE),
        (b"slug,kind,\0content\nlamp,code,A", TableFault.NOT_A_TABLE),
        (b"\xff\xfea", TableFault.NOT_A_TABLE),
        (b"a" * (TABLE_BYTES_MAX + 1), TableFault.FILE_TOO_LARGE),
        (HEAD.encode() + b"\nlamp,code,A" * (ROWS_MAX + 1), TableFault.TOO_MANY_ROWS),
    ],
    ids=lambda value: value if isinstance(value, TableFault) else "",
)
def test_a_file_that_cannot_be_taken_is_refused_whole(data, fault):
    with pytest.raises(OwnerError) as refused:
        parse(data)
    assert refused.value.wrong.fault is fault


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
        file = parse(data)
    except OwnerError:
        return
    lines = [*(line for line, *_ in file.good), *(one.line for one in file.bad)]
    assert len(set(lines)) == len(lines)
    assert all(1 < line <= data.count(b"\n") + data.count(b"\r") + 1 for line in lines)


CODES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and not any(map(is_unreadable, text))
)


@given(st.lists(CODES, min_size=1, max_size=20, unique=True), st.sampled_from([",", ";", "\t"]))
def test_what_a_spreadsheet_writes_is_read_as_it_was(codes, separator):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["slug", "kind", "content"], *(["lamp", "code", code] for code in codes)])
    file = parse(text.getvalue().encode())
    assert [content for *_, content in file.good] == codes
    assert file.bad == ()


def test_a_value_may_have_lines_where_the_room_says_so_and_two_stray_quotes_lose_no_line():
    (line,) = parse(f'{HEAD}\nlamp,code,"a,\n""b""\nc"'.encode(), across=True).good
    assert line == (2, "lamp", "code", 'a,\n"b"\nc')
    lines = [HEAD, 'lamp,code,"A', "lamp,code,B", 'lamp,code,C"', "lamp,code,D"]
    file = parse("\n".join(lines).encode(), across=True)
    assert [content for *_, content in file.good] == ["B", "D"]
    assert faults(file) == [(2, TableFault.QUOTES), (4, TableFault.QUOTES)]


def test_a_name_that_is_not_known_is_refused_with_the_nearest():
    (bad,) = stock("lihgthouse,code,A").bad
    assert bad.wrong == Wrong(Fault.UNKNOWN, {"name": "lihgthouse", "near": "lighthouse"})


@pytest.mark.parametrize(("word", "found"), [("", True), ("Да", True), ("ON", True), ("нет", False)])
def test_yes_and_no_are_read_in_any_language(word, found):
    assert yes_or_no(Line(2, {"active": word}), "active") is found


def test_what_is_neither_yes_nor_no_is_refused():
    with pytest.raises(OwnerError) as refused:
        yes_or_no(Line(2, {"active": "maybe"}), "active")
    assert refused.value.wrong == Wrong(TableFault.BAD_YES_OR_NO, {"word": "maybe"})
