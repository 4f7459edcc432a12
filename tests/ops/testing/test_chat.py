"""A chat in a test: what people do in it, what the bot sent, and what is said where a test is mistaken."""

from datetime import UTC, datetime, timedelta

import pytest

from mailroom.testing import (
    Button,
    Media,
    MessageDiedError,
    NoButtonError,
    NothingThereError,
    Sent,
)


@pytest.fixture
def router():
    return "tests.ops.testing.talkative_bot:router"


def test_what_was_sent_is_a_plain_value_with_the_text_as_it_is_read(chat):
    assert chat.send("/start") == (
        Sent(
            "Hello, Ann!",
            buttons=(
                (
                    Button("Buy a cup", "buy"),
                    Button("Buy a pot", "pot"),
                    Button("Read", url="https://tea.example", kind="url"),
                ),
            ),
        ),
    )
    assert repr(chat.last) == (
        "Sent('Hello, Ann!', [Buy a cup -> buy] [Buy a pot -> pot] [Read -> https://tea.example])"
    )
    assert chat.labels == ["Buy a cup", "Buy a pot", "Read"]


def test_a_button_is_tapped_by_what_it_says_and_is_gone_with_its_message(chat):
    chat.send("/start")
    assert chat.tap("cup").text == "A cup is bought."
    assert chat.popups == ["Enjoy!"]
    assert chat.shown == ["A cup is bought."]
    assert chat.texts == ["Hello, Ann!", "A cup is bought."]
    with pytest.raises(NoButtonError, match="There is none at all"):
        chat.tap("cup")


def test_whoever_looks_for_a_button_that_is_not_there_is_told_which_there_are(chat):
    chat.send("/start")
    with pytest.raises(NoButtonError, match=r"no button 'Sell'.*\[Buy a cup -> buy\] \[Buy a pot -> pot\]"):
        chat.tap("Sell")
    with pytest.raises(NoButtonError, match="could be any of"):
        chat.tap("Buy")
    with pytest.raises(NoButtonError, match="leads elsewhere"):
        chat.tap("Read")


def test_keys_of_a_keyboard_say_what_is_on_them_or_share_a_number(chat):
    chat.send("/keyboard")
    assert chat.labels == ["My number", "/tea"]
    assert chat.tap("/tea").text == "In three minutes."
    assert chat.tap("My number").text.startswith("I call +")


def test_files_photos_albums_contacts_and_places_arrive_and_come_back(chat):
    assert chat.document("quiet.txt", b"tea", caption="Louder!") == (
        Sent("Louder!", media=(Media("document", "loud.txt", b"TEA"),), method="sendDocument"),
    )
    assert chat.photo(b"a leaf").one.media == (Media("document", "loud.txt", b"A LEAF"),)
    assert [one.media[0].content for one in chat.album(b"a", b"b", b"c")] == [b"A", b"B", b"C"]
    assert chat.contact("+1000").text == "I call +1000."
    assert chat.location(55.5, 37.5).text == "I come to 55.5."


def test_a_message_is_edited(chat):
    chat.send("ted")
    assert chat.edit("tea").text == "You mean tea."


def test_stars_and_a_provider_are_paid(chat):
    chat.send("/pay")
    assert chat.pay().text == "Paid: 3 XTR for pot."
    chat.send("/card")
    assert chat.tap("Pay").text == "Paid: 30000 RUB for pot."


def test_people_have_chats_of_their_own_and_one_in_common(chat, people, group):
    boris = people("Борис", language="ru")
    assert boris.send("чай").text == "Борис: чай"
    assert chat.sent == ()
    team = group("Team", chat, boris)
    assert team.send("tea", by=boris).text == "Борис: tea"
    assert team.send("coffee").text == "Ann: coffee"
    assert boris.texts == ["Борис: чай"]


def test_the_state_of_a_conversation_is_read_and_set(chat):
    chat.send("/form")
    assert chat.state == "Form:name"
    chat.send("Ann B.")
    assert (chat.state, chat.data) == (None, {"name": "Ann B."})
    chat.state, chat.data = "Form:name", {"known": True}
    assert chat.send("Anna").text == "Thank you, Anna."
    assert chat.data == {"known": True, "name": "Anna"}


def test_a_timer_comes_when_the_clock_has_come_so_far_and_no_earlier(chat, clock):
    chat.send("/tea")
    clock.advance(minutes=2, seconds=58)
    assert chat.texts == ["In three minutes."]
    clock.advance(seconds=2)
    assert chat.last == Sent("The tea is ready.")


def test_what_sets_itself_again_comes_as_often_as_it_would(chat, clock):
    chat.send("/again")
    clock.advance(hours=5, minutes=30)
    assert chat.texts == ["Again, tea."] * 5
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    clock.advance_to(tomorrow)
    assert abs(clock.now() - tomorrow) < timedelta(minutes=1)
    assert len(chat.texts) in (23, 24)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(hours=-1)


def test_nobody_waits_for_a_handler_that_sleeps(chat):
    assert chat.send("/slow").text == "That took a while."


def test_a_handler_that_fails_fails_the_test_with_its_own_error(chat):
    with pytest.raises(MessageDiedError, match="the kettle is broken") as told:
        chat.send("/fail")
    frame = told.value.__cause__.__traceback__
    assert frame.tb_frame.f_code.co_name == "fail"
    assert chat.last.text.startswith("Something went wrong")
    assert chat.send("tea").text == "Ann: tea"


def test_telegram_refuses_what_it_would_refuse(chat):
    with pytest.raises(MessageDiedError, match="can't parse entities"):
        chat.send("/wrong")


def test_a_new_process_finds_what_was_stored_and_no_variables(chat, clock, service):
    assert chat.send("/remember").text == "1 in memory."
    assert chat.send("/remember").text == "2 in memory."
    chat.send("/form")
    chat.send("Ann B.")
    chat.send("/tea")
    service.restart()
    assert chat.send("/remember").text == "1 in memory."
    assert chat.data == {"name": "Ann B."}
    clock.advance(minutes=3)
    assert chat.last.text == "The tea is ready."


def test_any_update_can_be_sent_and_what_cannot_be_is_told(chat, people):
    joined = {"user": {"id": 42, "is_bot": True, "first_name": "Tea"}, "status": "member"}
    assert chat.update("my_chat_member", old_chat_member=joined, new_chat_member=joined) == ()
    assert chat.update("message", text="tea").text == "Ann: tea"
    with pytest.raises(NothingThereError, match="there is no invoice"):
        chat.pay()
    with pytest.raises(NothingThereError, match="has sent nothing"):
        _ = people("Boris").last
    with pytest.raises(NothingThereError, match="wrote nothing"):
        people("Clara").edit("tea")


async def _two():
    return 2


def test_a_test_awaits_something_of_its_own_on_the_bots_loop(service):
    assert service.run(_two) == 2
    assert service.run(_two()) == 2
