"""What does not work is replaced from stock in one press: once, whoever presses how often."""

import asyncio
import json

import pytest

from mailroom.actors.bots.shop.domain.item import NewItem
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.owner_replace import replace
from mailroom.actors.bots.shop.stock import add_items
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError
from tests.actors.bots.shop.owner.test_complaints import complains, deeds, events  # noqa: F401 - a fixture
from tests.shop_tables import shop_pool, shop_room

ANNA = 55


def items(person, number):
    return person.sql("SELECT * FROM shop.stock_items WHERE order_id = $1 ORDER BY id", number)


def available(person, slug="lighthouse"):
    return person.sql(
        "SELECT available FROM shop.available_stock_with_discounts WHERE slug = $1", slug
    )[0]["available"]  # fmt: skip


def presses_replace(person, number, item_id):
    person.presses_data(f"admir:{number}:{item_id}")


def test_one_press_gives_another_one_and_the_old_one_is_never_sold_again(olga, sells, complains, vault):  # noqa: F811
    number = sells(delivered=True)
    [dead] = items(olga, number)
    free = available(olga)
    olga.learns("shop.complaint", complains(number, "Dead key"))
    olga.presses("Replace: The Lighthouse Keeper")
    assert "the customer has another one" in olga.sees
    old, new = items(olga, number)
    assert (old["id"], new["replaces"]) == (dead["id"], dead["id"])
    assert old["dead_at"] is not None
    assert available(olga) == free - 1
    olga.presses_data(f"admp:{old['product_id']}")
    assert "Sold: 1\n" in olga.sees
    assert "Did not work, replaced: 1" in olga.sees
    again = asyncio.run(_adds(olga, vault, old))
    assert again == 0, "filled in once more, it does not come back"


async def _adds(person, vault, item):
    url = person.database.bare._connect_args[0]
    async with shop_pool(url, 1) as pool:
        new = NewItem(item["kind"], vault.decrypt(item["content"]), item["file_name"])
        return (await add_items(pool, vault, item["product_id"], [new], "test")).added


def test_it_is_written_down_who_when_and_why(olga, sells, complains):  # noqa: F811
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number, "Dead key"))
    olga.presses("Replace: The Lighthouse Keeper")
    [deed] = deeds(olga)
    assert (deed["action"], deed["target"], deed["why"]) == ("replace", str(number), "Dead key")
    assert deed["who"] == f"Olga <b> (telegram {olga.id})"
    old, new = items(olga, number)
    outcome = json.loads(deed["outcome"])
    assert (outcome["dead"], outcome["given"]) == (old["id"], new["id"])
    olga.writes("/log")
    assert f"replaced an item of order {number}" in olga.sees


def test_the_customer_gets_the_new_one_and_sees_the_old_one_as_replaced(olga, new_customer, sells):
    number = sells(delivered=True)
    [dead] = items(olga, number)
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    [event] = events(olga, "shop.replaced")
    assert event["chat"] == ANNA
    anna = new_customer(id=ANNA, chat_id=ANNA)
    anna.learns("shop.replaced", event["data"])
    assert f"A replacement in order {number}" in anna.sees
    assert anna.sees.count("DEMO-LIGHTHOUSE") == 1
    new = anna.sees
    anna.presses_data(f"goods:{number}")
    assert anna.sees.count("DEMO-LIGHTHOUSE") == 2
    assert "(replaced)" in anna.sees
    code = next(line for line in new.split("\n") if line.startswith("DEMO-"))
    assert f"{code}\n" in anna.sees


def test_a_double_press_is_one_replacement(olga, sells):
    number = sells(delivered=True)
    [dead] = items(olga, number)
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    presses_replace(olga, number, dead["id"])
    assert "was replaced already" in olga.popup
    assert len(items(olga, number)) == 2
    assert len(events(olga, "shop.replaced")) == 1


def test_a_press_that_is_handled_again_after_a_crash_is_one_replacement(olga, sells):
    number = sells(delivered=True)
    [dead] = items(olga, number)
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    olga.repeats_after_crash()
    assert "the customer has another one" in olga.sees
    assert len(items(olga, number)) == 2
    assert len(events(olga, "shop.replaced")) == 1


