"""Where each kind of update belongs: which chat, which of Telegram's queues, and whether it can wait."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.lenient_json import OBJECTS_DEEP_MAX, elements, parse_lenient
from mailroom.actors.providers.telegram import (
    EXPEDITED,
    NotAnUpdateError,
    UnreadableUpdateError,
    place_of,
    read_update,
    update_id_in,
)

CHAT = {"chat": {"id": -100, "type": "group"}, "from": {"id": 7, "language_code": "ru"}}
USER = {"from": {"id": 7, "language_code": "ru"}}

PLACES = {
    "message": (CHAT, -100, "chat"),
    "edited_message": (CHAT, -100, "chat"),
    "channel_post": ({"chat": {"id": -100}}, -100, "chat"),
    "edited_channel_post": ({"chat": {"id": -100}}, -100, "chat"),
    "business_message": (CHAT, -100, "business"),
    "edited_business_message": (CHAT, -100, "business"),
    "deleted_business_messages": ({"chat": {"id": -100}}, -100, "business"),
    "business_connection": ({"user": {"id": 7}}, 7, "connection"),
    "message_reaction": ({"chat": {"id": -100}, "user": {"id": 7}}, -100, "reaction"),
    "message_reaction_count": ({"chat": {"id": -100}}, -100, "reaction"),
    "inline_query": (USER, 7, "inline"),
    "chosen_inline_result": (USER, 7, "chosen"),
    "callback_query": ({**USER, "message": CHAT}, -100, "callback"),
    "shipping_query": (USER, 7, "checkout"),
    "pre_checkout_query": (USER, 7, "checkout"),
    "purchased_paid_media": (USER, 7, "paid"),
    "poll_answer": ({"user": {"id": 7}}, 7, "poll"),
    "my_chat_member": (CHAT, -100, "member"),
    "chat_member": (CHAT, -100, "member"),
    "chat_join_request": (CHAT, -100, "member"),
    "chat_boost": ({"chat": {"id": -100}}, -100, "boost"),
    "removed_chat_boost": ({"chat": {"id": -100}}, -100, "boost"),
}


@pytest.mark.parametrize("kind", PLACES)
def test_an_update_belongs_to_its_chat_or_else_to_its_user(kind):
    event, chat_id, queue = PLACES[kind]
    place = place_of({"update_id": 5, kind: event})
    assert (place.update_id, place.kind, place.chat_id, place.queue) == (5, kind, chat_id, queue)
    assert place.expedited is (kind in EXPEDITED)


def test_every_kind_that_aiogram_knows_has_a_place():
    from aiogram.types import Update

    kinds = set(Update.model_fields) - {"update_id"}
    for kind in kinds:
        event = {"id": "1", "chat": {"id": 1}, "from": {"id": 1}, "user": {"id": 1}}
        assert place_of({"update_id": 1, kind: event}).kind == kind


def test_the_tap_on_a_button_of_an_inline_message_belongs_to_the_user():
    assert place_of({"update_id": 1, "callback_query": {**USER, "inline_message_id": "x"}}).chat_id == 7


def test_the_tap_under_a_message_too_old_to_be_shown_still_names_its_chat():
    message = {"chat": {"id": -100}, "message_id": 3, "date": 0}
    assert place_of({"update_id": 1, "callback_query": {**USER, "message": message}}).chat_id == -100


def test_a_vote_cast_in_the_name_of_a_channel_belongs_to_the_channel():
    assert place_of({"update_id": 1, "poll_answer": {"poll_id": "9", "voter_chat": {"id": -5}}}).chat_id == -5


def test_the_results_of_one_poll_stay_in_one_line():
    first, again = (place_of({"update_id": n, "poll": {"id": "123456789"}}) for n in (1, 2))
    assert first.chat_id == again.chat_id
    assert first.kind == "poll"


def test_a_kind_of_tomorrow_is_let_through_without_a_place():
    place = place_of({"update_id": 1, "telepathy": {"from": {"id": 7}}})
    assert (place.kind, place.queue) == (None, "telepathy")


BROKEN = [
    *([], "text", None, 5, {}, {"message": CHAT}, {"update_id": 1}),
    *({"update_id": wrong, "message": CHAT} for wrong in ("1", True, 1.5, None)),
    *({"update_id": 1, "message": wrong} for wrong in ([], {}, {"chat": 5}, {"chat": {"id": "7"}})),
    *({"update_id": 1, "message": {"chat": {"id": wrong}}} for wrong in (None, True, 7.5)),
    *({"update_id": 1, "callback_query": {}}, {"update_id": 1, "inline_query": {"from": []}}),
]


@pytest.mark.parametrize("broken", BROKEN, ids=json.dumps)
def test_what_is_no_update_is_refused_with_a_reason(broken):
    with pytest.raises(NotAnUpdateError) as refused:
        place_of(broken)
    assert str(refused.value)


@pytest.mark.parametrize(
    "before",
    [
        {"later": {"chat": {"id": 9}}},
        {"later": 5},
        {"later": None},
        {"message": None},
        {"later": "x", "more": []},
    ],
    ids=str,
)
def test_what_a_later_version_adds_before_it_does_not_hide_a_kind_that_is_known(before):
    place = place_of({"update_id": 1, **before, "callback_query": {**USER, "message": CHAT}})
    assert (place.kind, place.chat_id) == ("callback_query", -100)
    place = place_of({**before, "callback_query": {**USER, "message": CHAT}, "update_id": 1})
    assert place.kind == "callback_query"


@pytest.mark.parametrize("value", [5, None, "x", [], True])
def test_a_kind_of_tomorrow_that_is_no_object_is_let_through_too(value):
    assert place_of({"update_id": 1, "telepathy": value}).kind is None


NESTED = b"[" * 100_000 + b"]" * 100_000
UNREADABLE = {
    "half a surrogate pair": rb'{"update_id": 7, "message": {"text": "\ud83d", "chat": {"id": -5}}}',
    "half a pair before it": rb'{"\ud83d": "\udc00", "update_id": 7, "message": {"chat": {"id": -5}}}',
    "bytes that are no UTF-8": b'{"update_id": 7, "message": {"text": "\xff\xed", "chat": {"id": -5}}}',
    "deep lists": b'{"update_id": 7, "message": {"x": ' + NESTED + b', "chat": {"id": -5}}}',
    "deep objects": b'{"update_id": 7, "message": {"x": '
    + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b', "chat": {"id": -5, "x": {}}}}',
    "a long number": b'{"update_id": 7, "message": {"x": ' + b"1" * 5000 + b', "chat": {"id": -5}}}',
    "a tap": rb'{"update_id": 7, "callback_query": {"data": "\ud83d", "from": {"id": 1}, "message":'
    rb' {"chat": {"id": -5}}}}',
    "no JSON inside": b'{"update_id": 7, "message": {"chat": {"id": -5}, x}}',
}  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_of_an_update_that_is_refused_by_a_strict_reader_its_place_is_read_all_the_same(body):
    with pytest.raises(UnreadableUpdateError) as refused:
        read_update(body)
    assert (refused.value.update_id, refused.value.chat_id) == (7, -5)
    assert refused.value.kind in ("message", "callback_query")
    assert update_id_in(body) == 7


WRONG_INSIDE = [
    {"update_id": 7},
    *(
        {"update_id": 7, "message": wrong}
        for wrong in ([], {}, None, "x", {"chat": 5}, {"chat": {"id": "7"}})
    ),
    *({"update_id": 7, "message": {"chat": {"id": wrong}}} for wrong in (None, True, 7.5, 10**30)),
    *({"update_id": 7, "callback_query": {}}, {"update_id": 7, "inline_query": {"from": []}}),
]


@pytest.mark.parametrize("update", WRONG_INSIDE, ids=json.dumps)
def test_an_update_of_the_wrong_shape_inside_is_still_one(update):
    with pytest.raises(UnreadableUpdateError) as refused:
        place_of(update)
    assert (refused.value.update_id, refused.value.chat_id) == (7, None)


NO_ID = [
    b"", b"{", b"hello", b"\xff\xfe\x00", b"\x00" * 1000, NESTED[:1000], NESTED, b'"update_id": 7',
    b'{"update_id": 7, "message": {}', b'{"update_id": 7}}', b'{"update_id": 7} {}', b'{"update_id": 7]',
    b'{"update_id": 7, "x": "\xff', rb'{"update_id": "\ud83d"}', b'{"update_id": 1e400}',
    b'{"update_id": ' + b"1" * 5000 + b"}", b'{"x": {"update_id": 7}, "y": "\xff"}', b'["\xff"]',
    b'{"update_id": -1}',
]  # fmt: skip


@pytest.mark.parametrize("body", NO_ID, ids=lambda body: repr(body[:30]))
def test_what_has_no_readable_id_is_none_at_all(body):
    with pytest.raises(NotAnUpdateError) as refused:
        read_update(body)
    assert not isinstance(refused.value, UnreadableUpdateError)
    assert update_id_in(body) is None


@given(st.binary(max_size=200) | st.text('{}[]":,\\ud8 1update_id').map(str.encode))
def test_whatever_comes_is_an_update_or_none(body):
    with suppress(NotAnUpdateError):
        read_update(b'{"update_id": 7, "message": ' + body + b"}")


JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=9),
    lambda parts: st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), JSON_VALUE, max_size=4))
def test_what_is_skimmed_is_what_a_strict_reader_reads(value):
    def depth(one):
        return 1 + max(map(depth, one.values()), default=0) if isinstance(one, dict) else 0

    if depth(value) <= OBJECTS_DEEP_MAX:
        assert parse_lenient(json.dumps(value).encode()) == value


@given(
    st.lists(
        st.recursive(st.text() | st.integers(), lambda one: st.lists(one) | st.dictionaries(st.text(), one))
    )
)
def test_the_elements_of_a_list_are_had_one_by_one(parts):
    answer = json.dumps({"ok": True, "before": [1, "result"], "result": parts, "after": {"result": [2]}})
    assert [json.loads(one) for one in elements(answer.encode(), "result")] == parts
