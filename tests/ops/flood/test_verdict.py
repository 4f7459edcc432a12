from mailroom.ops.flood.plan import Expect
from mailroom.ops.flood.stream import Message
from mailroom.ops.flood.verdict import judge
from mailroom.ops.flood.watcher import Reply

CHAT = 7


def written(count: int) -> list[Message]:
    return [
        Message(100 + number, CHAT, number, f"m {number}", sent_at=float(number), accepted=True)
        for number in range(1, count + 1)
    ]


def replies(*texts: str) -> list[Reply]:
    return [Reply(CHAT, text, None, 50.0 + place) for place, text in enumerate(texts)]


def test_a_counter_that_counts_in_order_is_recognised_and_good():
    verdict = judge(written(3), replies("m 1 #1", "m 2 #2", "m 3 #3"), Expect.AUTO)
    assert verdict.expect is Expect.COUNTER
    assert (verdict.lost, verdict.doubled, verdict.out_of_order, verdict.miscounted) == (0, 0, 0, 0)
    assert verdict.good
    assert verdict.reply_seconds == [49.0, 49.0, 49.0]


def test_an_accepted_message_without_a_reply_is_lost():
    verdict = judge(written(3), replies("m 1 #1", "m 3 #2"), Expect.COUNTER)
    assert (verdict.lost, verdict.miscounted, verdict.good) == (1, 0, False)


def test_a_message_that_was_never_accepted_is_not_lost():
    sent = written(2)
    sent[1].accepted = False
    assert judge(sent, replies("m 1 #1"), Expect.COUNTER).good


def test_a_reply_that_comes_after_that_to_a_later_message_is_out_of_order():
    verdict = judge(written(3), replies("m 2 x", "m 1 x", "m 3 x"), Expect.ECHO)
    assert (verdict.out_of_order, verdict.miscounted, verdict.good) == (1, None, False)


def test_a_refused_message_may_be_overtaken_by_what_was_under_way_only():
    sent = written(2)
    sent[0].came_back, sent[0].taken_at = True, 10.0
    sent[1].taken_from = 9.0
    assert judge(sent, replies("m 2", "m 1"), Expect.ECHO).out_of_order == 0
    sent[1].taken_from = 11.0
    assert judge(sent, replies("m 2", "m 1"), Expect.ECHO).out_of_order == 1


def test_a_second_answer_to_one_message_is_told_and_not_counted_again():
    verdict = judge(written(2), replies("m 1 #1", "m 1 #1", "m 2 #2"), Expect.COUNTER)
    assert (verdict.doubled, verdict.miscounted, verdict.good) == (1, 0, True)


def test_a_step_that_was_counted_twice_is_miscounted():
    verdict = judge(written(2), replies("m 1 #1", "m 2 #3"), Expect.COUNTER)
    assert (verdict.miscounted, verdict.good) == (1, False)


def test_of_replies_that_tell_nothing_only_their_number_is_judged():
    verdict = judge(written(3), replies("Press a button", "Press a button"), Expect.AUTO)
    assert verdict.expect is Expect.ANY
    assert (verdict.lost, verdict.out_of_order, verdict.doubled) == (1, None, None)


def test_a_reply_marked_with_its_message_needs_no_text():
    marked = [Reply(CHAT, "yes", 102, 60.0), Reply(CHAT, "yes", 101, 61.0)]
    assert judge(written(2), marked, Expect.AUTO).out_of_order == 1


def test_a_text_that_is_part_of_another_is_not_mistaken_for_it():
    sent = written(12)
    answers = replies(*(f"You said: m {number}" for number in range(1, 13)))
    verdict = judge(sent, answers, Expect.AUTO)
    assert (verdict.expect, verdict.lost, verdict.out_of_order) == (Expect.ECHO, 0, 0)


def test_messages_that_repeat_cannot_be_told_apart():
    sent = written(2)
    for message in sent:
        message.text = "hello"
    assert judge(sent, replies("hello", "hello"), Expect.AUTO).expect is Expect.ANY
