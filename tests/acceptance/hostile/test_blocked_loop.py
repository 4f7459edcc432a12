"""A handler that blocks the loop which all chats share: everyday code makes everybody wait, and no more."""

import pytest

from tests.acceptance.hostile.stack import Mailroom, Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import TOGETHER, Installation, usually_in

BLOCKED_SECONDS = 8
"""Longer than the lease lasts."""


@pytest.mark.timeout(90)
def test_a_handler_that_blocks_the_loop_for_longer_than_the_lease_doubles_no_reply(stack: Stack) -> None:
    # Seen: the reply went out three times, another chat's too, with apologies; the log said the process died.
    blocking, others = new_chat(), [new_chat() for _ in range(4)]
    words = ("chats_lost", "chats_owned", "dead", "ProcessDied", "chat_crashed")
    before = [stack.service.said().count(word) for word in words]
    stalls = stack.metric('mailroom_stalls_total{bot="strict"}')
    for chat in others:
        stack.says(chat, "slow 0.5")
        stack.says(chat, "before")
    stack.says(blocking, f"block {BLOCKED_SECONDS}")
    for chat in (*others, blocking):
        stack.says(chat, "meanwhile")
    stack.service.wait_for("loop_blocked")
    stack.service.wait_for("loop_goes_on")
    for chat in others:
        assert stack.wait_for_replies(chat, 3) == numbered(["slow 0.5", "before", "meanwhile"])
    expected = numbered([f"block {BLOCKED_SECONDS}", "meanwhile"])
    assert stack.wait_for_replies(blocking, 2) == expected
    assert [stack.service.said().count(word) for word in words] == before
    lines = [line for line in stack.service.said().splitlines() if '"loop_blocked"' in line]
    [named] = [line for line in lines if f'"strict:{blocking}"' in line]
    assert "hostile_bot.py" in named
    assert "in hold_the_loop" in named
    assert stack.metric('mailroom_stalls_total{bot="strict"}') > stalls


@pytest.mark.timeout(90)
@usually_in(TOGETHER)
def test_a_second_up_on_the_same_stores_stands_by_and_takes_messages_in(stack: Stack) -> None:
    # Seen: it took the chats by force from one that was at work.
    chat = new_chat()
    lost = stack.service.said().count("chats_lost")
    # Without a public address, or its webhook would stay shut until it has the bots' webhooks registered.
    second = Installation(TOGETHER, lambda command: Mailroom(stack, command))
    try:
        for process in second.processes:
            process.launch()
        second.wait_for("waiting_for_chats")
        stack.says(chat, "to the first")
        assert stack.wait_for_replies(chat, 1) == ["1 to the first"]
        first, stack.service = stack.service, second
        try:
            assert stack.post(chat, "to the second")[0][0] == 200
        finally:
            stack.service = first
        assert stack.wait_for_replies(chat, 2) == numbered(["to the first", "to the second"])
        assert "chats_owned" not in second.said()
        assert stack.service.said().count("chats_lost") == lost
        stack.service.kill()
        second.wait_for("chats_owned")
    finally:
        second.terminate()
    wait_until(lambda: not second.alive, "the second one ended")
