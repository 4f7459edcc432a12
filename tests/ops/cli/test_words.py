"""Numbers as people say them."""

import pytest

from mailroom.ops.cli import words
from mailroom.ops.cli.dead.draft import Draft
from mailroom.ops.cli.dead.look import pretty
from mailroom.storage.texts import harmless


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(seconds, said):
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("10min", 600), ("1h30m", 5400), ("2 d", 172_800), ("1W", 604_800)],
)
def test_a_length_of_time_is_read_as_people_write_it(text, seconds):
    assert words.seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "10", "1x", "1h nonsense", "-1h", "1.5h", "yesterday", "9999w"])
def test_what_is_no_length_of_time_is_not_guessed_at(text):
    assert words.seconds_in(text) is None


def test_what_a_terminal_obeys_is_shown_as_its_escape():
    assert harmless("a\x1b[2Jb\tc\nd\u202ee\x9b \r✓") == "a\\x1b[2Jb\tc\nd\\u202ee\\x9b \\r✓"


def test_half_a_surrogate_pair_is_shown_as_its_escape():
    said = harmless("cut \ud83d off \0")
    assert said == "cut \\ud83d off \\x00"
    said.encode()


@pytest.mark.parametrize(
    "payload",
    [r'{"a": "\ud83d"}', "[" * 5000 + "]" * 5000, "9" * 5000, "{"],
    ids=["half", "deep", "long", "cut"],
)
def test_a_payload_that_cannot_be_indented_is_shown_and_edited_as_it_is(payload):
    assert pretty(payload) == payload
    draft = Draft(payload)
    assert draft.file.read_text() == payload + "\n"
    draft.throw_away()


def test_nul_in_a_payload_is_shown_as_its_escape():
    assert harmless(pretty(r'{"a": "\u0000"}')) == '{\n  "a": "\\u0000"\n}'
