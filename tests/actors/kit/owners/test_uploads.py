"""What became of a table that an owner sent: told in a message, and as a file where that is not enough."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.lists import LIST_CHARS_MAX, fitted, shortened
from mailroom.actors.kit.owners.refusals import OwnerError, wrong
from mailroom.actors.kit.owners.tables.table import BadLine
from mailroom.actors.kit.owners.texts import OWNER_FOLDER
from mailroom.actors.kit.owners.texts.uploads import UploadTexts
from mailroom.actors.kit.owners.uploads import (
    BAD_LINES_SHOWN_MAX,
    fetch_document,
    send_bad_lines,
    upload_report,
)
from mailroom.actors.texts.reading import read_texts

TEXTS = read_texts(UploadTexts, OWNER_FOLDER, default="en", theme="owner/uploads")["en"]


@dataclass(frozen=True)
class Seats:
    """What a room has made of a table."""

    bad: tuple[BadLine, ...] = ()
    ignored: tuple[str, ...] = ()
    read_as: str = "UTF-8"


def bad(count):
    return tuple(BadLine(line, wrong(TableFault.MISSING, column="<seat>")) for line in range(2, count + 2))


def said(one):
    return f'no "{one.values["column"]}"'


def report(file):
    return upload_report(TEXTS, ["2 added."], file, said)


def test_what_the_room_took_is_told_first_and_all_else_only_where_there_is_any():
    assert report(Seats()) == "2 added."


def test_bad_lines_are_named_one_by_one_and_escaped_as_far_as_one_reads_them():
    told = report(Seats(bad=bad(BAD_LINES_SHOWN_MAX + 3)))
    assert "Line 2. no &quot;&lt;seat&gt;&quot;" in told
    assert told.count("Line ") == BAD_LINES_SHOWN_MAX
    assert "3 more, all of them are in the file below." in told


def test_columns_that_mean_nothing_and_another_encoding_are_told():
    told = report(Seats(ignored=("Note <1>", "x" * 300), read_as="Windows-1251"))
    assert "it was read as Windows-1251" in told
    assert "Note &lt;1&gt;, xxx" in told
    assert told.endswith("….")


def test_all_the_bad_lines_are_a_table_that_a_spreadsheet_reads_where_a_message_does_not_hold_them():
    sent = []

    async def answer_document(file, **_):
        sent.append(file)

    message = SimpleNamespace(answer_document=answer_document)
    asyncio.run(send_bad_lines(message, TEXTS, bad(BAD_LINES_SHOWN_MAX), said))
    assert sent == []
    asyncio.run(send_bad_lines(message, TEXTS, bad(BAD_LINES_SHOWN_MAX + 1), said))
    (file,) = sent
    head, first, *rest = file.data.decode("utf-8-sig").split("\r\n")
    assert (file.filename, head, first) == ("bad-lines.csv", "line;problem", '2;"no ""<seat>"""')
    assert len(rest) == BAD_LINES_SHOWN_MAX


def test_a_file_that_is_too_large_is_refused_without_being_fetched():
    async def download(_):
        raise AssertionError("it was fetched")

    document = SimpleNamespace(file_size=11)
    with pytest.raises(OwnerError) as refused:
        asyncio.run(fetch_document(SimpleNamespace(download=download), document, 10))
    assert refused.value.wrong == wrong(TableFault.FILE_TOO_LARGE, size=11, most=10)


def test_a_list_ends_where_a_message_does_and_says_that_it_goes_on():
    rows = ["x" * 99] * 50
    assert fitted(rows).split("\n") == [*rows[: LIST_CHARS_MAX // 100], "…"]
    assert fitted(rows[:3]) == "\n".join(rows[:3])
    assert (shortened("abcdef", 6), shortened("abcdefg", 6)) == ("abcdef", "abcde…")
