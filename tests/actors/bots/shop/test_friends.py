"""Who brought whom, what that earns, and who buys most; the menu that leads there."""

import pytest

from mailroom.actors.bots.shop.domain.referral import referral_link
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.screens.friends import short_name


def payload_of(customer):
    return referral_link("x", customer.id).split("=")[1]


def customers(customer):
    return {row["user_id"]: row for row in customer.sql("SELECT * FROM shop.customers")}


def ranked(customer, spent_minor, name=None, currency="RUB"):
    user_id = customer.id if name is None else spent_minor
    if name is not None:
        customer.sql(
            "INSERT INTO shop.customers (bot, user_id, chat_id, name, language)"
            " VALUES ('shop', $1, 1, $2, 'en')",
            user_id,
            name,
        )
    customer.sql(
        "INSERT INTO shop.leaderboard"
        " VALUES ('shop', date_trunc('month', now() AT TIME ZONE 'UTC'), $1, $2, 1, $3)",
        currency,
        user_id,
        spent_minor,
    )


@pytest.mark.parametrize("first", ["/start", "hello", "/orders", "sticker", "button"])
def test_whatever_comes_first_the_customer_is_remembered(boris, first):
    if first == "sticker":
        boris.sends(location={"latitude": 0.0, "longitude": 0.0})
    elif first == "button":
        boris.presses_data("go:home", message_id=1, date=0)
    else:
        boris.writes(first)
    [row] = customers(boris).values()
    assert (row["user_id"], row["chat_id"], row["name"], row["language"]) == (
        boris.id,
        boris.id,
        "Борис <b>",
        "ru",
    )


def test_a_new_name_or_language_is_noted_with_the_next_message(ann):
    ann.writes("/start")
    ann.first_name = "Anna"
    ann.writes("/language")
    ann.writes("/help")
    [row] = customers(ann).values()
    assert (row["name"], row["language"]) == ("Anna", "ru")


def test_nobody_is_remembered_in_a_group(new_customer):
    member = new_customer(chat_id=-100)
    member.writes("/start")
    assert customers(member) == {}


def test_a_link_brings_a_friend_once_and_for_all(new_customer):
    ann, eve, bob = new_customer(), new_customer(), new_customer()
    ann.writes("/start")
    eve.writes("/start")
    bob.writes(f"/start {payload_of(ann)}")
    assert "Hello" in bob.sees
    bob.writes(f"/start {payload_of(eve)}")
    ann.writes(f"/start {payload_of(ann)}")
    found = customers(ann)
    assert found[bob.id]["referrer_id"] == ann.id
    assert found[ann.id]["referrer_id"] is None
    ann.writes("/friends")
    assert "Friends: 1" in ann.sees


def test_a_first_start_that_is_handled_again_keeps_the_referrer(new_customer):
    ann, bob = new_customer(), new_customer()
    ann.writes("/start")
    bob.writes(f"/start {payload_of(ann)}")
    bob.repeats_after_crash()
    assert customers(ann)[bob.id]["referrer_id"] == ann.id


@pytest.mark.parametrize("payload", ["ref", "refZZZ", "x", "ref0", "<b>", "ref" + "z" * 60])
def test_a_link_that_names_nobody_is_an_ordinary_start(ann, payload):
    ann.writes(f"/start {payload}")
    assert "Hello, Ann!" in ann.sees
    assert customers(ann)[ann.id]["referrer_id"] is None


def test_the_friends_screen_has_the_link_the_circle_and_the_money(new_customer):
    ann, bob, eve = new_customer(), new_customer(), new_customer()
    ann.writes("/start")
    bob.writes(f"/start {payload_of(ann)}")
    eve.writes(f"/start {payload_of(bob)}")
    ann.sql(
        "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, currency)"
        " VALUES ('e', 'shop', 1, $1, 'en', '', 1, 'RUB')",
        bob.id,
    )
    order = ann.sql("SELECT id FROM shop.orders")[0]["id"]
    for kind, amount_minor in (("bonus", 12_000), ("spent", -2_000)):
        ann.sql(
            "INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, amount_minor, currency)"
            " VALUES ('shop', $1, $2, $3, $4, 'RUB')",
            ann.id,
            kind,
            order,
            amount_minor,
        )
    ann.presses_data("go:friends")
    link = f"https://t.me/mailroom_shop_bot?start={payload_of(ann)}"
    assert link in ann.sees
    assert "5% of everything a friend buys is added to your balance" in ann.sees
    assert "Friends: 1\nFriends of friends: 1\nEarned: ₽120\nYour balance: ₽100." in ann.sees
    [share] = ann.links().values()
    assert share.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fmailroom_shop_bot%3Fstart%3Dref")


@pytest.mark.parametrize("options", [Options(bonus_percent=())], ids=["no bonus"])
def test_a_shop_without_bonuses_promises_none(ann):
    ann.writes("/friends")
    assert "no bonus" in ann.sees
    assert "%" not in ann.sees


def test_the_leaderboard_shortens_names_and_shows_ones_own_place(boris):
    boris.writes("/top")
    assert "Первое место свободно" in boris.sees
    for place in range(11):
        ranked(boris, 900_000 + place, f"Покупатель Фамилия{place}")
    ranked(boris, 1_000, None)
    boris.presses_data("go:top")
    assert "🥇 Покупатель Ф.: 9\u00a0000,10\u00a0₽, 1 заказ" in boris.sees
    assert "10. Покупатель Ф." in boris.sees
    assert "11. " not in boris.sees
    assert "Вы на 12-м месте: 10\u00a0₽, 1 заказ" in boris.sees


def test_who_is_on_the_board_finds_themselves_there(ann):
    ann.writes("/start")
    ranked(ann, 5_000)
    ann.writes("/top")
    assert "🥇 Ann: ₽50, 1 order (you)" in ann.sees
    assert "in place" not in ann.sees


@pytest.mark.parametrize(
    ("name", "short"),
    [("Anna Maria Smith", "Anna S."), ("Ann", "Ann"), ("", ""), ("x" * 100, "x" * 20), ("李 明", "李 明.")],
)
def test_names_are_shortened_for_others(name, short):
    assert short_name(name) == short


def test_the_menu_leads_to_the_mini_app_by_https_only(new_customer):
    def menu(**services):
        customer = new_customer(services=services)
        customer.writes("/start")
        return customer.telegram.messages[customer.newest].reply_markup.inline_keyboard

    def app(rows):
        return [button for row in rows for button in row if "storefront" in button.text]

    [button] = app(menu())
    assert button.web_app.url == "https://shop.example/app/shop/"
    [button] = app(menu(public_url="http://127.0.0.1:8080/", demo=True))
    assert (button.web_app, button.url) == (None, "http://127.0.0.1:8080/app/shop/")
    assert app(menu(public_url="http://127.0.0.1:8080")) == []


def test_the_consultant_is_spoken_of_where_there_is_one(new_customer):
    asked, alone = new_customer(services={"models": object()}), new_customer()
    for customer, there in ((asked, True), (alone, False)):
        customer.writes("/start")
        assert ("consultant will help" in customer.sees) is there
        customer.presses_data("go:home")
        assert ("consultant will help" in customer.sees) is there
