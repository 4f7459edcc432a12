"""An owner writes what people read of the terms, language by language, and has the usual words again."""

from mailroom.kit import POLICY_CHARS_MAX


def opens(olga, label):
    olga.send("/hall")
    olga.tap_data("place:policies")
    olga.tap(label)


def test_what_an_owner_writes_is_read_until_it_is_taken_back(olga, chat, rows):
    opens(olga, "Terms, in English")
    assert olga.shown[-1].endswith("\n\nBe quiet, en.")
    olga.tap("Write my own")
    olga.send("Sing & dance", entities=[{"type": "bold", "offset": 0, "length": 4}])
    assert olga.last.text == "✍️ This is your text.\n\nSing & dance"
    assert chat.send("/terms").text == "Sing & dance"
    olga.tap("Have the usual one")
    assert chat.send("/terms").text == "Be quiet, en."
    done = rows("SELECT action, target, outcome::text FROM hall.owner_log ORDER BY id")
    assert [(one["action"], one["target"]) for one in done] == [
        ("policy", "terms (en)"),
        ("policy_off", "terms (en)"),
    ]
    assert "<b>Sing</b> &amp; dance" in done[0]["outcome"]


def test_what_was_set_comes_before_the_usual_words_and_is_named_as_that(olga):
    opens(olga, "Terms, German")
    assert olga.shown[-1] == "⚙️ This text is from the bot's options.\n\nSeid still."


def test_a_text_that_no_message_holds_is_refused_and_may_be_written_again(olga):
    opens(olga, "Terms, in English")
    olga.tap("Write my own")
    assert "Shorten it" in olga.send("x" * (POLICY_CHARS_MAX + 1)).text
    assert olga.send("Short.").text.endswith("Short.")
    assert olga.state is None
    assert "owner_policy_of" not in olga.data


def test_a_policy_that_there_is_not_is_no_button_of_anybodys(olga, chat, rows):
    olga.send("/hall")
    for data in ("admt:secrets:en", "admta:secrets:en", "admtx:secrets:en"):
        olga.tap_data(data)
    chat.send("/terms")
    chat.tap_data("admtx:terms:en")
    assert olga.shown[-1] == "the hall"
    assert rows("SELECT FROM hall.owner_log") == []
