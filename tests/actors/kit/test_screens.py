"""A screen reaches people as a new message or in place of one, and turns when what it shows does."""

import pytest

from mailroom.kit import page_address
from mailroom.testing import Button
from tests.actors.kit.visits_bot import Drawn, build
from tests.rooms import room_of


@pytest.fixture
def router():
    return build


def edits(answers):
    return [one.method for one in answers if one.method.startswith("edit")]


def test_a_screen_is_its_text_and_the_rows_that_have_buttons(chat):
    sent = chat.send("/visit 1").one
    assert sent.text == "Visit 1 is asked"
    assert [[one["text"] for one in row] for row in sent.args["reply_markup"]["inline_keyboard"]] == [
        ["Again"],
        ["Home"],
    ]
    assert sent.args["link_preview_options"] == {"is_disabled": True}


def test_what_is_for_one_person_alone_is_not_said_in_a_group(chat, group):
    assert group("Team", chat).send("/visit 1") == ()


@pytest.mark.parametrize(
    ("public_url", "demo", "address"),
    [
        ("https://x.example/", False, "https://x.example/app/shop/?visit=7"),
        ("http://127.0.0.1:8080", True, "http://127.0.0.1:8080/app/shop/?visit=7"),
        ("http://127.0.0.1:8080", False, ""),
        ("", True, ""),
    ],
)
def test_a_button_leads_to_the_page_where_telegram_takes_such_a_button(public_url, demo, address):
    room = room_of(bot="shop", public_url=public_url, demo=demo)
    assert page_address(room, visit=7) == address


def test_a_press_turns_the_message_under_it_and_is_answered(chat):
    chat.send("/visit 1")
    assert edits(chat.tap("Home")) == ["editMessageText"]
    assert chat.shown == ["Home"]
    assert chat.popups == ["There"]


def test_a_button_that_is_pressed_twice_finds_what_it_wants_there_already(chat):
    chat.send("/visit 1")
    for _ in range(2):
        chat.tap("Again")
        assert chat.calls[-1].method == "answerCallbackQuery"
    assert chat.shown == ["Visit 1 is asked"]


def test_a_screen_may_come_below_the_message_with_the_button(chat):
    chat.send("/visit 1")
    chat.tap_data("visit:998")
    assert chat.shown == ["Visit 1 is asked", "Below"]
    assert chat.calls[-1].args["show_alert"] is True


def test_the_buttons_alone_are_changed_and_a_long_popup_is_cut_to_what_telegram_takes(chat):
    chat.send("/visit 1")
    chat.tap_data("visit:997")
    assert chat.shown == ["Visit 1 is asked"]
    assert chat.labels == ["Only this"]
    assert chat.popups == ["x" * 200]


@pytest.mark.parametrize("data", ["visit:0", "visit:2147483648", "visit:-1", "visit:x", "visit:", "other"])
def test_a_number_that_no_database_holds_is_an_unknown_button(chat, data):
    chat.send("/visit 1")
    chat.tap_data(data)
    assert chat.popups == ["No such button"]


def test_buttons_lead_to_addresses_and_the_page_and_copy(chat):
    sent = chat.send("/ways").one
    assert sent.text == "Note\n\nWays"
    (read, page, copy) = sent.buttons[0]
    assert read == Button("Read", url="https://x.example", kind="url")
    assert page == Button("Page", url="https://y.example", kind="web_app")
    assert copy.text == "Copy"


def test_a_text_becomes_a_picture_and_a_picture_gives_way_to_a_text_below_it(chat):
    chat.send("/picture")
    assert edits(chat.tap("Picture")) == ["editMessageMedia"]
    assert chat.shown == ["A picture"]
    chat.tap("No picture")
    assert chat.shown == ["Visit 1 is asked"], "the picture is gone"


def test_a_picture_goes_out_once_and_then_by_its_name(chat):
    chat.send("/picture")
    before = Drawn.uploads
    chat.tap("Picture")
    chat.tap("No picture")
    chat.send("/picture")
    chat.tap("Picture")
    assert Drawn.uploads == before + 1


def test_a_picture_that_is_gone_leaves_its_text(chat):
    chat.send("/visit 1")
    chat.tap_data("visit:501")
    assert chat.shown[-1] == "A picture"
    assert chat.last.media == ()


def test_the_messages_that_show_a_thing_turn_with_it_wherever_they_are(chat, clock):
    chat.send("/visit 1")
    chat.send("/visit 2")
    chat.send("/visit 1")
    chat.send("/later 1 confirmed")
    clock.advance(minutes=1)
    assert chat.shown == ["Visit 1 is confirmed", "Visit 2 is asked", "Visit 1 is confirmed"]


def test_a_message_whose_reader_went_elsewhere_is_left_alone(chat, clock):
    chat.send("/visit 1")
    chat.tap("Home")
    chat.send("/later 1 confirmed")
    clock.advance(minutes=1)
    assert chat.shown == ["Home"]
    chat.tap("Visit")
    chat.send("/later 1 over")
    clock.advance(minutes=1)
    assert chat.shown == ["Visit 1 is over"]


def test_a_popup_leaves_a_message_what_it_is_and_nothing_is_edited_where_nothing_changed(chat, clock):
    chat.send("/visit 1")
    chat.tap_data("other")
    for status in ("asked", "confirmed", "confirmed"):
        chat.send(f"/later 1 {status}")
        clock.advance(minutes=1)
    assert chat.shown == ["Visit 1 is confirmed"]
    assert len(edits(chat.calls)) == 1


def test_a_thing_goes_its_way_and_never_back_and_what_is_no_step_is_the_end(chat, clock):
    chat.send("/visit 1")
    for status, shown in (
        ("over", "over"),
        ("confirmed", "over"),
        ("refused", "refused"),
        ("over", "refused"),
    ):
        chat.send(f"/later 1 {status}")
        clock.advance(minutes=1)
        assert chat.shown == [f"Visit 1 is {shown}"], status


def test_what_messages_show_is_kept_with_the_chat_and_nothing_that_stands_there_is_a_fault(chat, clock):
    chat.send("/visit 1")
    assert chat.data["pages"] == [[chat.last.message_id, 1, "asked"]]
    chat.send("/later 1 confirmed")
    chat.data = {"pages": 5}
    clock.advance(minutes=1)
    assert chat.shown == ["Visit 1 is asked"]
