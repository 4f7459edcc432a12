"""Messages that reach us out of order, by several servers, or whose taking in nobody was told of: none is
overtaken by a later one of its chat.

They are posted straight to the servers, so that nothing between a user and us sorts them; on a stack of their
own, because their ids leave no room for others.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.stack import Stack, new_chat, numbered, update
from tests.acceptance.network import Network
from tests.acceptance.shape import SHAPES, TWO_WEBS, UP_AND_WEB, Shape

BEHIND_SECONDS = 0.1
"""How much later the earlier one arrives: well within the time that a message waits for stragglers."""
PAIRS = 20
LOST = 5


@pytest.fixture(scope="module", params=[*SHAPES, TWO_WEBS, UP_AND_WEB], ids=str)
def shape(request: pytest.FixtureRequest) -> Shape:
    found: Shape = request.param
    return found


@pytest.fixture(scope="module")
def network_and_stack(
    hostile_folder: Path, own_postgres: EmbeddedPostgres, shape: Shape
) -> Iterator[tuple[Network, Stack]]:
    stack = Stack(hostile_folder / f"o-{shape}", own_postgres, shape)
    network = Network.to_redis(stack.folder, stack.redis.url)
    stack.service.servers[0].env["REDIS_URL"] = network.url
    yield network, stack
    stack.close()
    network.close()


@pytest.fixture
def network(network_and_stack: tuple[Network, Stack]) -> Network:
    return network_and_stack[0]


@pytest.fixture
def stack(network_and_stack: tuple[Network, Stack]) -> Stack:
    stack = network_and_stack[1]
    stack.heal()
    for server in range(len(stack.service.servers)):
        # Each is open once what waited at Telegram is in; and from here on it is known which ids are missing.
        chat = new_chat()
        stack.post_until_taken([update(chat, "first")], server=server)
        assert stack.wait_for_replies(chat, 1) == ["1 first"]
    return stack


def test_the_earlier_of_two_that_arrives_after_the_later_is_handled_first(stack: Stack) -> None:
    """The accident: with the servers in processes of their own, 20 of 20 such pairs were handled as they
    came, for the host of the chats read the mailbox again only when it had nothing left to do.
    """
    last = len(stack.service.servers) - 1
    chats = [new_chat() for _ in range(PAIRS)]
    for chat in chats:
        earlier, later = update(chat, "earlier"), update(chat, "later")
        assert stack.offer(later) == 200
        time.sleep(BEHIND_SECONDS)  # the line's own delay is what is tested
        assert stack.offer(earlier, server=last) == 200
    replies = {chat: stack.wait_for_replies(chat, 2) for chat in chats}
    inverted = [chat for chat in chats if replies[chat] != numbered(["earlier", "later"])]
    print(f"{stack.service.shape}: {len(inverted)} of {PAIRS} inverted")
    assert not inverted, replies


def test_servers_that_take_turns_for_one_chat_keep_its_order(stack: Stack) -> None:
    servers = len(stack.service.servers)
    chat, texts = new_chat(), [f"message {number}" for number in range(40)]
    for number, text in enumerate(texts):
        assert stack.offer(update(chat, text), server=number % servers) == 200
    assert stack.wait_for_replies(chat, len(texts)) == numbered(texts)


def test_a_message_whose_taking_in_was_never_answered_is_not_overtaken(
    stack: Stack, network: Network
) -> None:
    """It is in its mailbox, and neither its sender nor the host of the chats knows."""
    last = len(stack.service.servers) - 1
    chats = [new_chat() for _ in range(LOST)]
    for chat in chats:
        lost, after = update(chat, "lost"), update(chat, "after")
        happened = network.lose_answer(b"accepted")
        assert stack.offer(lost) == 503
        assert happened.is_set()
        assert stack.offer(after, server=last) == 200
        stack.post_until_taken([lost])  # as Telegram does; by then it is a duplicate
    for chat in chats:
        assert stack.wait_for_replies(chat, 2) == numbered(["lost", "after"])


def test_an_earlier_message_whose_taking_in_was_never_answered_goes_first_all_the_same(
    stack: Stack, network: Network
) -> None:
    """Both at once: it arrives after the later one, and its sender is not told that it has."""
    last = len(stack.service.servers) - 1
    chats = [new_chat() for _ in range(LOST)]
    for chat in chats:
        earlier, later = update(chat, "earlier"), update(chat, "later")
        assert stack.offer(later, server=last) == 200
        time.sleep(BEHIND_SECONDS)
        happened = network.lose_answer(b"accepted")
        assert stack.offer(earlier) == 503
        assert happened.is_set()
        replies = stack.wait_for_replies(chat, 2)
        assert replies == numbered(["earlier", "later"]), "its sender has not come back yet"
        stack.post_until_taken([earlier])
    for chat in chats:
        assert stack.replies(chat) == numbered(["earlier", "later"])
