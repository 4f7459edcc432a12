"""Notices: who repeats them and for how long, what spoils them, and who forges them."""

import asyncio
import json
from urllib.parse import parse_qsl

import aiohttp
import pytest


def answering(*statuses: int):
    """The shop's answers in turn; the last one repeats."""
    left = list(statuses)

    async def answer(_gateway: str, _body: bytes) -> int:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def test_yookassa_repeats_a_notice_in_growing_pauses_until_it_hears_exactly_200(play):
    async def scenario(shop):
        shop.answer = answering(500, 201, 302, 200)
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay")
        bodies = []
        for attempt in range(1, 5):
            bodies.append((await shop.told())[1])
            await shop.nothing_waits()
            notice = (await shop.sim("notices", "GET"))["notices"][0]
            assert notice["attempts"] == attempt
            if attempt < 4:
                pause = notice["due_at"] - shop.simulation.now()
                assert 0.5 * 2 ** (attempt - 1) < pause <= (1, 2, 5)[attempt - 1]
                await shop.sim("clock", ahead_seconds=6)
        assert (notice["state"], notice["due_at"]) == ("delivered", None)
        assert len(set(bodies)) == 1

    play(scenario)


def test_yookassa_gives_up_after_a_day(play):
    async def scenario(shop):
        shop.answer = answering(500)
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay")
        for _ in range(60):
            await shop.told()
            await shop.nothing_waits()
            notice = (await shop.sim("notices", "GET"))["notices"][0]
            if notice["state"] == "given up":
                break
            assert notice["due_at"] - notice["happened_at"] <= 86_400
            await shop.sim("clock", ahead_seconds=3601)
        assert notice["state"] == "given up"
        assert 24 <= notice["attempts"] < 60

    play(scenario)


def test_aaio_sends_a_notice_exactly_once_whatever_the_shop_says(play):
    async def scenario(shop):
        shop.answer = answering(500)
        id_ = await shop.new_aaio()
        await shop.act(id_, "pay")
        await shop.told()
        await shop.nothing_waits()
        await shop.sim("clock", ahead_seconds=86_400)
        notice = (await shop.sim("notices", "GET"))["notices"][0]
        assert (notice["state"], notice["attempts"]) == ("given up", 1)
        assert shop.notices.empty()
        shop.answer = shop.say_ok
        await shop.sim("resend", notice=notice["number"])
        await shop.told()
        await shop.nothing_waits()
        assert (await shop.sim("notices", "GET"))["notices"][0]["state"] == "delivered"

    play(scenario)


def test_stripe_is_content_with_any_2xx_and_signs_each_attempt_anew(play):
    async def scenario(shop):
        shop.answer = answering(500, 204)
        session = await shop.new_stripe()
        await shop.act(session["id"], "pay")
        first = await shop.told()
        await shop.nothing_waits()
        await shop.sim("clock", ahead_seconds=6)
        second = await shop.told()
        assert first[1] == second[1]
        await shop.nothing_waits()
        assert (await shop.sim("notices", "GET"))["notices"][0]["state"] == "delivered"

    play(scenario)


def test_notices_wait_for_an_address_and_while_they_are_paused(play):
    async def scenario(shop):
        await shop.sim("notify", paused=True)
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay")
        assert (await shop.sim("notices", "GET"))["notices"][0]["attempts"] == 0
        await shop.sim("notify", paused=False)
        assert (await shop.told_json())["object"]["id"] == made["id"]

    play(scenario)


def test_paying_twice_is_one_payment_and_two_notices(play):
    async def scenario(shop):
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay_twice")
        assert (await shop.told())[1] == (await shop.told())[1]

    play(scenario)


def test_a_payer_who_pays_a_part_or_in_another_currency_is_told_as_it_is(play):
    async def scenario(shop):
        part, other = await shop.new_yookassa(), await shop.new_stripe()
        await shop.act(part["id"], "pay_part")
        assert (await shop.told_json())["object"]["amount"]["value"] == "745.00"
        assert (await shop.yookassa("GET", f"payments/{part['id']}"))["amount"]["value"] == "745.00"
        await shop.act(other["id"], "pay", amount_minor=4900, currency="USD")
        assert (await shop.told_json())["data"]["object"]["currency"] == "usd"
        assert (await shop.stripe("GET", f"checkout/sessions/{other['id']}"))["currency"] == "usd"

    play(scenario)


def test_a_late_payment_comes_when_it_was_planned(play):
    async def scenario(shop):
        id_ = await shop.new_aaio()
        planned = await shop.act(id_, "pay_late", after_seconds=600)
        assert planned["payment"]["status"] == "open"
        assert shop.notices.empty()
        await shop.sim("clock", ahead_seconds=601)
        assert (await shop.told())[0] == "aaio"
        assert (await shop.sim("payment?id=" + id_, "GET"))["plans"] == []

    play(scenario)


