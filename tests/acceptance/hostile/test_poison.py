"""A message that cannot be handled costs three attempts and an apology, and nobody else anything."""

import pytest

from mailroom.actors.hosting.bot import APOLOGY
from tests.acceptance.hostile.stack import Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import APART, TOGETHER, usually_in


@usually_in(TOGETHER)
def test_a_handler_that_always_raises_is_tried_three_times_and_the_chat_goes_on(stack: Stack) -> None:
    english, russian, neighbour = new_chat(), new_chat(), new_chat()
    for chat, language in ((english, "en"), (russian, "ru")):
        for text in ("before", "raise", "after"):
            stack.says(chat, text, language_code=language)
    stack.says(neighbour, "hello")
    assert stack.wait_for_replies(neighbour, 1) == ["1 hello"]
    assert not stack.dead_letters(english), "the neighbour did not wait for the attempts"
    assert stack.wait_for_replies(english, 3) == ["1 before", APOLOGY["en"], "2 after"]
    assert stack.wait_for_replies(russian, 3) == ["1 before", APOLOGY["ru"], "2 after"]
    [letter] = stack.dead_letters(english)
    assert letter["attempts"] == 3
    assert "no such luck" in letter["error"]
    assert "Traceback" in letter["traceback"]
    assert "hostile_bot.py" in letter["traceback"]
    assert '"raise"' in letter["payload"]
    assert stack.left_in_line(english) == 0


@pytest.mark.timeout(90)
@usually_in(APART)
def test_a_handler_that_kills_the_process_is_counted_like_one_that_raises(stack: Stack) -> None:
    chat, neighbour = new_chat(), new_chat()
    texts = ("before", "kill", "after")
    for text in texts:
        stack.says(chat, text)
    (host,) = stack.service.hosts
    host.wait_until_dead()
    stack.says(neighbour, "hello")
    kills = 1
    while True:
        host.launch()
        wait_until(lambda: not host.alive or len(stack.replies(chat)) >= 3, "one end or the other")
        if host.alive:
            break
        kills += 1
        assert kills <= 3, "it goes on trying what kills it"
    assert kills == 3
    assert stack.replies(chat) == ["1 before", APOLOGY["en"], "2 after"]
    [letter] = stack.dead_letters(chat)
    assert "the process ended" in letter["error"]
    assert "Traceback" in letter["traceback"]
    assert stack.wait_for_replies(neighbour, 1) == numbered(["hello"])
