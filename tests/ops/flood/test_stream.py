import random

from mailroom.ops.flood.plan import Plan
from mailroom.ops.flood.stream import messages, with_duplicates


def test_chats_take_turns_and_update_ids_are_consecutive():
    made = list(messages(Plan(chats=2, messages=5, text="{chat}/{n}"), 100, 1000))
    assert [one.update_id for one in made] == [100, 101, 102, 103, 104]
    assert [one.chat_id for one in made] == [1000, 1001, 1000, 1001, 1000]
    assert [one.text for one in made] == ["1/1", "2/1", "1/2", "2/2", "1/3"]


def test_duplicates_are_the_same_messages_once_more_and_come_later():
    plan = Plan(messages=1000)
    stream = list(with_duplicates(messages(plan, 1, 1), 0.1, random.Random(1)))
    ids = [one.update_id for one in stream]
    assert sorted(set(ids)) == list(range(1, 1001))
    assert 60 < len(ids) - 1000 < 140
    firsts = list(dict.fromkeys(ids))
    assert firsts == sorted(firsts)


def test_without_duplicates_every_message_goes_out_once():
    stream = list(with_duplicates(messages(Plan(messages=50), 1, 1), 0.0, random.Random(1)))
    assert len(stream) == 50
