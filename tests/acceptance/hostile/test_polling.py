"""A bot without a public address is polled, and is as safe as one with a webhook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.stack import Stack, new_chat, numbered


@pytest.fixture
def stack(hostile_folder: Path, own_postgres: EmbeddedPostgres) -> Iterator[Stack]:
    stack = Stack(hostile_folder / "polled", own_postgres, public=False)
    stack.heal()
    yield stack
    stack.close()


def test_a_polled_bot_keeps_order_and_loses_nothing_in_restarts(stack: Stack) -> None:
    chats = [new_chat() for _ in range(4)]
    done = []

    def write(times: int) -> None:
        for _ in range(times):
            for what, act in (("text", stack.says), ("tap", stack.taps)):
                done.append(f"{what} {len(done)}")
                for chat in chats:
                    act(chat, done[-1])

    write(5)
    for chat in chats:
        assert stack.wait_for_replies(chat, len(done)) == numbered(done)
    assert stack.pending("strict") <= len(chats) * len(done), "fetched ones are forgotten with the next fetch"

    write(10)
    stack.service.kill()  # fetched, half fetched, handled, half handled
    write(10)
    stack.service.start_and_wait()
    for chat in chats:
        replies = stack.wait_for_replies(chat, len(done))
        assert list(dict.fromkeys(replies)) == numbered(done)
        assert len(replies) <= len(done) + 1, "at most the one reply in flight came twice"

    write(10)
    assert stack.service.terminate() == 0
    write(1)
    stack.service.start_and_wait()
    for chat in chats:
        assert list(dict.fromkeys(stack.wait_for_replies(chat, len(done)))) == numbered(done)


def test_its_webhook_works_all_the_same(stack: Stack) -> None:
    chat = new_chat()
    assert stack.post(chat, "hello")[0][0] == 200
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])
