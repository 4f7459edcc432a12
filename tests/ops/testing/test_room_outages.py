"""Outages around a room: its tables, its model, its account."""

import pytest

from mailroom.actors.providers.payments import ProviderUnavailableError
from mailroom.testing import OutageNeverStruckError


@pytest.fixture
def room(walk):
    return "tips"


def test_a_message_waits_for_postgres(chat, outage):
    with outage.postgres_away():
        assert chat.send("/start") == ()
    assert chat.texts == ["This is a tip jar, with 0 ₽ in it. Would you like to add something?"]


def test_what_follows_from_a_payment_waits_for_telegram(chat, payments, telegram, database):
    chat.send("/start")
    chat.tap("300 ₽")
    with telegram.answers_502("sendMessage"):
        payments.pay(notices=2)
        assert len(chat.texts) == 2
    assert chat.last.text.startswith("💛 Thank you!")
    assert len(chat.texts) == 3
    assert database.value("SELECT total_minor FROM {schema}.jars") == 30_000


def test_a_process_that_is_killed_while_it_makes_a_tip_leaves_one(chat, payments, outage, database):
    chat.send("/start")
    with outage.killed_before_commit():
        chat.tap("300 ₽")
    assert chat.texts[1:] == ["Tip No. 1"]
    assert database.value("SELECT count(*) FROM {schema}.tips") == 1
    assert payments.ids == ["p-1"]


def test_a_provider_that_is_away_is_told_of_in_a_popup(chat, payments):
    chat.send("/start")
    payments.account.on_create.answers = [ProviderUnavailableError("503")]
    chat.tap("300 ₽")
    assert chat.popups == ["Paying does not work right now. Please try again a little later."]


def test_a_model_says_what_it_is_told_to_or_is_down(service, models, outage):
    async def ask():
        said = await service.room.models.ask("advice", [{"role": "user", "content": "Tea?"}], [], ["m"], 5.0)
        return said.text

    models.says("Green.")
    assert service.run(ask) == "Green."
    assert models.asked[0]["messages"] == [{"role": "user", "content": "Tea?"}]
    with outage.model_down(), pytest.raises(Exception, match="unreachable"):
        service.run(ask)
    with pytest.raises(OutageNeverStruckError), outage.model_down():
        pass
