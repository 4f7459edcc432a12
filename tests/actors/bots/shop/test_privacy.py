"""What a customer reads of terms and of their data, and how they have it deleted."""

import json

import asyncpg
import pytest

from mailroom.actors.bots.shop import erasure
from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.kit.erasure import wishes
from mailroom.actors.kit.erasure.erasure import StillOpenError
from mailroom.actors.kit.erasure.wish import Wish
from tests.actors.bots.shop.conftest import StubTurn

TABLES = ("customers", "orders", "balance_entries", "leaderboard", "model_usage", "erasures")


def buys(person, status="delivered"):
    """An order of theirs, as it is kept; its number."""
    (row,) = person.sql(
        "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, comment,"
        " total_minor, currency, status, reserved_until)"
        " VALUES ($1, 'shop', $2, $2, 'en', 'ann@example.com', 'ring twice', 5,"
        " 'RUB', $3, now() + interval '1 hour') RETURNING id",
        f"shop/{person.id}:{status}",
        person.id,
        status,
    )
    return row["id"]


def wish_of(person):
    """The job that was written, as the event has it."""
    jobs = person.sql("SELECT payload FROM mailroom.outbox_job WHERE name = 'shop.erase'")
    return jobs[-1]["payload"]


def kept_of(person):
    """Every row of the shop, as text."""
    rows = [row for table in TABLES for row in person.sql(f"SELECT t::text FROM shop.{table} AS t")]
    return "\n".join(row[0] for row in rows)


def asks_to_be_forgotten(person):
    person.writes("/privacy")
    person.presses("Delete my data")
    person.presses("Yes, delete it")
    return wish_of(person)


@pytest.fixture
def known(ann, new_customer):
    """Ann with all that a shop can know of somebody, and Bob whom she has brought."""
    ann.writes("/start")
    bob = new_customer(first_name="Bob")
    bob.writes("/start")
    ann.sql("UPDATE shop.customers SET referrer_id = $1 WHERE user_id = $2", ann.id, bob.id)
    ann.sql("UPDATE shop.customers SET contact = 'ann@example.com' WHERE user_id = $1", ann.id)
    number = buys(ann)
    ann.sql(
        "INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, level, amount_minor, currency)"
        " VALUES ('shop', $1, 'bonus', $2, 1, 12000, 'RUB')",
        ann.id,
        number,
    )
    ann.sql("INSERT INTO shop.leaderboard VALUES ('shop', '2026-01-01', 'RUB', $1, 1, 5)", ann.id)
    ann.sql(
        "INSERT INTO shop.model_usage (bot, user_id, model, purpose, prompt_tokens, completion_tokens,"
        " cost_micro_usd, at) VALUES ('shop', $1, 'm', 'answer', 1, 1, 7, now() - $2 * interval '1 day'),"
        " ('shop', $1, 'm', 'answer', 1, 1, 8, now())",
        ann.id,
        2,
    )
    ann.adds("trams")
    return ann


def test_terms_and_privacy_lead_to_each_other_and_say_what_the_shop_really_does(boris):
    boris.writes("/terms")
    assert "отложены для вас на 15 минут" in boris.sees
    boris.presses("Мои данные")
    assert "Что магазин хранит и зачем" in boris.sees
    assert "консультант" not in boris.sees, "there is no model here"
    boris.presses("Условия продажи")
    assert boris.sees.startswith("Условия продажи")


def test_what_the_owner_has_set_is_said_as_it_is(new_customer):
    options = Options(terms_en="1 < 2 & no refunds", seller="Ltd <b>")
    ann = new_customer(services={"options": options})
    ann.writes("/terms")
    assert ann.sees == "1 < 2 & no refunds"
    ann.writes("/language")
    ann.writes("/terms")
    assert ann.sees.endswith("Продавец: Ltd <b>")


def test_who_checks_out_is_shown_the_way_to_the_terms(ann):
    ann.adds("trams")
    ann.reaches_summary()
    assert "/terms" in ann.sees
    ann.presses("Confirm")
    assert "/terms" in ann.sees


def test_who_is_forgotten_is_new_afterwards_and_the_books_name_nobody(known):
    known.writes("/privacy")
    known.presses("Delete my data")
    assert "Your balance is ₽120. It will be lost" in known.sees
    known.presses("Yes, delete it")
    assert "is being deleted" in known.sees
    assert known.woken[-1] == "shop.delivery"
    known.learns("shop.erased", wish_of(known))
    assert known.sees.startswith("Your data is deleted.")
    kept = kept_of(known)
    for trace in ("Ann", "ann@example.com", "ring twice"):
        assert trace not in kept, trace
    today = [line for line in kept.splitlines() if str(known.id) in line]
    assert [line.split(",")[-1] for line in today] == ["8)"], "the cost of today, until it is over"
    (usage,) = known.sql("SELECT payload FROM mailroom.outbox_job WHERE name = 'shop.erase_usage'")
    known.sql("UPDATE shop.model_usage SET at = at - interval '1 day'")
    known.run(erasure.erase_usage(known.database, erasure.UsageOf.model_validate_json(usage["payload"])))
    assert str(known.id) not in kept_of(known)
    (order,) = known.sql("SELECT status, total_minor FROM shop.orders")
    assert tuple(order) == ("delivered", 5)
    known.writes("/orders")
    assert "no orders" in known.sees.lower()
    known.writes("/friends")
    assert "Friends: 0" in known.sees
    known.writes("/cart")
    assert "empty" in known.sees
    (row,) = known.sql("SELECT contact, referrer_id FROM shop.customers WHERE user_id = $1", known.id)
    assert tuple(row) == ("", None)


