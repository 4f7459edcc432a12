"""Dead letters as on-call sees them: found, put back, dropped, edited; and a message that is skipped."""

import json

import pytest

from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import NOWHERE, Chat
from mailroom.storage.redis.mailbox import Offer
from mailroom.supervisors.oncall import letters
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from tests.supervisors.oncall.fake_process import Chats


def update(update_id, chat_id=7, kind="message", text="hi"):
    chat = {"id": chat_id, "type": "private"}
    return json.dumps(
        {"update_id": update_id, kind: {"message_id": 1, "date": 1, "chat": chat, "text": text}}
    )


@pytest.fixture
def die(box):
    """Accept a message and let it die."""

    def die(order, *, chat=None, error="ValueError: no", payload=None):
        chat = chat or box.chat
        box.own(chat=chat)
        text = payload or update(order, int(chat.id))
        receipt = box.accept(order, chat=chat, payload=text.encode())
        entry = next(one for one in box.waiting(chat) if one.seq == receipt.seq)
        letter = {
            "bot": chat.bot, "chat": chat.id, "seq": entry.seq, "order": entry.order, "kind": entry.kind,
            "queue": entry.queue, "trace": entry.trace, "accepted_ms": entry.accepted_ms,
            "died_ms": 1000 + order,
            "attempts": 3, "epoch": 5, "error": error, "traceback": "", "payload": entry.payload.decode(),
            "expedited": False,
        }  # fmt: skip
        box.commit(entry, chat=chat, dead=letter)
        return f"{chat}:{entry.seq}"

    return die


def test_dead_letters_are_found_counted_by_reason_and_read(oncall, die):
    first, second = die(1, error="ValueError: no\nand more"), die(2, error="KeyError: 'x'")
    assert [one.id for one in oncall.letters.find(Wanted())] == [second, first]
    assert oncall.letters.find(Wanted(), 1)[0].id == second
    assert oncall.dead.reasons(Wanted(error="value")) == [("shop", "ValueError: no", 1)]
    assert oncall.dead.show(first).attempts == 3
    with pytest.raises(UnknownTargetError, match="There is no dead letter"):
        oncall.dead.show("shop:7:999")


def test_requeued_letters_stand_in_their_old_place_and_their_chat_is_woken(start, oncall, die, box):
    worker = start(chats=Chats({"shop:7": 0}))
    dead = die(5)
    box.accept(6)
    outcome = oncall.dead.requeue([dead], oncall.by)
    assert (outcome.done, outcome.failed, outcome.says) == (1, 0, "1 dead letter requeued.")
    assert box.orders() == [5, 6]
    assert worker.chats.told == [("reload", "shop:7")]
    assert oncall.letters.find(Wanted()) == []


def test_letters_are_requeued_by_what_they_died_of(oncall, die, box):
    for order in (3, 1, 2):
        die(order, error="TimeoutError: pay")
    kept = die(4, error="KeyError: 'x'")
    outcome = oncall.dead.requeue(Wanted(error="timeout"), oncall.by)
    assert (outcome.done, box.orders()) == (3, [1, 2, 3])
    assert [one.id for one in oncall.letters.find(Wanted())] == [kept]
    assert oncall.look.audit()[0].target == "dead letters with error=timeout"


def test_letters_of_a_suspended_chat_are_requeued_and_wait(oncall, die):
    dead = die(1)
    oncall.act.suspend("shop:7", oncall.by)
    outcome = oncall.dead.requeue([dead], oncall.by)
    assert (outcome.done, outcome.says) == (
        1,
        "1 dead letter requeued. 1 of them wait until they are resumed.",
    )


def test_what_could_not_be_requeued_is_counted_and_named(oncall, die, box):
    chat = Chat("shop", "8")
    dead, stays = die(1), die(2, chat=chat)
    box.own(chat=chat)
    raw = b"9 9 9 message chat t\n{}"
    box.raw.rpush(box.key(f"box:{chat}", chat), *[raw] * 1000)
    outcome = oncall.dead.requeue([dead, "shop:7:999", "nonsense", stays], oncall.by)
    assert (outcome.done, outcome.failed) == (1, 3)
    assert "3 could not be: shop:7:999 is not there any more; nonsense is not there any more" in outcome.says
    assert f"{stays} its mailbox is full" in outcome.says
    assert oncall.dead.show(stays).order == 2


def test_a_bulk_action_does_so_much_at_a_time_and_says_what_is_left(oncall, die, monkeypatch):
    monkeypatch.setattr(letters, "BULK_MAX", 2)
    oldest = die(1)
    ids = [oldest, *(die(order) for order in (2, 3, 4, 5))]
    outcome = oncall.dead.drop(Wanted(bot="shop"), oncall.by)
    assert (outcome.done, outcome.failed) == (2, 0)
    assert outcome.says == "2 dead letters dropped. 3 more are left: do it again for those."
    dropped = oncall.dead.drop(ids[2:], oncall.by)
    assert dropped.says == "2 dead letters dropped. 1 more are left: do it again for those."
    assert [one.id for one in oncall.letters.find(Wanted())] == [ids[4]]


def test_a_bulk_action_on_nothing_says_so(oncall):
    for which in ([], Wanted(error="never")):
        outcome = oncall.dead.drop(which, oncall.by)
        assert (outcome.done, outcome.says) == (0, "There are no such dead letters: nothing to do.")


def test_a_letter_named_twice_is_done_once(oncall, die):
    dead = die(1)
    assert oncall.dead.drop([dead, dead], oncall.by).says == "1 dead letter dropped."


