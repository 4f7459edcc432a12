"""The owner writes the terms in the chat, and takes them back."""

from mailroom.kit import POLICY_CHARS_MAX


def opens(person, label):
    person.writes("/admin")
    person.presses("Terms and data")
    person.presses(label)


def test_what_an_owner_writes_is_what_customers_read_until_it_is_taken_back(olga, ann):
    opens(olga, "Terms, in English")
    assert "This is the usual text" in olga.sees
    olga.presses("Write my own")
    bold = {"type": "bold", "offset": 0, "length": 2}
    olga.sends(text="No < refunds", entities=[bold])
    assert "This is your text." in olga.sees
    ann.writes("/terms")
    assert ann.sees == "No < refunds"
    olga.presses("Have the usual one")
    ann.writes("/terms")
    assert ann.sees.startswith("Terms of sale")
    log = [tuple(row) for row in olga.sql("SELECT action, target FROM shop.owner_log ORDER BY id")]
    assert log == [("policy", "terms (en)"), ("policy_off", "terms (en)")]


def test_a_text_that_no_message_holds_is_refused_and_may_be_written_again(olga):
    opens(olga, "Data, in English")
    olga.presses("Write my own")
    olga.writes("x" * (POLICY_CHARS_MAX + 1))
    assert "Shorten it" in olga.sees
    olga.writes("We keep nothing.")
    assert "We keep nothing." in olga.sees


def test_staff_is_not_asked_for_terms(stas):
    stas.writes("/admin")
    assert not any("Terms" in label for label in stas.buttons())
    stas.presses_data("adm:pol")
    assert "owner" in stas.popup
