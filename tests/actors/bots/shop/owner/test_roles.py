"""Who may do what: for everybody else the owner's side does not exist."""

import pytest

from tests.actors.bots.shop.owner.conftest import OWNER, with_files
from tests.actors.bots.shop.owner.selling import table

COMMANDS = [
    "/admin", "/figures", "/problems", "/order 1", "/refund 1001", "/products", "/price svetlitsa 1",
    "/stock", "/whoami", "/withdraw svetlitsa", "/discounts", "/discount -90%", "/broadcast hello", "/log",
]  # fmt: skip
OWNERS = [
    "/refund 1001", "/price svetlitsa 1", "/withdraw svetlitsa", "/discounts", "/discount -90%",
    "/broadcast x", "/log",
]  # fmt: skip
BUTTONS = [
    "adm:home", "adm:log", "admf:7", "admo:1001", "admr:1001", "admrr:1001:0", "admps:0", "admp:1",
    "admon:1:0", "admpr:1", "admw:1", "admww:1", "admd:1", "adms:k:", "admsx", "admb:1", "admbm:1:pause",
    "admc:1001", "admca:1001", "admcx:1001", "admi:1001", "admir:1001:1",
]  # fmt: skip
OWNERS_BUTTONS = [
    "adm:log", "adm:disc", "adm:cast", "admr:1001", "admrr:1001:0", "admon:1:0", "admpr:1", "admww:1",
    "admd:1", "adms:k:", "admbm:1:pause", "admi:1001", "admir:1001:1",
]  # fmt: skip


def deeds(person):
    return person.sql("SELECT * FROM shop.owner_log")


def test_a_customer_is_told_what_anybody_is_told_of_a_command_that_there_is_not(ann):
    ann.writes("/start")
    for command in COMMANDS:
        ann.writes(command)
        assert ann.sees == "There is no such command. All commands: /help", command


def test_buttons_that_a_customer_has_made_up_are_out_of_date(ann, sells):
    number = sells()
    ann.writes("/start")
    for data in BUTTONS:
        ann.presses_data(data.replace("1001", str(number)))
        assert "out of date" in ann.popup, data
    assert deeds(ann) == []
    assert ann.sql("SELECT status FROM shop.orders")[0]["status"] == "paid"


def test_a_customer_who_sends_a_file_for_the_stock_is_not_served(ann):
    with_files(ann).sends_file(table(["slug", "kind", "content"], ["orbit", "code", "A"]), "/stock")
    assert ann.fetched() == 0
    assert deeds(ann) == []


def test_staff_is_told_that_it_is_for_owners(stas):
    for command in OWNERS:
        stas.writes("/admin")
        stas.writes(command)
        assert stas.sees == "Only an owner of the shop may do this.", command
    assert deeds(stas) == []


def test_staff_cannot_press_what_is_for_owners(stas):
    stas.writes("/admin")
    for number, data in enumerate(OWNERS_BUTTONS, start=1):
        stas.presses_data(data)
        assert stas.popup == "Only an owner of the shop may do this.", data
        assert len(stas.telegram.answers) == number
    assert deeds(stas) == []


def test_staff_has_a_menu_without_what_it_may_not(stas, olga):
    stas.writes("/admin")
    assert set(stas.buttons()) == {"📊 Figures", "📦 Orders", "🏷 Products", "🗄 Stock"}
    assert "/refund" not in stas.sees
    olga.writes("/admin")
    assert {"✂️ Discounts", "📣 Broadcasts", "📜 Log"} < set(olga.buttons())


def test_one_is_told_who_one_is(olga, stas, oleg):
    olga.writes("/whoami")
    assert olga.sees == f"You are Olga <b>\nTelegram id: {olga.id}\nRole: owner\nShop: shop"
    stas.writes("/WhoAmI")
    assert "Role: staff" in stas.sees
    oleg.writes("/whoami")
    assert "Роль: владелец" in oleg.sees


def test_every_button_of_the_menu_opens_something(olga, oleg):
    for person in (olga, oleg):
        person.writes("/admin")
        menu = person.newest
        for label in person.buttons(menu):
            person.writes("/admin")
            person.presses(label)
            assert person.popup == "", label


def test_in_a_group_the_owners_side_does_not_exist(new_customer):
    olga = new_customer(id=OWNER, chat_id=-500)
    olga.writes("/admin")
    olga.writes("/stock")
    assert olga.telegram.messages == {}


@pytest.mark.parametrize("asks", ["admpr:{id}", "admpic:{id}", "admta:terms:en", "adm:new"])
def test_a_command_is_no_answer_to_what_was_asked(olga, asks):
    product = olga.sql("SELECT id FROM shop.products WHERE slug = 'trams'")[0]["id"]
    olga.writes("/admin")
    olga.presses_data(asks.format(id=product))
    olga.writes("/discounts")
    assert olga.sees.startswith("Discounts")
    olga.writes("1490")
    assert "1490" not in olga.sees