def test_an_edited_letter_is_handled_as_edited(oncall, die, box):
    dead = die(1)
    fixed = update(1, text="better")
    assert oncall.dead.edit(dead, fixed, oncall.by).done == 1
    oncall.dead.requeue([dead], oncall.by)
    assert box.waiting()[0].payload.decode() == fixed


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not an Update: the body is not a JSON object"),
        ('{"message": {}}', "is not an Update: update_id is missing"),
        (update(1, chat_id=8), "belongs to chat 8: a message cannot move out of shop:7"),
        (update(1, kind="edited_message"), "must stay a message, and this is a edited_message"),
        ('{"update_id": 1, "new_thing": {}}', "must stay a message, and this is a new_thing"),
        (update(2), "update_id must stay 1"),
        ('"' + "x" * 1024 * 1024 + '"', "over 1024 KiB"),
    ],
)
def test_a_payload_that_could_not_be_handled_in_its_chat_is_refused(oncall, die, payload, said):
    dead = die(1)
    with pytest.raises(OnCallError) as caught:
        oncall.dead.edit(dead, payload, oncall.by)
    assert said in str(caught.value)
    assert oncall.dead.show(dead).payload == update(1)
    assert said in oncall.look.audit()[0].outcome


def test_the_payload_of_an_event_may_be_any_json(oncall, die, box):
    dead = die(1)
    field = box.key("dead")
    letter = json.loads(box.raw.hget(field, dead)) | {"kind": "event", "payload": '{"name": "remind"}'}
    box.raw.hset(field, dead, json.dumps(letter))
    assert oncall.dead.edit(dead, '{"name": "remind", "data": "1"}', oncall.by).done == 1
    with pytest.raises(OnCallError, match="is not JSON"):
        oncall.dead.edit(dead, "remind", oncall.by)


def test_a_letter_that_is_not_there_cannot_be_edited(oncall):
    with pytest.raises(UnknownTargetError):
        oncall.dead.edit("shop:7:1", "{}", oncall.by)


def test_a_skipped_message_is_a_dead_letter_and_the_next_one_comes(start, oncall, box):
    worker = start(chats=Chats({"shop:7": 1}))
    box.accept(1)
    box.accept(2)
    outcome = oncall.letters.skip("shop:7", oncall.by)
    (letter,) = oncall.letters.find(Wanted())
    assert (outcome.done, letter.id in outcome.says) == (1, True)
    assert (letter.order, letter.skipped_by, letter.error) == (1, "ann", "Skipped by ann: a test")
    assert box.orders() == [2]
    assert worker.chats.told == [("reload", "shop:7")]
    assert oncall.look.audit()[0].action == "skip"


def test_the_message_of_a_number_is_skipped_and_no_other(start, oncall, box):
    start()
    box.accept(1)
    second = box.accept(2).seq
    oncall.letters.skip("shop:7", oncall.by, seq=second)
    assert box.orders() == [1]
    with pytest.raises(OnCallError, match=f"Message {second} does not wait in shop:7"):
        oncall.letters.skip("shop:7", oncall.by, seq=second)


def test_where_nothing_waits_nothing_is_skipped(start, oncall):
    start()
    with pytest.raises(OnCallError, match="Nothing waits in shop:7"):
        oncall.letters.skip("shop:7", oncall.by)
    with pytest.raises(OnCallError, match="shop is no chat"):
        oncall.letters.skip("shop", oncall.by)


def test_a_message_is_skipped_in_a_suspended_chat_which_stays_suspended(start, oncall, box):
    start()
    box.accept(1)
    oncall.act.suspend("shop", oncall.by)
    assert "shop stays suspended" in oncall.letters.skip("shop:7", oncall.by).says


def bury(box, update_id, body, chat):
    offer = Offer(chat, str(update_id), update_id, "message", "unreadable", "trace", body)
    assert box.call(box.mailboxes.bury(offer, "it could not be read: no JSON")) == "dead"


def test_a_letter_of_no_chat_is_listed_and_dropped_and_says_why_it_cannot_be_put_back(oncall, box):
    bury(box, 5, b'{"update_id": 5, "x": "\\ud83d \\u0000"}\xff\0', Chat("shop", NOWHERE))
    (letter,) = oncall.letters.find(Wanted(bot="shop"))
    assert letter.id.startswith("shop:0:")
    assert oncall.dead.show(letter.id).payload == '{"update_id": 5, "x": "\\ud83d \\u0000"}\ufffd\ufffd'
    assert oncall.dead.reasons(Wanted()) == [("shop", "it could not be read: no JSON", 1)]
    outcome = oncall.dead.requeue([letter.id], oncall.by)
    assert (outcome.done, outcome.failed) == (0, 1)
    assert "belongs to no chat, for none could be read from it: it can only be dropped" in outcome.says
    with pytest.raises(OnCallError, match="send it to the webhook again, mended"):
        oncall.dead.edit(letter.id, update(5), oncall.by)
    assert oncall.dead.drop([letter.id], oncall.by).done == 1


def test_an_unreadable_letter_of_a_chat_is_mended_and_requeued_into_it(oncall, box):
    body = update(5).encode().replace(b'"hi"', rb'"\ud83d"')
    bury(box, 5, body, box.chat)
    (letter,) = oncall.letters.find(Wanted(chat=box.chat))
    with pytest.raises(OnCallError, match="not JSON"):
        oncall.dead.edit(letter.id, letter.payload, oncall.by)
    assert oncall.dead.edit(letter.id, update(5), oncall.by).done == 1
    assert oncall.dead.requeue([letter.id], oncall.by).done == 1
    assert box.waiting()[0].payload.decode() == update(5)
