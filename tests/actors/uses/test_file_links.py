"""Links to files: good for their bot and their time, and for nobody who changes anything about them."""

import pytest

from mailroom.actors.uses.file_links import FileLinks, Linked
from mailroom.storage.vault import Vault

KEY, ANOTHER = Vault.new_key(), Vault.new_key()
DIGEST = "0123456789abcdef" * 2


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


def links(bot="mine", keys=(KEY,), url="https://bots.example/", clock=None):
    return FileLinks(bot, url, Vault(keys), clock or Clock())


def token_of(address):
    before, _, token = address.rpartition("/")
    assert before == "https://bots.example/app/mine/f"
    return token


def test_a_link_says_which_file_under_what_name_and_until_when():
    clock = Clock()
    token = token_of(links(clock=clock).to(DIGEST, seconds=60, name="счёт.pdf"))
    assert links().read(token) == Linked(DIGEST, "счёт.pdf", False, 60)
    assert links(keys=(ANOTHER, KEY)).read(token), "a new key in front ends no link"
    clock.now += 60.5
    assert links(clock=clock).read(token) is None
    shown = token_of(links().to(DIGEST, seconds=60, inline=True))
    assert links().read(shown) == Linked(DIGEST, "", True, 60)


def test_a_link_is_good_at_its_own_bot_and_under_its_own_key_alone():
    token = token_of(links().to(DIGEST, seconds=60))
    assert links(bot="other").read(token) is None
    assert links(keys=(ANOTHER,)).read(token) is None


def test_whatever_is_changed_about_a_link_it_leads_nowhere():
    token = token_of(links().to(DIGEST, seconds=60, name="a.pdf"))
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    for at, letter in enumerate(token[:-1]):  # of the last letter not all bits count
        other = letters[letters.index(letter) ^ 1]
        assert links().read(token[:at] + other + token[at + 1 :]) is None
    for other in ("", token[:-8], token + "aaaaaaaa", token.upper(), token + "=", "é" * 80, "a" * 68):
        assert links().read(other) is None


def test_an_address_of_a_link_is_letters_and_digits_to_its_end():
    for seconds in range(1, 40):
        assert token_of(links().to(DIGEST, seconds=seconds, name="x" * (seconds % 9))).isalnum()


def test_where_browsers_do_not_reach_the_service_there_is_no_link():
    assert links(url="").to(DIGEST, seconds=60) == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"digest": "../etc"}, "no digest of a file"),
        ({"seconds": 0}, "a link for 0 s"),
        ({"seconds": float("nan")}, "a link for nan s"),
        ({"seconds": float("inf")}, "a link for inf s"),
        ({"name": "x" * 121}, "no name for a file"),
        ({"name": "a\r\nb"}, "no name for a file"),
    ],
)
def test_what_can_be_no_link_is_refused_by_a_sentence(wrong, says):
    asked = {"digest": DIGEST, "seconds": 60, **wrong}
    with pytest.raises(ValueError, match=says):
        links().to(asked.pop("digest"), **asked)
