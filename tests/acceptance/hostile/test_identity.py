"""A name's chats belong to one bot of Telegram's: a token of another one is noticed before it does harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.storage.redis.entry import Chat, prefix
from tests import forked
from tests.acceptance.hostile.stack import BOTS, CONFIG, Stack, new_chat, numbered, update

OLD, ROTATED, NEW = BOTS["strict"], "5001:rotated", "5999:new"


@pytest.fixture
def stack(hostile_folder: Path, own_postgres: EmbeddedPostgres) -> Iterator[Stack]:
    stack = Stack(hostile_folder / "identity", own_postgres)
    stack.heal()
    yield stack
    stack.close()
    BOTS["strict"] = OLD


def with_token(stack: Stack, token: str, more: str = "") -> None:
    """As an operator changes it."""
    stack.config.write_text(CONFIG.replace(f'token = "{OLD}"', f'token = "{token}"\n{more}'))
    BOTS["strict"] = token


def test_a_name_whose_token_is_another_bots_now_is_refused_and_says_both_ways_out(stack: Stack) -> None:
    """The accident: a new bot under the old name lost its first messages as duplicates, and went on with
    conversations that people had had with the old one.
    """
    chat = new_chat()
    body = update(chat, "hello")
    assert stack.post_until_taken([body]) == 0
    assert stack.wait_for_replies(chat, 1) == numbered(["hello"])
    assert stack.service.terminate() == [0]

    with_token(stack, NEW)
    (process,) = stack.service.processes
    refused = forked.run(process.command, env=process.env)
    assert refused.returncode == 2
    for words in ("bots.strict.token", "5999", "5001", "former_id = 5001", "another name", "dead letters"):
        assert words in refused.stderr, words
    assert "Traceback" not in refused.stderr
    assert "rotated" not in refused.stderr + refused.stdout

    with_token(stack, NEW, "former_id = 5001")
    stack.service.start_and_wait()
    # The new bot's ids begin anywhere: the very id that the old bot had used is another message.
    assert stack.post_until_taken([body]) == 0
    assert stack.wait_for_replies(chat, 1) == ["2 hello"], "with the state of the old one, as it was told"


def test_a_rotated_secret_of_the_same_bot_is_no_event(stack: Stack) -> None:
    chat = new_chat()
    stack.says(chat, "a")
    assert stack.wait_for_replies(chat, 1) == ["1 a"]
    assert stack.service.terminate() == [0]
    with_token(stack, ROTATED)
    stack.service.start_and_wait()
    stack.says(chat, "b")
    assert stack.wait_for_replies(chat, 1) == ["2 b"]


def test_what_the_version_before_remembered_is_not_handled_again(stack: Stack) -> None:
    chat = new_chat()
    body = update(chat, "hello")
    address = f"strict:{body['update_id']}"
    where = prefix(Chat("strict", str(chat)).partition)
    bucket = int(stack.store.time()[0] * 1000 // 43_200_000)
    stack.store.hset(f"{where}seen:{bucket}", address, 1)
    assert stack.post_until_taken([body, update(chat, "next")]) == 0
    assert stack.wait_for_replies(chat, 1) == ["1 next"]
