import datetime as dt
import enum
import json
from decimal import Decimal
from uuid import UUID

import pytest
from aiogram.types import Chat, Message, PhotoSize, User

from actors.memory import from_text, to_text


class Colour(enum.Enum):
    RED = "r"


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
    ],
)
def test_what_json_would_change_comes_back_as_it_was(value):
    back = from_text(to_text({"value": value}))["value"]
    assert back == value
    assert type(back) is type(value)


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


def test_what_cannot_be_kept_is_named_with_its_place():
    with pytest.raises(TypeError, match=r"data\['cart'\]\[1\] is a builtins.object"):
        to_text({"cart": [1, object()]})
