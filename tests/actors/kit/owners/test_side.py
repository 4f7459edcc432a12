"""Who may run a bot from its chat: for all others there is no such side."""

import pytest

from tests.actors.kit.owners import hall


@pytest.fixture
def stas(people):
    return people("Stas", id=hall.STAS, language="ru")


def test_for_whoever_has_no_role_there_are_no_commands_and_no_buttons(chat):
    for command in ("/hall", "/seat", "/broadcast hello"):
        chat.send(command)
        assert chat.last.text == "there is no such command", command
    chat.tap_data("adms:key:")
    chat.tap_data("place:all")
    assert chat.popups == []


def test_who_works_here_is_told_what_is_for_owners(stas):
    stas.send("/hall")
    assert stas.last.text == "the hall"
    stas.send("/broadcast hello")
    assert stas.last.text == "Это может только владелец магазина."
    stas.tap_data("place:all")
    assert stas.popups == ["Это может только владелец магазина."]


def test_what_an_owner_does_is_done_once_and_under_their_name(olga, service, rows):
    olga.send("/seat")
    assert olga.last.text == "seat 1"
    assert [row["who"] for row in rows("SELECT who FROM hall.owner_log")] == [f"Olga (telegram {hall.OLGA})"]


def test_what_is_refused_is_said_in_the_owners_language_to_a_message_and_to_a_press(olga):
    olga.send("/broadcast " + "x" * 4_000 + "&" * 90)
    assert olga.last.text == "Not done. The message has 4450 characters, it may have 1 to 4096. Shorten it."
    olga.tap_data("admb:999")
    assert olga.popups == ["Not done. There is no broadcast 999."]


def test_a_command_or_a_button_leaves_what_was_asked_and_is_no_answer(olga, rows):
    for leaves in (lambda: olga.send("/hall"), lambda: olga.tap("Back"), lambda: olga.send("/cancel")):
        olga.send("/broadcast")
        olga.tap_data("place:all")
        olga.send("/broadcast")
        leaves()
        olga.send("hello")
        assert olga.last.text == "there is no such command"


def test_a_photo_is_no_text(olga):
    olga.send("/broadcast")
    olga.photo()
    assert olga.last.text == "A text is needed now. Changed your mind: /cancel"
