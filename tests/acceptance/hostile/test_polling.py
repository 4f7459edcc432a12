"""A bot without a public address is polled, and is as safe as one with a webhook."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.stack import BOTS, Mailroom, Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import APART, Installation, Shape, usually_in
from tests.gateway import NONSENSE, Gateway


@pytest.fixture
def stack(hostile_folder: Path, own_postgres: EmbeddedPostgres, shape: Shape) -> Iterator[Stack]:
    stack = Stack(hostile_folder / f"polled-{shape}", own_postgres, shape, public=False)
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
    assert set(stack.service.terminate()) == {0}
    write(1)
    stack.service.start_and_wait()
    for chat in chats:
        assert list(dict.fromkeys(stack.wait_for_replies(chat, len(done)))) == numbered(done)


@usually_in(APART)
def test_its_webhook_works_all_the_same(stack: Stack) -> None:
    chat = new_chat()
    assert stack.post(chat, "hello")[0][0] == 200
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])


def readiness(service: Mailroom) -> str:
    """What /readyz says; raises where it does not say 200."""
    with urllib.request.urlopen(f"{service.url}/readyz", timeout=10) as answer:
        said: str = answer.read().decode()
        return said


@usually_in(APART)
def test_a_line_that_the_version_before_had_parked_is_not_parked_any_more(stack: Stack) -> None:
    """The accident: Telegram's gateway answered with pages for half a minute, the line was parked, and it
    stayed parked after a restart, with nobody told.
    """
    chat = new_chat()
    stack.service.terminate()
    by_supervisor = {"who": "supervisor", "why": "ClientDecodeError", "since_ms": 1}
    by_people = {"who": "ann", "why": "a quiet night", "since_ms": 1}
    stack.store.hset("mailroom:suspensions", "node/telegram/strict", json.dumps(by_supervisor))
    stack.store.hset("mailroom:suspensions", "node/telegram/fast", json.dumps(by_people))
    stack.service.start_and_wait()
    stack.says(chat, "hello")
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])
    assert stack.store.hkeys("mailroom:suspensions") == [b"node/telegram/fast"], "people's word holds"


@usually_in(APART)
@pytest.mark.parametrize("public", [True, False], ids=["webhook", "polling"])
def test_a_start_outlives_a_gateway_that_answers_with_pages(stack: Stack, *, public: bool) -> None:
    """The accident: a proxy before Telegram was down during a deploy, and the process ended at its start."""
    chat, gateway = new_chat(), Gateway(stack.telegram.url)
    gateway.nonsense = NONSENSE["a page with 502"]
    stack.service.terminate()
    shape = stack.service.shape
    service = Installation(shape, lambda command: Mailroom(stack, command, TELEGRAM_API_BASE=gateway.url))
    for server in service.servers if public else ():
        server.env["PUBLIC_URL"] = service.url
    try:
        service.start_and_wait()
        wait_until(lambda: gateway.answered >= len(BOTS), "every bot has tried")
        wait_until(lambda: "no updates come for strict: failing" in readiness(service), "the warning")
        gateway.nonsense = None
        stack.says(chat, "hello")
        assert stack.wait_for_replies(chat, 1) == numbered(["hello"])
    finally:
        service.kill()
        gateway.close()