def test_two_owners_at_once_make_one_replacement(olga, sells, shop_database):
    number = sells(delivered=True)
    [dead] = items(olga, number)

    async def both():
        async with shop_pool(shop_database, 4) as pool:
            acts = [
                replace(shop_room(pool), By("shop", f"owner {one}", f"effect-{one}"), number, dead["id"])
                for one in range(4)
            ]
            return await asyncio.gather(*acts, return_exceptions=True)

    results = asyncio.run(both())
    done = [one for one in results if isinstance(one, dict)]
    refused = [one.wrong.fault for one in results if isinstance(one, OwnerError)]
    assert len(done) == 1
    assert refused == [Fault.ALREADY_REPLACED] * 3
    assert len(items(olga, number)) == 2


def test_an_empty_stock_says_so_and_nothing_is_changed(olga, sells):
    number = sells(delivered=True)
    [dead] = items(olga, number)
    olga.sql("UPDATE shop.stock_items SET withdrawn_at = now() WHERE sold_at IS NULL")
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    assert "there is none left in stock" in olga.popup
    [item] = items(olga, number)
    assert item["dead_at"] is None
    assert deeds(olga) == []


@pytest.mark.parametrize("status", ["paid", "refunding", "refunded"])
def test_only_what_was_delivered_is_replaced(olga, sells, status):
    number = sells(delivered=True)
    [dead] = items(olga, number)
    olga.sql("UPDATE shop.orders SET status = $1", status)
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    assert "Only what was delivered can be replaced" in olga.popup
    assert len(items(olga, number)) == 1


def test_an_item_of_another_order_is_not_replaced(olga, sells):
    number, other = sells(delivered=True), sells(user_id=56, delivered=True)
    [theirs] = items(olga, other)
    olga.writes("/admin")
    presses_replace(olga, number, theirs["id"])
    assert f"Order {number} has no such item" in olga.popup


def test_of_several_one_says_which_and_sees_what_became_of_them(olga, sells):
    number = sells("lighthouse", 3, delivered=True)
    olga.writes(f"/order {number}")
    olga.presses("Replace…")
    assert len([label for label in olga.buttons() if label.startswith("🔁 ")]) == 3
    second = items(olga, number)[1]["id"]
    olga.presses("🔁 2.")
    assert "2. The Lighthouse Keeper · did not work, replaced" in olga.sees
    assert "4. The Lighthouse Keeper · given instead" in olga.sees
    assert items(olga, number)[1]["id"] == second
    olga.writes(f"/order {number}")
    assert "did not work, replaced" in olga.sees


def test_what_replaced_another_one_can_be_replaced_too(olga, sells):
    number = sells(delivered=True)
    for _ in range(2):
        live = [one["id"] for one in items(olga, number) if one["dead_at"] is None]
        olga.writes("/admin")
        presses_replace(olga, number, live[0])
    assert len(items(olga, number)) == 3
    assert sum(one["dead_at"] is None for one in items(olga, number)) == 1


def test_the_supplier_is_told_by_a_job_of_the_same_kind(olga, sells):
    number = sells(delivered=True)
    olga.sql("INSERT INTO shop.suppliers (slug, title, chat_id) VALUES ('north', 'North', 99)")
    olga.sql("UPDATE shop.products SET supplier_id = (SELECT max(id) FROM shop.suppliers)")
    [dead] = items(olga, number)
    olga.writes("/admin")
    presses_replace(olga, number, dead["id"])
    jobs = olga.sql(
        "SELECT key, payload::jsonb AS job FROM mailroom.outbox_job WHERE name = 'shop.tell_supplier'"
    )
    about = [json.loads(row["job"]) for row in jobs]
    assert [one["about"] for one in about] == ["replaced"]
    assert about[0]["item"] == items(olga, number)[1]["id"]
    assert jobs[0]["key"].startswith(f"order:{number}:supplier:")


def test_staff_cannot_give_goods_away(stas, sells):
    number = sells(delivered=True)
    [dead] = items(stas, number)
    stas.writes("/admin")
    for data in (f"admir:{number}:{dead['id']}", f"admi:{number}"):
        stas.presses_data(data)
        assert stas.popup == "Only an owner of the shop may do this."
    assert len(items(stas, number)) == 1


def test_a_customer_who_made_the_button_up_gets_nothing(ann, sells):
    number = sells(delivered=True)
    [dead] = items(ann, number)
    ann.writes("/start")
    ann.presses_data(f"admir:{number}:{dead['id']}")
    assert "out of date" in ann.popup
    assert len(items(ann, number)) == 1
