"""Telegram refuses, breaks, stalls and cuts connections: order is kept, waits are kept, nothing is lost."""

import itertools
import time

from tests.acceptance.hostile.stack import BOTS, Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import APART, TOGETHER, usually_in


def early_calls(stack: Stack) -> int:
    """How many calls Telegram got before the wait was over that it had imposed."""
    found: int = stack.telegram.ask("faults")["early_calls"]
    return found


def attempts(stack: Stack, chat: int) -> list[tuple[float, str, bool]]:
    return [(call["at"], call["args"]["text"], call["ok"]) for call in stack.calls(chat)]


def test_a_short_wait_is_kept_and_the_order_with_it(stack: Stack) -> None:
    chat, other = new_chat(), new_chat()
    stack.misbehave({"kind": "429", "chat_id": chat, "retry_after": 2, "times": 1})
    for text in "ab":
        stack.says(chat, text)
    stack.says(other, "hello")
    assert stack.wait_for_replies(other, 1) == ["1 hello"]
    assert stack.replies(chat) == [], "the other chat did not wait"
    assert stack.wait_for_replies(chat, 2) == numbered("ab")
    calls = attempts(stack, chat)
    assert [ok for _, _, ok in calls] == [False, True, True]
    assert calls[1][0] - calls[0][0] >= 2
    assert early_calls(stack) == 0


@usually_in(APART)
def test_two_chats_refused_within_a_second_make_the_whole_bot_wait(stack: Stack) -> None:
    first, second, third = new_chat(), new_chat(), new_chat()
    stack.misbehave(
        *({"kind": "429", "chat_id": chat, "retry_after": 3, "times": 1} for chat in (first, second))
    )
    stack.says(first, "a")
    stack.says(second, "b")
    wait_until(lambda: stack.calls(first) and stack.calls(second), "both refused")
    refused_at = max(stack.calls(first)[0]["at"], stack.calls(second)[0]["at"])
    wait_until(
        lambda: '"whole_bot":true' in stack.service.said().replace(" ", ""), "the whole bot is parked", 5
    )
    stack.says(third, "c")
    assert stack.wait_for_replies(third, 1) == ["1 c"]
    assert stack.calls(third)[0]["at"] >= refused_at + 2.9
    assert stack.wait_for_replies(first, 1) == ["1 a"]
    assert stack.wait_for_replies(second, 1) == ["1 b"]
    assert early_calls(stack) == 0


WAIT_SECONDS = 25
"""Longer than two processes need to start on a busy machine."""


@usually_in(APART)
def test_a_long_wait_survives_the_process(stack: Stack) -> None:
    chat, other = new_chat(), new_chat()
    stack.misbehave({"kind": "429", "chat_id": chat, "retry_after": WAIT_SECONDS, "times": 1})
    for text in "abc":
        stack.says(chat, text)
    wait_until(lambda: "put_off" in stack.service.said() and stack.calls(chat), "put off")
    refused_at = stack.calls(chat)[0]["at"]
    stack.service.kill()
    stack.service.start_and_wait()
    stack.says(other, "hello")
    assert stack.wait_for_replies(other, 1) == ["1 hello"]
    assert time.time() < refused_at + WAIT_SECONDS, "the test was too slow to show anything"
    assert stack.wait_for_replies(chat, 3, seconds=WAIT_SECONDS + 20) == numbered("abc")
    assert stack.calls(chat)[1]["at"] >= refused_at + WAIT_SECONDS
    assert early_calls(stack) == 0
    assert not stack.dead_letters(chat), "waiting is no attempt"


def test_broken_slow_and_cut_off_calls_are_made_until_they_succeed(stack: Stack) -> None:
    """Each in a chat of its own, all at the same time."""
    kinds = {
        "500": {"kind": "500", "times": 2},
        "drop_before": {"kind": "drop_before", "times": 2},
        "drop_after": {"kind": "drop_after", "times": 1},
        "slow": {"kind": "slow", "delay_ms": 1500, "times": 1},
        # As often as a message may fail: what a gateway says in its own words is no failure of the message.
        "html": {"kind": "html", "times": 3},
        "html_200": {"kind": "html", "status": 200, "times": 3},
        "no_json": {"kind": "no_json", "times": 3},
        "no_description": {"kind": "no_description", "times": 3},
    }
    chats = {kind: new_chat() for kind in kinds}
    neighbour = new_chat()
    for kind, rule in kinds.items():
        stack.misbehave({**rule, "chat_id": chats[kind], "method": "sendMessage"})
    for text in "abc":
        for chat in chats.values():
            stack.says(chat, text)
    stack.says(neighbour, "hello")
    assert stack.wait_for_replies(neighbour, 1, seconds=2) == ["1 hello"]
    for kind, chat in chats.items():
        expected = numbered("abc")
        if kind == "drop_after":
            expected = ["1 a", *expected]  # it took effect and nobody can know: the one case that may double
        assert stack.wait_for_replies(chat, 3, seconds=15) == expected, kind
        assert not stack.dead_letters(chat), kind


