"""Customers, who brought whom, what they have, and who has bought most."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.balance import add_entry, balances
from mailroom.actors.bots.shop.checkout import begin_refund, finish_refund
from mailroom.actors.bots.shop.customers import find_customer, friends_of, referrers_of, remember, set_contact
from mailroom.actors.bots.shop.domain.referral import USER_ID_MAX, referral_link, referrer_in
from mailroom.actors.bots.shop.leaderboard import boards, count_order, rank_of, top, uncount_order
from mailroom.actors.texts.language import Language
from tests.rooms import transaction_on

RU, EN = Language("ru"), Language("en")


@given(st.integers(1, USER_ID_MAX))
def test_a_referral_link_names_who_sent_it(user_id):
    link = referral_link("demo_bot", user_id)
    payload = link.removeprefix("https://t.me/demo_bot?start=")
    assert len(payload) <= 64
    assert referrer_in(payload) == user_id


@pytest.mark.parametrize(
    "payload", ["", "ref", "ref0", "refÄ", "REF1", "ref1 ", "ref-1", "refzzzzzzzzzzz", "x"]
)
def test_other_payloads_name_nobody(payload):
    assert referrer_in(payload) is None


@given(st.text())
def test_no_payload_confuses(payload):
    assert referrer_in(payload) is None or payload.startswith("ref")


def test_a_customer_is_remembered_as_they_are_now(play, somebody):
    async def scenario(domain):
        assert await find_customer(domain.pool, "shop", 7) is None
        assert not await set_contact(domain.pool, "shop", 7, "@ann")
        assert await remember(domain.pool, "shop", somebody(7, "Ann\0 Smith"), 7, EN)
        assert not await remember(domain.pool, "shop", somebody(7, "Ann\0 Smith"), 7, EN)
        assert await set_contact(domain.pool, "shop", 7, "@ann")
        assert not await remember(domain.pool, "shop", somebody(7, "Аня"), 8, RU)
        ann = await find_customer(domain.pool, "shop", 7)
        assert (ann.name, ann.chat_id, ann.language, ann.contact) == ("Аня", 8, RU, "@ann")
        assert await find_customer(domain.pool, "other", 7) is None
        assert await remember(domain.pool, "other", somebody(7, " "), 7, EN)
        assert (await find_customer(domain.pool, "other", 7)).name == "7"

    play(scenario)


def test_twenty_first_messages_at_once_are_one_new_customer(play, somebody):
    async def scenario(domain):
        new = await asyncio.gather(
            *(remember(domain.pool, "shop", somebody(7, f"Ann {n}"), 7, EN) for n in range(20))
        )
        assert new.count(True) == 1

    play(scenario)


def test_who_brought_a_customer_is_settled_when_they_are_new(play, somebody):
    async def scenario(domain):
        ann, boris = await domain.customer(), await domain.customer()
        eve = await domain.customer(referrer_id=ann)

        async def brought_by(user_id):
            return (await find_customer(domain.pool, "shop", user_id)).referrer_id

        assert await brought_by(eve) == ann
        for known, by in ((eve, boris), (ann, eve)):
            assert not await remember(domain.pool, "shop", somebody(known, "A new name"), known, EN, by)
        assert (await brought_by(eve), await brought_by(ann)) == (ann, None)
        assert await brought_by(await domain.customer(555, referrer_id=555)) is None
        assert await brought_by(await domain.customer(referrer_id=999_999_999)) is None
        # Who has ordered before customers were written down is not new either.
        await domain.order((await domain.product(1), 1), user_id=777)
        assert await brought_by(await domain.customer(777, referrer_id=ann)) is None

    play(scenario)


def test_two_who_bring_each_other_at_the_same_moment_make_no_circle(play):
    async def scenario(domain):
        for first in range(100, 140, 2):
            await asyncio.gather(
                domain.customer(first, referrer_id=first + 1), domain.customer(first + 1, referrer_id=first)
            )
            up = [await referrers_of(domain.pool, "shop", id_, 5) for id_ in (first, first + 1)]
            assert sum(map(len, up)) <= 1

    play(scenario)


def test_referrers_and_friends_are_found_level_by_level(play):
    async def scenario(domain):
        first = await domain.customer()
        second = await domain.customer(referrer_id=first)
        third = await domain.customer(referrer_id=second)
        others = [await domain.customer(referrer_id=first) for _ in range(3)]
        assert [one.user_id for one in await referrers_of(domain.pool, "shop", third, 5)] == [second, first]
        assert [one.user_id for one in await referrers_of(domain.pool, "shop", third, 1)] == [second]
        assert await referrers_of(domain.pool, "shop", third, 0) == []
        assert await referrers_of(domain.pool, "shop", first, 5) == []
        assert (await friends_of(domain.pool, "shop", first)).count_by_level == (4, 1)
        assert (await friends_of(domain.pool, "shop", first, 1)).count_by_level == (4,)
        assert (await friends_of(domain.pool, "shop", others[0])).count_by_level == ()

    play(scenario)


def test_a_circle_that_somebody_has_written_by_hand_is_walked_once(play):
    async def scenario(domain):
        ids = [await domain.customer() for _ in range(3)]
        for place, id_ in enumerate(ids):
            await domain.sql(
                "UPDATE shop.customers SET referrer_id = $2 WHERE user_id = $1", id_, ids[place - 1]
            )
        up = await referrers_of(domain.pool, "shop", ids[0], 5)
        assert [one.user_id for one in up] == [ids[2], ids[1]]
        assert (await friends_of(domain.pool, "shop", ids[0])).count_by_level == (1, 1)

    play(scenario)


def test_an_entry_of_a_balance_is_made_once_and_currencies_stay_apart(play):
    async def scenario(domain):
        ann = await domain.customer()
        number = (await domain.order((await domain.product(1), 1))).number
        dollars = (await domain.order((await domain.product(1, currency="USD"), 1))).number
        bonus = {"bot": "shop", "user_id": ann, "kind": "bonus", "level": 1}
        rubles = {**bonus, "order_number": number, "amount_minor": 500, "currency": "RUB"}
        made = await asyncio.gather(*(add_entry(domain.pool, **rubles) for _ in range(10)))
        assert made.count(True) == 1
        assert await add_entry(domain.pool, **{**rubles, "level": 2, "amount_minor": 200})
        assert await add_entry(
            domain.pool, **{**bonus, "order_number": dollars, "amount_minor": 7, "currency": "USD"}
        )
        assert await add_entry(domain.pool, **{**rubles, "kind": "revoked", "amount_minor": -500})
        assert await balances(domain.pool, "shop", ann) == {"RUB": 200, "USD": 7}
        assert await balances(domain.pool, "other", ann) == {}
        assert (await friends_of(domain.pool, "shop", ann)).earned_minor == {"RUB": 200, "USD": 7}
        for payment_id in (1, 2):
            refund = {**rubles, "kind": "refund", "payment_id": payment_id, "level": 0}
            assert await add_entry(domain.pool, **refund)
            assert not await add_entry(domain.pool, **refund)
        assert await domain.balance(ann) == 1_200

    play(scenario)


def test_a_paid_order_counts_in_the_leaderboard_once_and_comes_off_it_once(play):
    async def scenario(domain):
        id_ = await domain.product(20)
        ann, boris = await domain.customer(), await domain.customer()
        today = datetime.now(UTC).date()
        paid = []
        for user_id, quantity in ((ann, 3), (boris, 1), (ann, 1), (boris, 3)):
            order = await domain.order((id_, quantity), user_id=user_id)
            assert not await count_order(domain.pool, order.number)
            await domain.pays(order)
            counted = await asyncio.gather(*(count_order(domain.pool, order.number) for _ in range(5)))
            assert counted.count(True) == 1
            paid.append(order.number)
        board = await top(domain.pool, "shop", today, "RUB")
        assert [(one.place, one.user_id, one.orders, one.spent_minor) for one in board] == [
            (1, ann, 2, 40_000),
            (1, boris, 2, 40_000),
        ]
        async with transaction_on(domain.pool) as tx:
            await begin_refund(tx, paid[0], "owner", goods_back=True)
            await finish_refund(tx, paid[0])
        assert await uncount_order(domain.pool, paid[0])
        assert not await uncount_order(domain.pool, paid[0])
        assert not await count_order(domain.pool, paid[0])
        board = await top(domain.pool, "shop", today, "RUB")
        assert [(one.place, one.user_id, one.spent_minor) for one in board] == [
            (1, boris, 40_000),
            (2, ann, 10_000),
        ]
        assert board[0].name == f"Customer {boris}"
        assert (await rank_of(domain.pool, "shop", today, "RUB", ann)) == board[1]
        assert await rank_of(domain.pool, "shop", today, "RUB", 1) is None
        assert await top(domain.pool, "shop", date(2020, 1, 1), "RUB") == []
        assert await top(domain.pool, "shop", today, "USD") == []
        assert await boards(domain.pool, "shop") == (today, ["RUB"])
        assert await boards(domain.pool, "other") == (today, [])

    play(scenario)
