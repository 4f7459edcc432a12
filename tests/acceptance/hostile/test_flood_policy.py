"""A chat that writes more than can be answered: refused for a while, or shed, as its bot's settings say."""

from collections import Counter

from mailroom.actors.hosting.bot import SHED_NOTICE
from mailroom.storage.redis.mailbox import MAILBOX_CAP
from tests.acceptance.hostile.stack import Stack, new_chat, update
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import APART, usually_in

BEYOND = 50


def flood(stack: Stack, chat: int, bot: str) -> Counter[int]:
    """Fill the chat's mailbox behind a message that takes long, and go on."""
    stack.post(chat, "wait", bot=bot)
    answers = stack.post(chat, *(f"m{n}" for n in range(MAILBOX_CAP + BEYOND)), bot=bot)
    assert all(int(headers["retry-after"]) >= 1 for status, headers, _ in answers if status == 429)
    return Counter(status for status, _, _ in answers)


@usually_in(APART)
def test_a_full_mailbox_refuses_its_chat_alone_and_takes_it_later(stack: Stack) -> None:
    chat, neighbour = new_chat(), new_chat()
    statuses = flood(stack, chat, "strict")
    assert statuses[429] >= BEYOND, "the mailbox is full"
    assert statuses[200] == MAILBOX_CAP + BEYOND - statuses[429]
    assert stack.post(neighbour, "hello")[0][0] == 200
    assert stack.wait_for_replies(neighbour, 1) == ["1 hello"]
    assert stack.post(chat, "still full")[0][0] == 429
    stack.let_go()
    stack.post_until_taken([update(chat, "finally")])
    replies = stack.wait_for_replies(chat, statuses[200] + 2, seconds=30)
    assert len(replies) == statuses[200] + 2, "what was taken is answered, what was refused is not"
    assert [reply.split()[0] for reply in replies] == [str(n) for n in range(1, len(replies) + 1)]
    assert replies[-1].endswith("finally")


@usually_in(APART)
def test_a_bot_that_sheds_takes_all_drops_the_rest_and_says_so_once(stack: Stack) -> None:
    chat = new_chat()
    statuses = flood(stack, chat, "shed")
    assert statuses == {200: MAILBOX_CAP + BEYOND}
    wait_until(lambda: SHED_NOTICE["en"] in stack.replies(chat, bot="shed"), "the user was told", 5)
    stack.let_go()
    wait_until(lambda: stack.left_in_line(chat, bot="shed") == 0, "worked off", 30)
    replies = stack.replies(chat, bot="shed")
    assert replies.count(SHED_NOTICE["en"]) == 1
    assert len(replies) - 1 == MAILBOX_CAP, "the one being handled counts as waiting until it is committed"
    assert stack.post(chat, "again", bot="shed")[0][0] == 200
    assert stack.wait_for_replies(chat, len(replies) + 1, bot="shed")[-1].endswith("again")
