"""Where an apology goes: to whoever wrote, where they wrote it; and to nobody who did not."""

import pytest
from aiogram import Router
from aiogram.types import Message

from mailroom.actors.hosting.notice import Addressee, addressee_of
from tests.actors.bot_process import FIRST_UPDATE_ID, message

ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "ru"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup"}
CHANNEL = {"id": -200, "type": "channel"}
WRITTEN = {"chat": PRIVATE, "from": ANN, "text": "hi"}
IN_GROUP = {"chat": GROUP, "from": ANN, "text": "hi"}
IN_TOPIC = {**IN_GROUP, "message_thread_id": 3, "is_topic_message": True}
BY_BUSINESS = {**WRITTEN, "business_connection_id": "b"}

TOLD = {
    "a message": ({"message": WRITTEN}, Addressee(7, "ru")),
    "one in a group": ({"message": IN_GROUP}, Addressee(-100, "ru")),
    "one in a topic": ({"message": IN_TOPIC}, Addressee(-100, "ru", thread_id=3)),
    "an answer in a group without topics": (
        {"message": {**IN_GROUP, "message_thread_id": 3}},
        Addressee(-100, "ru"),
    ),
    "one by business": ({"business_message": BY_BUSINESS}, Addressee(7, "ru", business_connection_id="b")),
    "one to a channel's own": (
        {"message": {**IN_GROUP, "direct_messages_topic": {"topic_id": 9}}},
        Addressee(-100, "ru", direct_topic_id=9),
    ),
    "an edit": ({"edited_message": WRITTEN}, Addressee(7, "ru")),
    "a payment": ({"message": {**WRITTEN, "successful_payment": {}}}, Addressee(7, "ru")),
    "an anonymous admin": (
        {"message": {**IN_GROUP, "from": {**ANN, "is_bot": True}, "sender_chat": GROUP}},
        Addressee(-100, "ru"),
    ),
    "a tap": ({"callback_query": {"from": ANN, "message": {"chat": PRIVATE}}}, Addressee(7, "ru")),
    "a tap in a topic": (
        {"callback_query": {"from": ANN, "message": {**IN_TOPIC, "from": {"id": 42, "is_bot": True}}}},
        Addressee(-100, "ru", thread_id=3),
    ),
    "a tap by business": (
        {"callback_query": {"from": ANN, "message": BY_BUSINESS}},
        Addressee(7, "ru", business_connection_id="b"),
    ),
    "a checkout": ({"pre_checkout_query": {"from": ANN}}, Addressee(7, "ru")),
    "a kind of tomorrow before it": ({"later": {}, "message": WRITTEN}, Addressee(7, "ru")),
}

NOT_TOLD = {
    "a post in a channel": {"channel_post": {"chat": CHANNEL}},
    "an edited post": {"edited_channel_post": {"chat": CHANNEL}},
    "a message in a channel": {"message": {**WRITTEN, "chat": CHANNEL}},
    "a post that was copied into its group": {"message": {**IN_GROUP, "is_automatic_forward": True}},
    "a tap under a post": {"callback_query": {"from": ANN, "message": {"chat": CHANNEL}}},
    "a tap under an inline message": {"callback_query": {"from": ANN, "inline_message_id": "x"}},
    "a search": {"inline_query": {"from": ANN}},
    "what was chosen of it": {"chosen_inline_result": {"from": ANN}},
    "somebody who joined": {"message": {**IN_GROUP, "new_chat_members": [ANN]}},
    "somebody who left": {"message": {**IN_GROUP, "left_chat_member": ANN}},
    "a pinned message": {"message": {**IN_GROUP, "pinned_message": {}}},
    "another bot": {"message": {**IN_GROUP, "from": {**ANN, "is_bot": True}}},
    "the owner of a business account": {"business_message": {**BY_BUSINESS, "from": {**ANN, "id": 8}}},
    "the bot of a business account": {"business_message": {**BY_BUSINESS, "sender_business_bot": {}}},
    "a message deleted there": {"deleted_business_messages": {"chat": PRIVATE}},
    **{
        kind: {kind: {"chat": GROUP, "from": ANN, "user": ANN}}
        for kind in (
            *("my_chat_member", "chat_member", "chat_join_request", "message_reaction", "chat_boost"),
            *("message_reaction_count", "removed_chat_boost", "poll", "poll_answer", "business_connection"),
            *("purchased_paid_media", "guest_message"),
        )
    },
}


@pytest.mark.parametrize("what", TOLD)
def test_whoever_wrote_is_told_where_they_wrote(what):
    update, addressee = TOLD[what]
    assert addressee_of({"update_id": 1, **update}) == addressee


@pytest.mark.parametrize("what", NOT_TOLD)
def test_nobody_is_told_of_what_nobody_wrote(what):
    assert addressee_of({"update_id": 1, **NOT_TOLD[what]}) is None


@pytest.mark.parametrize(
    "update",
    [None, [], {}, {"message": 5}, {"message": {}}, {"message": {"chat": 5}}, {"callback_query": {}}],
)
def test_what_was_never_checked_tells_nobody(update):
    assert addressee_of(update) is None


def failing() -> Router:
    router = Router()

    @router.message()
    @router.my_chat_member()
    @router.channel_post()
    async def fail(event: Message) -> None:
        raise RuntimeError("no such luck")

    return router


def test_an_apology_goes_into_the_topic_of_its_message(play, telegram):
    update = message(7, "hi", FIRST_UPDATE_ID)
    update["message"] |= {"chat": {**GROUP, "title": "x"}, "message_thread_id": 3, "is_topic_message": True}

    async def scenario(process):
        await process.offer(update)
        await process.until(lambda: telegram.calls)
        await process.settled()

    play(failing(), scenario)
    ((_, args),) = telegram.calls
    assert (args["chat_id"], args["message_thread_id"]) == (-100, 3)


def test_an_apology_goes_through_the_business_connection_of_its_message(play, telegram):
    update = message(7, "hi", FIRST_UPDATE_ID)
    update["business_message"] = {**update.pop("message"), "business_connection_id": "b"}
    router = failing()
    router.business_message()(router.message.handlers[0].callback)

    async def scenario(process):
        await process.offer(update)
        await process.until(lambda: telegram.calls)
        await process.settled()

    play(router, scenario)
    ((_, args),) = telegram.calls
    assert (args["chat_id"], args["business_connection_id"]) == (7, "b")


def test_no_channel_hears_an_apology(play, telegram):
    update = message(7, "hi", FIRST_UPDATE_ID)
    update["channel_post"] = {**update.pop("message"), "chat": {**CHANNEL, "title": "x"}}

    async def scenario(process):
        await process.offer(update)
        await process.settled()

    play(failing(), scenario)
    assert telegram.calls == []