def test_the_owner_reads_that_somebody_was_forgotten_and_not_who(known):
    known.learns("shop.erased", asks_to_be_forgotten(known))
    (deed,) = known.sql("SELECT who, action, target, outcome::text FROM shop.owner_log")
    assert (deed["action"], json.loads(deed["outcome"])) == ("erasure", {"orders_kept": 1})
    assert str(known.id) not in str(tuple(deed))
    assert "Ann" not in str(tuple(deed))


def test_a_second_press_begins_nothing(known):
    wish = asks_to_be_forgotten(known)
    known.presses_data("erax")
    assert "is being deleted already" in known.sees
    known.learns("shop.erased", wish)
    known.learns("shop.erased", wish)
    assert len(known.sql("SELECT FROM shop.erasures")) == 1
    assert len(known.sql("SELECT FROM shop.owner_log")) == 1


def test_a_deletion_that_fails_at_any_step_deletes_nothing_and_is_done_again(known, monkeypatch):
    wish, before = asks_to_be_forgotten(known), kept_of(known)
    steps = [(erasure, name) for name in ("orders", "balance", "usage", "leaderboard", "friends", "customer")]
    for module, name in [*steps, (wishes, "done")]:
        with monkeypatch.context() as broken:
            broken.setattr(module, "SQL", {**module.SQL, name: "SELECT nothing"})
            with pytest.raises(asyncpg.PostgresError):
                known.learns("shop.erased", wish)
        assert kept_of(known) == before, name
    known.learns("shop.erased", wish)
    assert "Ann" not in kept_of(known)


def test_a_deletion_that_died_after_the_rows_still_empties_the_chat(known):
    wish = asks_to_be_forgotten(known)
    room = known.dispatcher.workflow_data["room"]
    known.run(ERASURE.erase(room, StubTurn(1), Wish.model_validate_json(wish)))
    known.learns("shop.erased", wish)
    assert known.sees.startswith("Your data is deleted.")
    known.writes("/cart")
    assert "empty" in known.sees


def test_an_order_that_waits_for_its_payment_is_canceled_and_one_that_is_paid_is_waited_for(known):
    known.reaches_summary()
    known.presses("Confirm")
    waiting = known.orders()[-1]["id"]
    paid = buys(known, "paid")
    known.writes("/privacy")
    known.presses("Delete my data")
    assert f"Not paid yet, will be cancelled: {waiting}." in known.sees
    assert f"Not finished yet: {paid}." in known.sees
    known.presses("Yes, delete it")
    assert f"as soon as these orders are finished: {paid}." in known.sees
    assert {row["id"]: row["status"] for row in known.orders()}[waiting] == "canceled"
    wish = wish_of(known)
    calls = len(known.telegram.calls)
    known.learns("shop.erased", wish)
    assert known.told(calls) == []
    assert "ann@example.com" in kept_of(known)
    known.sql("UPDATE shop.orders SET status = 'delivered' WHERE id = $1", paid)
    known.learns("shop.erased", wish)
    assert known.sees.startswith("Your data is deleted.")


def test_what_was_written_of_a_problem_goes_too_also_where_the_log_quotes_it(ann):
    ann.writes("/start")
    number = buys(ann)
    ann.presses_data(f"cmp:{number}")
    ann.writes("I am Ann, and it is dead")
    ann.sql(
        "INSERT INTO shop.owner_log (bot, effect_id, who, action, target, why)"
        " VALUES ('shop', 'e', 'o', 'replace', $1, 'I am Ann, and it is dead')",
        str(number),
    )
    ann.learns("shop.erased", asks_to_be_forgotten(ann))
    tables = ("complaint_messages", "complaints", "owner_log", "orders")
    rows = [row[0] for table in tables for row in ann.sql(f"SELECT t::text FROM shop.{table} AS t")]
    assert not any("Ann" in row or str(ann.id) in row for row in rows if "erasure" not in row)
    assert ann.sql("SELECT count(*) FROM shop.complaint_messages")[0][0] == 0
    assert ann.sql("SELECT count(*) FROM shop.complaints WHERE closed_at IS NULL")[0][0] == 0


def test_who_is_forgotten_in_the_chat_is_so_by_the_page_too(known):
    """One deletion, wherever it is asked for: what the platform keeps goes with the shop's."""
    person = f"tg:{known.id}"
    known.sql("INSERT INTO mailroom.proof VALUES ('shop', 'mail:ann@example.com', $1)", person)
    known.learns("shop.erased", asks_to_be_forgotten(known))
    assert known.sql("SELECT FROM mailroom.proof") == []


def test_a_page_may_have_somebody_forgotten_once_nothing_of_an_order_is_to_come(known):
    room = known.dispatcher.workflow_data["room"]

    async def be_forgotten(person):
        async with room.transaction(StubTurn(1)) as tx:
            await room.forget(tx, person)

    paid = buys(known, "paid")
    with pytest.raises(StillOpenError):
        known.run(be_forgotten(f"tg:{known.id}"))
    assert "Ann" in kept_of(known)
    known.sql("UPDATE shop.orders SET status = 'delivered' WHERE id = $1", paid)
    known.run(be_forgotten("p_0123456789abcdef"))
    assert "Ann" in kept_of(known)
    known.run(be_forgotten(f"tg:{known.id}"))
    assert "Ann" not in kept_of(known)
