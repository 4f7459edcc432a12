"""Where each kind of update belongs: which chat, which of Telegram's queues, and whether it can wait."""

import json

import pytest

from actors.providers.telegram import EXPEDITED, NotAnUpdateError, place_of

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


def test_the_senders_language_is_read_where_there_is_one():
    assert place_of({"update_id": 1, "message": CHAT}).language == "ru"
    assert place_of({"update_id": 1, "channel_post": {"chat": {"id": 1}}}).language == ""
    assert (
        place_of({"update_id": 1, "message": {**CHAT, "from": {"id": 1, "language_code": 5}}}).language == ""
    )


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
