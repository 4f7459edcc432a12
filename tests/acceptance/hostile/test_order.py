"""Texts and taps of a chat travel in different queues of Telegram; they are handled as they were made."""

import itertools
import time

import pytest

from tests.acceptance.hostile.stack import BOTS, Stack, new_chat
from tests.acceptance.processes import wait_until

LATENCY = {"median": 40, "sigma": 0.6}
"""Of each direction of the webhook: one in eight takes twice as long, one in 300 five times. A
line that loses half a second at once is what the hold cannot cure.
"""


def write_and_tap(
    stack: Stack, chats: list[int], pairs: int, *, bot: str, pause_seconds: float = 0.05
) -> list[str]:
    """Each chat in turn writes and taps; gives what each chat did, in order."""
    done = []
    for number in range(pairs):
        for what, act in (("text", stack.says), ("tap", stack.taps)):
            for chat in chats:
                act(chat, f"{what} {number}", bot=bot)
            done.append(f"{what} {number}")
            time.sleep(pause_seconds)  # the user's own pace is what is tested
    return done


def inversions(replies: list[str], done: list[str]) -> int:
    """How many neighbours were handled in the wrong order."""
    place = {what: number for number, what in enumerate(done)}
    handled = [place[reply.split(" ", 1)[1]] for reply in replies]
    return sum(a > b for a, b in itertools.pairwise(handled))


def settled(stack: Stack, chats: list[int], count: int, *, bot: str) -> dict[int, list[str]]:
    return {chat: stack.wait_for_replies(chat, count, bot=bot, seconds=30) for chat in chats}


@pytest.mark.parametrize("bot", ["strict", "fast"])
def test_texts_and_taps_50_ms_apart_over_40_connections(stack: Stack, bot: str) -> None:
    chats = [new_chat() for _ in range(6)]
    stack.says(chats[0], "hello", bot=bot)
    stack.wait_for_replies(chats[0], 1, bot=bot)
    stack.telegram.ask("delivery", {"token": BOTS[bot], "latency_ms": LATENCY, "max_connections": 40})
    done = write_and_tap(stack, chats[1:], 12, bot=bot)
    found = settled(stack, chats[1:], len(done), bot=bot)
    assert all(sorted(r.split(" ", 1)[1] for r in replies) == sorted(done) for replies in found.values())
    inverted = sum(inversions(replies, done) for replies in found.values())
    pairs = len(chats[1:]) * (len(done) - 1)
    late = stack.delivered_late(bot)
    print(f"{bot}: {inverted} of {pairs} inverted; {late} messages came late")
    if bot == "strict":
        assert inverted == 0
        assert late == 0
    else:
        assert inverted < pairs / 3, "fast may be wrong about neighbours, it does not give up order"


def test_a_backlog_after_an_outage_of_the_line_comes_in_order(stack: Stack) -> None:
    """Telegram could not reach us; its queues then come at us all at once, texts before taps."""
    chats = [new_chat() for _ in range(5)]
    stack.telegram.ask("delivery", {"paused": True})
    done = write_and_tap(stack, chats, 20, bot="strict", pause_seconds=0)
    assert stack.replies(chats[0]) == []
    stack.telegram.ask("delivery", {"paused": False, "latency_ms": LATENCY})
    found = settled(stack, chats, len(done), bot="strict")
    for replies in found.values():
        assert [reply.split(" ", 1)[1] for reply in replies] == done


def test_a_backlog_after_our_own_outage_comes_in_order(stack: Stack) -> None:
    """We were down; what waits is fetched by getUpdates before the webhook opens."""
    chats = [new_chat() for _ in range(5)]
    stack.says(chats[0], "text before")
    stack.wait_for_replies(chats[0], 1)
    stack.service.kill()
    done = write_and_tap(stack, chats[1:], 30, bot="strict", pause_seconds=0)
    stack.telegram.ask("delivery", {"latency_ms": LATENCY})
    stack.service.start_and_wait()
    stack.says(chats[0], "text after")
    found = settled(stack, chats[1:], len(done), bot="strict")
    for replies in found.values():
        assert [reply.split(" ", 1)[1] for reply in replies] == done
    assert stack.wait_for_replies(chats[0], 2) == ["1 text before", "2 text after"]


def test_ids_that_begin_again_lower_are_as_good_as_any(stack: Stack) -> None:
    """After a silent week Telegram goes on with another number, which may be a smaller one."""
    chat, token = new_chat(), BOTS["strict"]
    stack.says(chat, "a")
    stack.wait_for_replies(chat, 1)
    wait_until(lambda: stack.pending("strict") == 0, "all delivered", 10)
    stack.telegram.ask("delivery", {"token": token, "next_update_id": 5_000_000})
    for text in "bcd":
        stack.says(chat, text)
    assert stack.wait_for_replies(chat, 4) == ["1 a", "2 b", "3 c", "4 d"]


def checkout(stack: Stack, chat: int) -> dict[str, object]:
    """A user presses Pay; Telegram waits ten seconds for our answer."""
    user = {"id": chat, "is_bot": False, "first_name": "Ann"}
    query = {"from": user, "currency": "RUB", "total_amount": 100, "invoice_payload": "x"}
    stack.telegram.ask("updates", {"token": BOTS["strict"], "updates": [{"pre_checkout_query": query}]})
    return query


@pytest.mark.parametrize("seconds", ["0.5", "20"])
def test_a_checkout_in_a_flooded_chat_is_answered_within_3_seconds(stack: Stack, seconds: str) -> None:
    chat = new_chat()
    stack.says(chat, f"slow {seconds}", count=50)
    wait_until(lambda: stack.left_in_line(chat) > 30, "the chat is flooded")
    asked_at = time.time()
    checkout(stack, chat)
    [answer] = wait_until(lambda: stack.checkouts_answered(since=asked_at), "answered", 5)
    print(f"handlers of {seconds} s: answered after {answer['at'] - asked_at:.2f} s")
    assert answer["at"] - asked_at < 3
    assert answer["args"]["ok"] in (True, "true")
    assert stack.left_in_line(chat) > 10, "the flood is not over"