def test_a_declined_card_ends_the_payment_at_yookassa_and_nowhere_else(play):
    async def scenario(shop):
        made, invoice, session = await shop.new_yookassa(), await shop.new_aaio(), await shop.new_stripe()
        ended = await shop.act(made["id"], "decline")
        assert ended["payment"]["status"] == "canceled"
        notice = await shop.told_json()
        assert notice["object"]["cancellation_details"]["reason"] == "insufficient_funds"
        for id_ in (invoice, session["id"]):
            assert (await shop.act(id_, "decline"))["payment"]["status"] == "open"
            await shop.act(id_, "pay")
            await shop.told()

    play(scenario)


@pytest.mark.parametrize("kind", ["wrong_signature", "unknown_payment", "claimed_paid"])
def test_forged_notices_of_stripe_are_wrong_in_the_way_that_was_asked_for(play, kind):
    async def scenario(shop):
        from mailroom.ops.simulators.payments.gateways.stripe import WEBHOOK_SECRET, signature

        session = await shop.new_stripe()
        await shop.act(session["id"], "forge", kind=kind)
        _, body, headers = await shop.told()
        parts = dict(part.split("=") for part in headers["stripe-signature"].split(","))
        genuine = signature(body, int(parts["t"]), WEBHOOK_SECRET) == parts["v1"]
        about = json.loads(body)["data"]["object"]
        assert about["payment_status"] == "paid"
        assert genuine == (kind != "wrong_signature")
        assert (about["id"] == session["id"]) == (kind != "unknown_payment")
        assert (await shop.stripe("GET", f"checkout/sessions/{session['id']}"))["payment_status"] == "unpaid"

    play(scenario)


def test_a_forger_does_not_try_again(play):
    async def scenario(shop):
        shop.answer = answering(401)
        session = await shop.new_stripe()
        await shop.act(session["id"], "forge", kind="wrong_signature")
        await shop.told()
        await shop.nothing_waits()
        await shop.sim("clock", ahead_seconds=86_400)
        notice = (await shop.sim("notices", "GET"))["notices"][0]
        assert (notice["state"], notice["due_at"], notice["answer"]) == ("given up", None, "401")

    play(scenario)


def test_forged_notices_of_the_others_too(play):
    async def scenario(shop):
        id_ = await shop.new_aaio()
        await shop.act(id_, "forge", kind="wrong_signature")
        fields = dict(parse_qsl((await shop.told())[1].decode(), keep_blank_values=True))
        from mailroom.ops.simulators.payments.gateways.aaio import SECRET_2, sign

        assert fields["sign"] != sign(fields, SECRET_2)
        made = await shop.new_yookassa()
        await shop.act(made["id"], "forge", kind="claimed_paid")
        about = (await shop.told_json())["object"]
        assert (about["id"], about["status"]) == (made["id"], "succeeded")
        assert (await shop.yookassa("GET", f"payments/{made['id']}"))["status"] == "pending"
        refusal = await shop.sim("act", id=made["id"], act="forge", kind="wrong_signature", expect=400)
        assert "does not sign" in refusal["error"]

    play(scenario)


def test_notices_are_spoilt_as_the_rules_say(play):
    async def scenario(shop):
        async def paid(kind, **more):
            await shop.sim("faults", "DELETE")
            await shop.fault(kind, **more)
            made = await shop.new_yookassa()
            await shop.act(made["id"], "pay")
            return made["id"]

        id_ = await paid("wrong_amount")
        assert (await shop.told_json())["object"]["amount"]["value"] == "1489.00"
        assert (await shop.yookassa("GET", f"payments/{id_}"))["amount"]["value"] == "1490.00"
        await paid("wrong_currency")
        assert (await shop.told_json())["object"]["amount"]["currency"] == "USD"
        await paid("duplicate", copies=3)
        assert len({(await shop.told())[1] for _ in range(3)}) == 1
        id_ = await paid("lost")
        shown = await shop.sim(f"payment?id={id_}", "GET")
        assert [notice["state"] for notice in shown["notices"]] == ["lost"]
        id_ = await paid("late", delay_ms=30_000)
        assert shop.notices.empty()
        await shop.sim("clock", ahead_seconds=31)
        assert (await shop.told_json())["object"]["id"] == id_

    play(scenario)


