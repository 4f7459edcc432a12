"""A word to all people of a bot, from the chat: previewed, sent once, followed."""

import asyncio
import json

import pytest

from mailroom.actors.kit.owners.broadcasts.send import send
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError
from tests.actors.kit.owners import hall

BROADCASTS = "SELECT * FROM mailroom.broadcast ORDER BY id"


def told(rows):
    found = rows("SELECT chat_id FROM mailroom.broadcast_recipient ORDER BY chat_id")
    return [row["chat_id"] for row in found]


def test_a_text_is_previewed_confirmed_and_sent_to_all_once(olga, rows):
    olga.send("/broadcast")
    assert olga.last.text.startswith("Send the message for your customers")
    preview, question = olga.send("Seats < today!")
    assert preview.text == "Seats < today!"
    assert question.text.endswith(
        "\nAll: 3, in Russian: 2, in English: 1, German: 0.\nOpted out of news and will not get it: 5."
    )
    assert olga.labels == ["To all (3)", "In Russian (2)", "In English (1)", "No"]
    assert rows(BROADCASTS) == []
    send_it = question.buttons[0][0].data
    olga.tap("To all (3)")
    (row,) = rows(BROADCASTS)
    assert json.loads(row["message"]) == {
        "as": "notice", "text": "Seats &lt; today!", "parse_mode": "HTML",
        "button": {"text": "Enough", "data": "enough"},
    }  # fmt: skip
    assert (row["status"], told(rows)) == ("running", [101, 102, 103])
    assert olga.shown[-1] == f"Broadcast {row['id']}: running\nDelivered 0 of 3\nRemaining: 3"
    olga.tap_data(send_it)
    assert olga.popups == ["This draft is gone. Start again: /broadcast"]
    assert len(rows(BROADCASTS)) == len(rows("SELECT * FROM hall.owner_log")) == 1


def test_formatting_goes_along_and_a_press_that_is_handled_again_sends_nothing_twice(olga, service, rows):
    olga.send("/broadcast")
    olga.send("Seats today", entities=[{"type": "bold", "offset": 0, "length": 5}])
    olga.tap("To all")
    assert json.loads(rows(BROADCASTS)[0]["message"])["text"] == "<b>Seats</b> today"


def test_only_those_of_a_language_are_told_with_a_button_that_speaks_it(olga, rows):
    olga.send("/broadcast Только для <своих>")
    olga.tap("In Russian (2)")
    assert told(rows) == [101, 102]
    message = json.loads(rows(BROADCASTS)[0]["message"])
    assert (message["text"], message["button"]["text"]) == ("Только для &lt;своих&gt;", "Хватит")


def test_the_button_of_an_older_draft_does_not_send_a_newer_one(olga, rows):
    _, older = olga.send("/broadcast first")
    olga.send("/broadcast second")
    olga.tap_data(older.buttons[0][0].data, message=older)
    assert olga.popups == ["This draft is gone. Start again: /broadcast"]
    olga.tap("To all")
    (row,) = rows(BROADCASTS)
    assert json.loads(row["message"])["text"] == "second"


def test_one_who_has_second_thoughts_sends_nothing(olga, rows):
    olga.send("/broadcast oops")
    olga.tap("No")
    assert olga.shown[-1] == "Nothing was sent."
    assert rows(BROADCASTS) == []


def test_a_broadcast_is_paused_resumed_and_stopped_and_all_of_it_is_written_down(olga, rows):
    olga.send("/broadcast hello")
    olga.tap("To all")
    olga.tap("Pause")
    assert "paused" in olga.shown[-1]
    (row,) = rows(BROADCASTS)
    assert row["status_by"] == f"Olga (telegram {hall.OLGA})"
    olga.tap("Resume")
    olga.tap("Stop for good")
    assert "stopped" in olga.shown[-1]
    olga.tap_data(f"admbm:{row['id']}:resume")
    assert "in another state by now" in olga.popups[-1]
    olga.tap("Back")
    assert olga.labels == [f"{row['id']} · stopped · 0/3", "📣 Broadcast", "↩️ Back"]
    actions = [one["action"] for one in rows("SELECT action FROM hall.owner_log ORDER BY id")]
    assert actions == ["broadcast", "broadcast_pause", "broadcast_resume", "broadcast_cancel"]


def test_two_at_once_are_one_broadcast(in_the_hall, rows):
    async def both(room):
        by = By("hall", "Olga", "hall:draft:1")
        return await asyncio.gather(
            *(send(room, by, hall.AUDIENCE, "hello", None, html=False) for _ in range(2))
        )

    first, second = in_the_hall(both)
    assert first == second
    assert len(rows(BROADCASTS)) == 1


def test_nobody_is_told_in_a_language_that_nobody_speaks(in_the_hall, rows):
    async def tell(room):
        with pytest.raises(OwnerError, match="nobody_to_tell"):
            await send(room, By("hall", "Olga", "1"), hall.AUDIENCE, "hallo", "de", html=False)

    in_the_hall(tell)
    assert rows(BROADCASTS) == rows("SELECT * FROM hall.owner_log") == []
