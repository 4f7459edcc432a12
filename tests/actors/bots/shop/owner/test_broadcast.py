"""A word to all customers, from the chat."""

import json

import pytest
from aiogram.methods import SendMessage

from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.texts.language import Language
from tests.actors.bots.shop.owner.selling import Somebody


@pytest.fixture
def people(olga):
    """Three customers: two are served in Russian, one in English. The owner is the fourth."""
    olga.writes("/admin")
    for id_, language in ((1, Language("ru")), (2, Language("ru")), (3, Language("en"))):
        olga.run(remember(olga.database, "shop", Somebody(id_, f"C{id_}"), id_ + 100, language))
    olga.run(remember(olga.database, "other", Somebody(9, "C9"), 109, Language("ru")))


def sent_to(person, id_=None):
    rows = person.sql("SELECT * FROM mailroom.broadcast_recipient ORDER BY chat_id")
    return [row["chat_id"] for row in rows if id_ in (None, row["broadcast_id"])]


def test_a_text_is_previewed_confirmed_and_sent_to_all_customers_once(olga, people):
    olga.writes("/broadcast")
    assert "Send the message for your customers" in olga.sees
    bold = {"type": "bold", "offset": 0, "length": 4}
    olga.sends(text="Sale < today!", entities=[bold])
    shown = [call for call in olga.telegram.calls if isinstance(call, SendMessage)][-2]
    assert shown.text == "<b>Sale</b> &lt; today!"
    assert "All: 4, in Russian: 2, in English: 2." in olga.sees
    assert olga.sql("SELECT * FROM mailroom.broadcast") == []
    send = olga.buttons()["To all (4)"]
    olga.presses_data(send)
    (row,) = olga.sql("SELECT * FROM mailroom.broadcast")
    assert json.loads(row["message"]) == {
        "as": "notice", "text": "<b>Sale</b> &lt; today!", "parse_mode": "HTML",
        "button": {"text": "🔕 No more news", "data": "news:0:1"},
    }  # fmt: skip
    assert (row["bot"], row["status"], sent_to(olga)) == ("shop", "running", [101, 102, 103, olga.chat_id])
    assert olga.sees == f"Broadcast {row['id']}: running\nDelivered 0 of 4\nRemaining: 4"
    olga.repeats_after_crash()
    assert len(olga.sql("SELECT * FROM mailroom.broadcast")) == 1
    olga.presses_data(send)
    assert olga.popup.startswith("This draft is gone.")
    assert len(olga.sql("SELECT * FROM mailroom.broadcast")) == 1
    assert len(olga.sql("SELECT * FROM shop.owner_log")) == 1


def test_a_second_press_that_knows_nothing_of_the_first_sends_nothing(olga, people):
    olga.writes("/broadcast hello")
    send = olga.buttons()["To all (4)"]
    olga.presses_data(send)
    olga._storage.storage = olga.state_before  # what the first press has changed in the chat is lost
    olga.presses_data(send)
    assert len(olga.sql("SELECT * FROM mailroom.broadcast")) == 1
    assert olga.sees.startswith("Broadcast ")


def test_only_those_of_a_language_are_told(olga, people):
    olga.writes("/broadcast Только для <своих>")
    olga.presses("In Russian (2)")
    assert sent_to(olga) == [101, 102]
    (row,) = olga.sql("SELECT * FROM mailroom.broadcast")
    assert json.loads(row["message"])["text"] == "Только для &lt;своих&gt;"


def test_a_broadcast_is_paused_resumed_and_stopped_and_all_of_it_is_written_down(olga, people):
    olga.writes("/broadcast hello")
    olga.presses("To all")
    olga.presses("Pause")
    assert "paused" in olga.sees
    (row,) = olga.sql("SELECT * FROM mailroom.broadcast")
    assert row["status_by"] == f"Olga <b> (telegram {olga.id})"
    olga.presses("Resume")
    assert "running" in olga.sees
    number = row["id"]
    olga.presses("Stop for good")
    assert "stopped" in olga.sees
    olga.presses_data(f"admbm:{number}:resume")
    assert "in another state by now" in olga.popup
    olga.presses_data("admb:999")
    assert "There is no broadcast 999" in olga.popup
    olga.writes("/admin")
    olga.presses("Broadcasts")
    assert f"{number} · stopped · 0/4" in olga.buttons()
    actions = [row["action"] for row in olga.sql("SELECT action FROM shop.owner_log ORDER BY id")]
    assert actions == ["broadcast", "broadcast_pause", "broadcast_resume", "broadcast_cancel"]