def test_out_of_order_a_notice_waits_until_the_next_one_has_gone(play):
    async def scenario(shop):
        await shop.fault("out_of_order", event="payment.succeeded")
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay")
        amount = {"value": "1.00", "currency": "RUB"}
        await shop.yookassa("POST", "refunds", {"payment_id": made["id"], "amount": amount})
        assert (await shop.told_json())["event"] == "refund.succeeded"
        assert (await shop.told_json())["event"] == "payment.succeeded"

    play(scenario)


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("202", 202)])
def test_a_call_is_refused_as_often_as_the_rule_says_and_nothing_happens(play, kind, status):
    async def scenario(shop):
        await shop.fault(kind, gateway="yookassa", method="create", times=2)
        body = {**sample_body()}
        for _ in range(2):
            await shop.yookassa("POST", "payments", body, key="k", expect=status)
        assert (await shop.sim("payments", "GET"))["payments"] == []
        await shop.yookassa("POST", "payments", body, key="k")
        assert [call["status"] for call in (await shop.sim("calls", "GET"))["calls"]] == [status, status, 200]

    play(scenario)


@pytest.mark.parametrize("kind", ["500_after", "cut_after", "timeout_after"])
def test_a_call_whose_answer_is_lost_has_happened_and_is_the_same_when_repeated(play, kind):
    async def scenario(shop):
        await shop.fault(kind, method="create", times=1)
        with pytest.raises((AssertionError, aiohttp.ClientError, TimeoutError)):
            async with asyncio.timeout(0.5):
                await shop.yookassa("POST", "payments", sample_body(), key="k")
        made = await shop.yookassa("POST", "payments", sample_body(), key="k")
        listed = (await shop.sim("payments", "GET"))["payments"]
        assert [one["id"] for one in listed] == [made["id"]]

    play(scenario)


def test_a_notice_can_come_before_the_call_that_made_the_payment_has_returned(play):
    async def scenario(shop):
        returned = asyncio.Event()

        async def answer(_gateway, _body):
            assert not returned.is_set()
            return 200

        shop.answer = answer
        await shop.fault("paid_first", times=1)
        made = await shop.new_yookassa()
        returned.set()
        assert made["status"] == "pending"
        assert (await shop.told_json())["object"]["id"] == made["id"]
        notice = (await shop.sim("notices", "GET"))["notices"][0]
        assert notice["state"] == "delivered"

    play(scenario)


def test_a_refund_can_take_its_time_or_be_refused_by_the_gateway(play):
    async def scenario(shop):
        made = await shop.new_yookassa()
        await shop.act(made["id"], "pay")
        await shop.told()
        await shop.sim("faults", rules=[{"kind": "pending", "delay_ms": 60_000, "times": 1}])
        amount = {"value": "1.00", "currency": "RUB"}
        body = {"payment_id": made["id"], "amount": amount}
        refund = await shop.yookassa("POST", "refunds", body)
        assert refund["status"] == "pending"
        await shop.sim("clock", ahead_seconds=61)
        assert (await shop.told_json())["event"] == "refund.succeeded"
        assert (await shop.yookassa("GET", f"refunds/{refund['id']}"))["status"] == "succeeded"
        await shop.fault("refused", times=1)
        refused = await shop.yookassa("POST", "refunds", body)
        assert (refused["status"], refused["cancellation_details"]["reason"]) == (
            "canceled",
            "rejected_by_payee",
        )
        shown = await shop.yookassa("GET", f"payments/{made['id']}")
        assert shown["refunded_amount"]["value"] == "1.00"

    play(scenario)


def sample_body() -> dict[str, object]:
    return {
        "amount": {"value": "10.00", "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": "https://shop.example/back"},
    }


def test_mistakes_at_the_levers_are_named_with_what_is_known(play):
    async def scenario(shop):
        assert "POST /sim/act" in (await shop.sim("no-such", expect=404))["error"]
        made = await shop.new_yookassa()
        refusal = await shop.sim("act", id=made["id"], act="dance", expect=400)
        assert "pay_late (pay after `after_seconds`)" in refusal["error"]
        refusal = await shop.sim("act", id="no", act="pay", expect=400)
        assert f"the latest: {made['id']} (yookassa 1042)" in refusal["error"]
        refusal = await shop.sim("faults", rules=[{"kind": "rain"}], expect=400)
        assert "paid_first (create only" in refusal["error"]
        refusal = await shop.sim("faults", rules=[{"kind": "500", "method": "creat"}], expect=400)
        assert "method must be one of: create, get" in refusal["error"]
        assert "known: base" in (await shop.sim("notify", bass="x", expect=400))["error"]
        assert "gateway and reference" in (await shop.sim("act", act="pay", expect=400))["error"]

    play(scenario)
