"""`mailroom web` and `mailroom worker` as processes of their own, any of which may die."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.raw import ask, request
from tests.acceptance.hostile.stack import Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import Shape


@pytest.fixture
def stack(hostile_folder: Path, own_postgres: EmbeddedPostgres) -> Iterator[Stack]:
    stack = Stack(hostile_folder / "apart-two", own_postgres, Shape("apart", ("web", "worker", "worker")))
    yield stack
    stack.close()


@pytest.mark.timeout(90)
def test_messages_flow_and_any_process_may_be_killed(stack: Stack) -> None:
    (web,), (first, second) = stack.service.servers, stack.service.hosts
    web.launch()
    first.launch()
    web.wait_until_ready()
    first.wait_until_ready()
    second.launch()
    second.wait_for("waiting_for_chats")
    assert "Mailroom's worker is ready" not in second.said(), "it stands by"

    chat = new_chat()
    stack.says(chat, "hello")
    assert stack.wait_for_replies(chat, 1) == ["1 hello"]
    texts = [str(number) for number in range(10)]
    began = time.monotonic()
    for number, text in enumerate(texts):
        stack.says(chat, text)
        stack.wait_for_replies(chat, number + 2)
    seconds = time.monotonic() - began
    print(f"from web to worker and back: {seconds / len(texts):.3f} s a message")
    assert seconds < 5, "each was told of, none waited for the sweep every 2 s"

    chats = [new_chat() for _ in range(5)]
    sent: list[str] = []

    def write(times: int) -> None:
        for _ in range(times):
            sent.append(f"message {len(sent)}")
            for one in chats:
                stack.says(one, sent[-1])

    write(10)
    web.kill()
    write(10)
    web.start_and_wait()
    write(5)
    first.kill()
    killed_at = time.monotonic()
    write(5)
    second.wait_for("Mailroom's worker is ready")
    print(f"the second worker took over after {time.monotonic() - killed_at:.1f} s")
    write(5)
    for one in chats:
        replies = stack.wait_for_replies(one, len(sent))
        assert list(dict.fromkeys(replies)) == numbered(sent)
        assert len(replies) <= len(sent) + 1, "at most the one reply in flight came twice"

    # Without any worker messages are taken, and wait.
    assert second.terminate() == 0
    assert ask(stack.service.port, request("/readyz", method="GET")).status == 200
    assert stack.post(chat, "anybody there?")[0][0] == 200
    wait_until(lambda: stack.left_in_line(chat) == 1, "in line")
    first.start_and_wait()
    assert stack.wait_for_replies(chat, 12)[-1] == "12 anybody there?"


@pytest.mark.timeout(120)
def test_shr_h11_a_worker_that_was_stopped_makes_no_call_for_what_another_owns_by_then(
    stack: Stack,
) -> None:
    # Seen: the handler that slept through its lease woke up and sent its reply once more.
    (web,), (first, second) = stack.service.servers, stack.service.hosts
    web.start_and_wait()
    first.start_and_wait()
    second.launch()
    second.wait_for("waiting_for_chats")
    chats = [new_chat() for _ in range(5)]
    for chat in chats:
        stack.says(chat, "wait")
        wait_until(lambda chat=chat: stack.times_begun(chat) == 1, "begun by the first")
    first.signal(signal.SIGSTOP)
    second.wait_for("chats_owned")
    for chat in chats:
        wait_until(lambda chat=chat: stack.times_begun(chat) == 2, "begun anew by the second")
    stack.let_go()
    for chat in chats:
        assert stack.wait_for_replies(chat, 1) == ["1 wait"]
    first.signal(signal.SIGCONT)
    first.wait_for("chats_lost")
    for chat in chats:
        stack.says(chat, "and on")
        assert stack.wait_for_replies(chat, 2) == ["1 wait", "2 and on"]
    assert "loop_stuck" not in first.said()
