"""A customer who wants no more news, without blocking the bot that brings the goods."""

import pytest
from aiogram.methods import SendMessage

from mailroom.actors.bots.shop.audience import AUDIENCE
from mailroom.actors.jobs.notify import Message
from mailroom.actors.kit.owners.broadcasts.send import send
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError
from mailroom.actors.notification import send_call
from tests.shop_tables import shop_room


@pytest.fixture
def broadcast(ann):
    """Have the owner tell all customers something; what was sent, as a notice."""

    def begin(text="Sale", name="1"):
        number = ann.run(
            send(shop_room(ann.database), By("shop", "Olga", name), AUDIENCE, text, None, html=True)
        )
        (row,) = ann.sql("SELECT message FROM mailroom.broadcast WHERE id = $1", number)
        told = ann.sql("SELECT chat_id FROM mailroom.broadcast_recipient WHERE broadcast_id = $1", number)
        return Message.model_validate_json(row["message"]), {row["chat_id"] for row in told}

    return begin


def arrives(person, notice):
    """A broadcast comes into somebody's chat."""
    person.run(person.bot(send_call(notice, person.chat_id)))
    assert isinstance(person.telegram.calls[-1], SendMessage)
    return person.newest


def test_the_button_below_a_broadcast_ends_the_news_and_nothing_else(new_customer, broadcast, ann):
    bob = new_customer()
    ann.writes("/start")
    bob.writes("/start")
    notice, told = broadcast()
    assert told == {ann.chat_id, bob.chat_id}
    message = arrives(bob, notice)
    bob.presses("No more news", message)
    assert "No more news." in bob.popup
    assert bob.sees == "Sale"
    assert list(bob.buttons(message)) == ["🔔 Send me news"]
    _, told = broadcast(name="2")
    assert told == {ann.chat_id}
    recipients = bob.run(AUDIENCE.count(bob.database, "shop"))
    assert (recipients.total, recipients.without_news) == (1, 1)
    bob.presses("Send me news", message)
    assert broadcast(name="3")[1] == {ann.chat_id, bob.chat_id}


def test_who_wants_no_news_is_not_told_what_was_on_its_way(broadcast, ann):
    ann.writes("/start")
    broadcast()
    ann.writes("/settings")
    assert "You get the shop’s news and discounts in this chat." in ann.sees
    ann.presses("No more news")
    assert "You do not get" in ann.sees
    assert ann.sql("SELECT * FROM mailroom.broadcast_recipient") == []


def test_a_switch_pressed_twice_does_not_switch_back(ann, broadcast):
    ann.writes("/start")
    ann.presses("Settings")
    off = ann.buttons()["🔕 No more news"]
    ann.presses_data(off)
    ann.presses_data(off)
    assert "You do not get" in ann.sees
    ann.writes("/start")
    with pytest.raises(OwnerError, match="nobody_to_tell"):
        broadcast()


def test_the_button_speaks_the_language_of_the_word_above_it(ann, broadcast):
    ann.writes("/start")
    assert broadcast("Скидки до воскресенья")[0].button.text == "🔕 Не присылать новости"
    assert broadcast("Discounts until Sunday", "2")[0].button.text == "🔕 No more news"