@usually_in(TOGETHER)
def test_a_user_who_blocked_the_bot_is_left_in_peace_and_comes_back(stack: Stack) -> None:
    chat, other = new_chat(), new_chat()
    stack.misbehave({"kind": "blocked", "chat_id": chat})
    for text in "ab":
        stack.says(chat, text)
    wait_until(lambda: len(stack.calls(chat)) >= 2, "both answers were refused")
    stack.heal()
    stack.says(chat, "c")
    stack.says(other, "hello")
    assert stack.wait_for_replies(other, 1) == ["1 hello"]
    assert stack.wait_for_replies(chat, 1) == ["3 c"], "a refused turn keeps its state and is not repeated"
    assert len(stack.calls(chat)) == 3, "one call for each message"
    assert not stack.dead_letters(chat)


def test_a_bad_quarter_of_an_hour_in_a_few_seconds(stack: Stack) -> None:
    """A seventh of all calls fails, in every way but the ambiguous one; ten chats lose but time."""
    chats = [new_chat() for _ in range(10)]
    for kind, probability in (("500", 0.07), ("drop_before", 0.07), ("slow", 0.2)):
        stack.misbehave({"kind": kind, "probability": probability, "delay_ms": 100, "method": "sendMessage"})
    texts = [f"message {number}" for number in range(8)]
    for text, chat in itertools.product(texts, chats):
        stack.says(chat, text)
    for chat in chats:
        assert stack.wait_for_replies(chat, len(texts), seconds=30) == numbered(texts)


@usually_in(TOGETHER)
def test_a_tap_whose_answer_comes_too_late_is_handled_all_the_same(stack: Stack) -> None:
    """The accident: the process died after the tap was answered, Telegram refused the second answer, and the
    whole message became a dead letter, although all that it had to do was done.
    """
    chat = new_chat()
    stack.says(chat, "hello")
    assert stack.wait_for_replies(chat, 1) == ["1 hello"]
    stack.misbehave({"kind": "drop_after", "method": "answerCallbackQuery", "times": 1})
    stack.taps(chat, "tapped")
    stack.says(chat, "after")
    assert stack.wait_for_replies(chat, 3) == ["1 hello", "2 tapped", "3 after"]
    assert not stack.dead_letters(chat)


@usually_in(APART)
def test_a_bot_whose_token_was_revoked_holds_and_goes_on_by_itself(stack: Stack) -> None:
    """The accident: whoever wrote in that time got an apology, and on-call a dead letter for each message."""
    chat, other_bots = new_chat(), new_chat()
    stack.misbehave({"kind": "unauthorized", "token": BOTS["strict"]})
    stack.says(chat, "a")
    wait_until(lambda: stack.readiness()["warnings"], "a warning, while the service stays ready")
    assert "Unauthorized" in stack.readiness()["warnings"][0]
    stack.says(chat, "b")
    stack.says(other_bots, "hello", bot="fast")
    assert stack.wait_for_replies(other_bots, 1, bot="fast") == ["1 hello"]
    stack.service.kill()
    stack.service.start_and_wait()
    wait_until(lambda: stack.readiness()["warnings"], "the hold is remembered")
    stack.heal()
    assert stack.wait_for_replies(chat, 2, seconds=15) == numbered("ab")
    assert not stack.dead_letters(chat)
    wait_until(lambda: not stack.readiness()["warnings"], "nothing to warn of")


def test_a_group_that_became_a_supergroup_goes_on_where_it_was(stack: Stack) -> None:
    """The accident: the group's settings were gone with its old id, and its reminders failed for ever."""
    number = new_chat()
    old, new = -number, -1_000_000_000_000 - number
    for text in "ab":
        stack.says(old, text)
    assert stack.wait_for_replies(old, 2) == numbered("ab")
    chat = {"id": new, "type": "supergroup", "title": "Friends"}
    person = {"id": 1, "is_bot": False, "first_name": "Ann"}
    moved = {"message": {"chat": chat, "from": person, "migrate_from_chat_id": old}}
    stack.telegram.ask("updates", {"token": BOTS["strict"], "updates": [moved]})
    stack.says(new, "c")
    assert stack.wait_for_replies(new, 1) == ["3 c"]
    assert not stack.dead_letters(old)
    assert not stack.dead_letters(new)
