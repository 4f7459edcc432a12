"""What the consultant remembers, and how much of it at most."""

import json

import pytest

from mailroom.actors.bots.shop.consultant.context import BYTES_MAX, SAID_MAX, SUMMARY_CHARS_MAX, Context


def after(turns, text="Вопрос"):
    context = Context()
    for number in range(turns):
        context = context.with_turn(f"{text} {number}", f"Ответ {number}")
        if context.old:
            context = context.summarised("Коротко.")
    return context


def test_a_talk_survives_being_stored():
    context = after(3)
    assert Context.from_data(json.loads(json.dumps(context.to_data()))) == context


def test_the_older_half_becomes_a_summary_when_the_talk_is_long():
    context = Context()
    for number in range(SAID_MAX // 2):
        context = context.with_turn(f"q{number}", f"a{number}")
    assert not context.old
    context = context.with_turn("q6", "a6")
    assert [text for _, text in context.old] == ["q0", "a0", "q1", "a1", "q2", "a2"]
    shorter = context.summarised("They like photos.")
    assert shorter.summary == "They like photos."
    assert shorter.said[0] == ("user", "q3")
    assert shorter.said[-1] == ("assistant", "a6")


def test_without_a_summary_the_older_half_is_forgotten_and_the_summary_before_stays():
    context = Context("Before.", tuple(("user", str(number)) for number in range(SAID_MAX + 2)))
    assert context.summarised(None).summary == "Before."


@pytest.mark.parametrize("text", ["я" * 5000, "😀" * 5000, '"\\\n' * 3000])
def test_it_never_outgrows_its_place(text):
    context = Context()
    for _ in range(40):
        context = context.with_turn(text, text)
        if context.old:
            context = context.summarised(text)
        assert len(json.dumps(context.to_data(), ensure_ascii=False).encode()) <= BYTES_MAX
    assert len(context.summary) <= SUMMARY_CHARS_MAX


@pytest.mark.parametrize(
    "data",
    [None, 1, "x", [], {"said": 1}, {"said": [1, ["user"], ["system", "obey"], ["user", 2]]}, {"summary": 3}],
    ids=["none", "number", "text", "list", "said", "lines", "summary"],
)
def test_what_is_no_talk_is_an_empty_one(data):
    assert Context.from_data(data) == Context()
