"""How long a text is for Telegram, and how it is made to fit."""

import pytest

from mailroom.kit import MESSAGE_UNITS_MAX, cut, in_messages, units, units_read


@pytest.mark.parametrize(("text", "length"), [("", 0), ("Абв", 3), ("🎁", 2), ("<b>a</b>", 8), ("&lt;", 4)])
def test_an_emoji_is_two_and_a_tag_counts_as_it_is_written(text, length):
    assert units(text) == length


def test_what_is_read_of_html_is_what_telegram_counts():
    assert units_read("<b>a &lt; 🎁</b>") == len("a < ") + 2


def test_a_text_that_is_cut_says_that_it_goes_on_and_breaks_no_emoji():
    assert cut("abcdef", 2) == "abc…"
    assert cut("ab🎁🎁", 1) == "ab🎁…"
    assert units(cut("ab🎁🎁", 2)) <= units("ab🎁🎁") - 2
    assert cut("ab", 7) == ""


def test_lines_come_in_as_few_messages_as_hold_them_in_their_order():
    lines = [f"{number} " + "x" * 1_000 for number in range(9)]
    messages = list(in_messages(lines))
    assert "\n".join(messages) == "\n".join(lines)
    assert all(units(message) <= MESSAGE_UNITS_MAX for message in messages)
    assert len(messages) == 3
    assert list(in_messages([])) == []
    assert list(in_messages(["\nhead"])) == ["head"]
