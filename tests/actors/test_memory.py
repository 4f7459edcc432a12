import datetime as dt
import enum
import json
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from aiogram.enums import ContentType
from aiogram.types import Chat, Message, PhotoSize, User
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from mailroom.actors.memory import from_text, to_text


class Colour(enum.Enum):
    RED = "r"


class Size(str, enum.Enum):  # noqa: UP042 - as most bots have them
    SMALL = "s"


class Step(enum.IntEnum):
    FIRST = 1


class Right(enum.IntFlag):
    READ = 1
    WRITE = 2


class Day(enum.StrEnum):
    MONDAY = "mon"


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Words(list):
    pass


class Settings(dict):
    pass


class Point(NamedTuple):
    x: int


@dataclass
class Line:
    x: int


class Model(BaseModel):
    x: int


class SaysYes:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


def there_and_back(data):
    """By way of the wire, which takes any string of Python's."""
    return from_text(to_text(data).encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass"))


def same(back, value):
    """Equal, of the same types all through, and dictionaries in the same order."""
    if type(back) is not type(value) or back != value:
        return False
    if isinstance(value, dict):
        return all(map(same, list(back), list(value))) and all(same(back[key], value[key]) for key in value)
    return not isinstance(value, list | tuple) or all(map(same, back, value))


def test_what_json_keeps_is_stored_as_plain_json():
    data = {"name": "Анна", "answers": ["a", 1, 2.5, None, True], "nested": {"x": {}}}
    assert json.loads(to_text(data)) == data
    assert from_text(to_text(data)) == data


@pytest.mark.parametrize(
    "value",
    [
        {0: "Paris", 1: "Madrid"},
        {"deep": [{(1, 2): {"x"}}]},
        (1, (2, [3])),
        {1, 2, 3},
        frozenset({"a"}),
        b"\x00\xff",
        dt.datetime(2026, 5, 1, 12, 30, 15, 7, tzinfo=dt.UTC),
        dt.date(2026, 5, 1),
        dt.time(23, 59),
        dt.timedelta(days=-1, microseconds=5),
        Decimal("10.50"),
        UUID(int=5),
        Colour.RED,
        ["list", "telegram"],
        Size.SMALL,
        Step.FIRST,
        Right.READ,
        Right.READ | Right.WRITE,
        Right(0),
        Day.MONDAY,
        ContentType.TEXT,
        {Size.SMALL: Step.FIRST, "list": [Size.SMALL]},
        {True: "yes", 2: "two", None: "none", 1.5: "float"},
        [True, 1, 1.0, False, 0, 0.0],
        OrderedDict([("b", 1), ("a", OrderedDict())]),
        defaultdict(int, {"a": 1}),
        defaultdict(list, {"a": [1]}),
        defaultdict(None, {"a": 1}),
        Counter("hello"),
        10**30,
        pytest.param(-(10**5000), id="a number of 5000 digits"),
        float("inf"),
        dt.datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        "cut \ud83d off",
        {"\ud83d": ["\udc00", ("\ud83d\ude00", "\0")]},
    ],
)
def test_what_json_would_change_comes_back_as_it_was(value):
    assert same(there_and_back({"value": value}), {"value": value})


def test_a_day_later_is_a_day_later_in_its_zone():
    before = dt.datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # the night has a hour less
    back = from_text(to_text({"at": before}))["at"]
    assert (back + dt.timedelta(days=1)).isoformat() == "2026-03-29T12:00:00+02:00"


def test_a_defaultdict_goes_on_to_make_what_is_missing():
    back = from_text(to_text({"hits": defaultdict(int)}))["hits"]
    back["a"] += 1
    assert back == {"a": 1}


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT
    | st.binary(max_size=9) | st.sampled_from([Size.SMALL, Step.FIRST, Right.READ, Colour.RED]),
    lambda parts: st.lists(parts, max_size=4)
    | st.dictionaries(ANY_TEXT | st.integers() | st.booleans(), parts, max_size=4)
    | st.dictionaries(ANY_TEXT, parts, max_size=4).map(OrderedDict)
    | st.tuples(parts, parts),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(ANY_TEXT, ANY_VALUE, max_size=5))
def test_whatever_is_kept_comes_back_exactly(data):
    assert same(there_and_back(data), data)


WRITTEN_BEFORE = {
    '{"n":1,"big":1000000000000000000000000000000}': {"n": 1, "big": 10**30},
    '["mailroom", ["dict", "a", ["datetime", "2026-05-01T12:30:00+00:00"]]]': {
        "a": dt.datetime(2026, 5, 1, 12, 30, tzinfo=dt.UTC)
    },
    f'["mailroom", ["dict", "a", ["enum", "{__name__}", "Colour", "RED"], 1, ["set", 2]]]': {
        "a": Colour.RED,
        1: {2},
    },
    '["mailroom", ["dict", "a", ["list", ["tuple", 1], ["dict", 1, 2], ["bytes", "AP8="]]]]': {
        "a": [(1,), {1: 2}, b"\x00\xff"]
    },
}


@pytest.mark.parametrize("text", WRITTEN_BEFORE)
def test_what_the_version_before_wrote_is_read(text):
    assert same(from_text(text), WRITTEN_BEFORE[text])


def test_a_received_message_can_be_kept():
    message = Message(
        message_id=5,
        date=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
        chat=Chat(id=7, type="private"),
        from_user=User(id=7, is_bot=False, first_name="Ann"),
        photo=[PhotoSize(file_id="F", file_unique_id="u", width=1, height=1)],
    )
    back = from_text(to_text({"message": message}))["message"]
    assert back == message
    assert back.photo[0].file_id == "F"
    assert back.from_user.first_name == "Ann"


def test_a_received_message_with_half_a_surrogate_pair_can_be_kept():
    message = Message(
        message_id=5,
        date=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
        chat=Chat(id=7, type="private"),
        text="\ud83d",
    )
    assert there_and_back({"message": message})["message"].text == "\ud83d"


def local_enum():
    class Local(enum.Enum):
        ONE = 1

    return Local.ONE


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Text("x"), "Text"),
        (Number(1), "Number"),
        (Words(), "Words"),
        (Settings(a=1), "Settings"),
        (Point(1), "Point"),
        (Line(1), "Line"),
        (Model(x=1), "Model"),
        (SaysYes(), "SaysYes"),
        (defaultdict(lambda: 1), "defaultdict"),
        (MappingProxyType({"a": 1}), "mappingproxy"),
        (bytearray(b"x"), "bytearray"),
        (local_enum(), "Local"),
        (1j, "complex"),
    ],
)
def test_what_would_come_back_as_something_else_is_refused_by_name(value, name):
    with pytest.raises(TypeError, match=rf"data\['a'\]\[0\] is a .*{name}"):
        to_text({"a": [value]})


def test_what_contains_itself_is_refused():
    circle = {}
    circle["again"] = circle
    with pytest.raises(TypeError, match="FSM data is kept in a store"):
        to_text(circle)


def test_what_cannot_be_kept_is_named_with_its_place():
    with pytest.raises(TypeError, match=r"data\['cart'\]\[1\] is a builtins.object"):
        to_text({"cart": [1, object()]})
