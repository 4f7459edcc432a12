"""Texts and errors of others, made fit to be kept: whatever they are, nothing raises and everything ends."""

import enum
import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from mailroom.storage.texts import as_json, kept, printable, shown
from mailroom.storage.words import TRACEBACK_CHARS_MAX, traceback_of, words

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=50)
"""Whatever a string of Python's may hold: halves of surrogate pairs and NUL too."""


class Mute(Exception):  # noqa: N818 - an error of somebody else's
    """Refuses to be told."""

    def __str__(self):
        raise RuntimeError("not my text")

    __repr__ = __str__


class Deaf(Mute):
    """Refuses to be looked at, too."""

    def __getattribute__(self, name):
        raise RuntimeError(f"not my {name}")


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


@given(ANY_TEXT)
def test_what_is_printable_can_be_kept_by_every_store(text):
    fit = printable(text)
    fit.encode()
    assert "\0" not in fit
    assert len(fit) == len(text)


@given(st.text())
def test_a_text_that_can_be_kept_is_not_changed_but_for_nul(text):
    assert printable(text.replace("\0", "")) == text.replace("\0", "")


def test_of_a_long_text_beginning_and_end_are_kept():
    assert kept("a" * 1000 + "b" * 1000, 20) == f"{'a' * 10} … {'b' * 10}"


def test_an_error_whose_text_cannot_be_had_is_told_by_its_type():
    assert words(ValueError("no")) == "ValueError: no"
    assert words(ValueError()) == "ValueError: "
    assert words(Mute()) == "Mute: <Mute whose text cannot be had: RuntimeError>"
    assert words(Deaf()).startswith("Deaf")
    assert shown(Mute).startswith("<class")


def test_the_traceback_of_an_error_that_refuses_to_be_told_is_had_all_the_same():
    assert "in raised" in traceback_of(raised(Mute()))
    assert "Deaf" in traceback_of(raised(Deaf()))


def test_a_traceback_has_an_end_and_no_variables():
    def deeper(number):
        variable = "secret" * 1000
        if number:
            return deeper(number - 1) or variable
        raise ValueError("x" * 100_000)

    try:
        deeper(200)
    except ValueError as error:
        text = traceback_of(error)
    assert len(text) <= TRACEBACK_CHARS_MAX + 3
    assert "secretsecret" not in text
    assert "in deeper" in text


class Colour(enum.Enum):
    RED = "\ud83d"


class Letter(BaseModel):
    text: str


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.binary(max_size=20),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(ANY_TEXT, parts, max_size=4),
    max_leaves=10,
)


@given(ANY_VALUE)
def test_every_value_is_json_whatever_its_texts_hold(value):
    json.loads(as_json(value))


def test_what_is_no_value_of_json_is_shown_as_text():
    loop = []
    loop.append(loop)
    said = json.loads(as_json({"a": Mute(), "b": "\ud83d", Colour.RED: [Letter(text="\ud83d"), 10**5000]}))
    assert said["a"] == "<Mute whose text cannot be had: RuntimeError>"
    assert said["b"] == "\N{REPLACEMENT CHARACTER}"
    assert json.loads(as_json(loop))
