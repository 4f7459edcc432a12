"""Named statements are read from text, and a broken file is refused with the line to repair."""

import pytest

from mailroom.storage.postgres.queries import QueryFileError, parse

TWO = """-- first: one.
SELECT 1;

-- second: two, with a note inside.
-- note: this is not a name.
SELECT 2
WHERE true;
"""


def test_statements_are_found_by_name():
    assert parse(TWO, source="x.sql") == {
        "first": "SELECT 1",
        "second": "-- note: this is not a name.\nSELECT 2\nWHERE true",
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT 1;", "x.sql:1: expected a header"),
        ("-- first\nSELECT 1;", "x.sql:1: expected a header"),
        ("-- a: b.\nSELECT 1;\n-- a: c.\nSELECT 2;", "x.sql:3: a second statement is called 'a'"),
        ("-- a: b.\nSELECT 1", "statement 'a' does not end"),
    ],
)
def test_a_broken_file_is_refused(text, complaint):
    with pytest.raises(QueryFileError) as refused:
        parse(text, source="x.sql")
    assert complaint in str(refused.value)
