"""A `/stop` reaches the handler it is meant for, whichever process dies in between."""

import json
from datetime import datetime

from tests.acceptance.hostile.stack import Stack, new_chat
from tests.acceptance.processes import wait_until


def test_a_stop_ends_the_handler_that_runs(stack: Stack) -> None:
    chat = new_chat()
    stack.says(chat, "wait")
    wait_until(lambda: stack.times_begun(chat) == 1, "the handler has begun")
    stack.says(chat, "/stop")
    assert stack.wait_for_replies(chat, 1) == ["stopped"]
    stack.says(chat, "after")
    assert stack.wait_for_replies(chat, 2) == ["stopped", "1 after"]
    assert not stack.dead_letters(chat)


def test_a_stop_reaches_a_handler_whose_process_was_killed_before_it_came(stack: Stack) -> None:
    chat = new_chat()
    stack.says(chat, "wait")
    wait_until(lambda: stack.times_begun(chat) == 1, "the handler has begun")
    for one in stack.service.hosts:
        one.kill()
    stack.says(chat, "/stop")
    stack.service.start_and_wait()
    assert stack.wait_for_replies(chat, 1) == ["stopped"]
    print(f"stopped {stopped_at(stack, chat) - owned_at(stack):.2f} s after the chat had an owner again")
    stack.says(chat, "after")
    assert stack.wait_for_replies(chat, 2) == ["stopped", "1 after"]
    assert stack.times_begun(chat) <= 2, "once before the kill, and at most once after it"
    assert not stack.dead_letters(chat)


def stopped_at(stack: Stack, chat: int) -> float:
    return float(stack.calls(chat)[0]["at"])


def owned_at(stack: Stack) -> float:
    """When a process said last that it owns chats."""
    lines = [line for line in stack.service.said().splitlines() if '"chats_owned"' in line]
    return datetime.fromisoformat(json.loads(lines[-1])["timestamp"]).timestamp()
