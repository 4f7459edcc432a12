"""What clients of other makers trip over: lists that page, unknown addresses, keys, AAIO's two SDKs."""

import json

import pytest

from tests.ops.simulators.payments.conftest import BEARER, MERCHANT, aaio_form


async def asked(shop, path, *, verb="GET", expect=200, **given):
    headers = {**BEARER, **given.pop("headers", {})}
    async with shop.http.request(verb, f"{shop.url}{path}", headers=headers, **given) as response:
        assert response.status == expect, await response.text()
        return await response.json()


def test_stripes_lists_go_forwards_and_backwards_page_by_page(play):
    async def scenario(shop):
        newest_first = [(await shop.new_stripe())["id"] for _ in range(5)][::-1]

        async def page(query):
            answer = await shop.stripe("GET", f"checkout/sessions?{query}")
            assert (answer["object"], answer["url"]) == ("list", "/v1/checkout/sessions")
            return [one["id"] for one in answer["data"]], answer["has_more"]

        assert await page("limit=2") == (newest_first[:2], True)
        assert await page(f"limit=2&starting_after={newest_first[1]}") == (newest_first[2:4], True)
        assert await page(f"limit=2&starting_after={newest_first[3]}") == (newest_first[4:], False)
        assert await page(f"limit=2&ending_before={newest_first[3]}") == (newest_first[1:3], True)
        assert await page(f"limit=3&ending_before={newest_first[3]}") == (newest_first[:3], False)
        assert await page("status=expired") == ([], False)
        assert await page("created[lt]=1000") == ([], False)

        async def refused(query):
            return (await shop.stripe("GET", f"checkout/sessions?{query}", expect=400))["error"]

        assert "less than or equal to 100" in (await refused("limit=101"))["message"]
        assert "greater than or equal to 1" in (await refused("limit=0"))["message"]
        assert (await refused("limit=many"))["code"] == "parameter_invalid_integer"
        assert (await refused("colour=red"))["code"] == "parameter_unknown"
        both = f"starting_after={newest_first[0]}&ending_before={newest_first[1]}"
        assert "only specify one" in (await refused(both))["message"]
        gone = await shop.stripe("GET", "checkout/sessions?starting_after=cs_no", expect=404)
        assert gone["error"]["param"] == "starting_after"

    play(scenario)


def test_stripes_refunds_charges_and_intents_are_listed_and_read_one_by_one(play):
    async def scenario(shop):
        intents = []
        for _ in range(2):
            session = await shop.new_stripe()
            await shop.act(session["id"], "pay")
            intents.append((await shop.stripe("GET", f"checkout/sessions/{session['id']}"))["payment_intent"])
        refunds = [
            (await shop.stripe("POST", "refunds", {"payment_intent": intent, "amount": "100"}))["id"]
            for intent in (*intents, intents[0])
        ][::-1]

        async def listed(path):
            answer = await shop.stripe("GET", path)
            return [one["id"] for one in answer["data"]], answer["has_more"]

        assert await listed("refunds") == (refunds, False)
        assert await listed(f"refunds?limit=1&starting_after={refunds[0]}") == (refunds[1:2], True)
        assert await listed(f"refunds?payment_intent={intents[1]}") == (refunds[1:2], False)
        assert await listed("payment_intents") == (intents[::-1], False)
        [charge, _], _ = await listed("charges")
        assert (await shop.stripe("GET", f"charges/{charge}"))["amount_refunded"] == 100
        assert await listed(f"refunds?charge={charge}") == (refunds[1:2], False)
        by_charge = await shop.stripe("POST", "refunds", {"charge": charge, "amount": "1"})
        assert by_charge["payment_intent"] == intents[1]
        one = await shop.stripe("GET", f"payment_intents/{intents[1]}?expand[]=latest_charge&expand[]=x")
        assert one["latest_charge"]["id"] == charge
        lines = await shop.stripe("GET", f"checkout/sessions/{session['id']}/line_items")
        assert [(line["description"], line["amount_total"]) for line in lines["data"]] == [("Lumen", 4900)]
        changed = await shop.stripe("POST", f"refunds/{refunds[0]}", {"metadata[why]": "late"})
        assert changed["metadata"] == {"why": "late"}
        assert (await shop.stripe("GET", f"refunds/{refunds[0]}"))["metadata"] == {"why": "late"}

    play(scenario)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/stripe/v1/customers", "Unrecognized request URL (GET: /v1/customers)"),
        ("/stripe/v2/core/events", "Unrecognized request URL"),
        ("/yookassa/v3/webhooks", "There is no GET /webhooks"),
        ("/aaio/api/create-payoff", "There is no GET /api/create-payoff"),
    ],
)
def test_an_address_that_a_gateway_lacks_is_answered_as_it_answers(play, address, told):
    async def scenario(shop):
        answer = await asked(shop, address, expect=404)
        error = answer.get("error", answer)
        assert told in (error.get("message") or error["description"])
        assert error["type"] in ("invalid_request_error", "error")

    play(scenario)


def test_stripe_says_whether_a_key_is_missing_or_wrong(play):
    async def scenario(shop):
        async def refused(authorization):
            path = "/stripe/v1/account"
            return (await asked(shop, path, expect=401, headers={"Authorization": authorization}))["error"]

        assert "You did not provide an API key" in (await refused(""))["message"]
        wrong = await refused("Bearer sk_test_wrong_key_1234")
        assert wrong["message"] == "Invalid API Key provided: sk_test_**********1234"
        assert wrong["type"] == "invalid_request_error"
        basic = {"Authorization": "Basic c2tfdGVzdF9kZW1vOg=="}
        assert (await asked(shop, "/stripe/v1/account", headers=basic))["id"] == "acct_demo"

    play(scenario)


def test_aaio_reads_a_form_and_the_object_that_its_other_client_sends_as_one(play):
    async def scenario(shop):
        order = aaio_form("1042", "1490.00", us_key="vip")
        made = (await shop.aaio("merchant/get_pay_url", order))["url"].rsplit("/", 1)[1]
        body = json.dumps({"order_id": "1042"}).encode()
        headers = {"X-Api-Key": "demo", "Content-Type": "application/x-www-form-urlencoded"}
        address = "/aaio/api/info-pay"
        info = await asked(shop, address, verb="POST", data=body, headers=headers)
        assert info == await shop.aaio("api/info-pay", {"merchant_id": MERCHANT, "order_id": "1042"})
        assert (info["status"], info["method"], info["us_vars"]) == ("in_process", "", ["vip"])
        assert (await shop.aaio("api/balance", {}))["balance"] == 0
        await shop.act(made, "pay")
        assert await shop.aaio("api/balance", {}) == {
            "type": "success", "balance": 1400.6, "referral": 0.0, "hold": 0.0
        }  # fmt: skip
        methods = (await shop.aaio("api/methods-pay", {"merchant_id": MERCHANT}))["list"]
        assert set(methods["cards_ru"]["min"]) == {"RUB", "UAH", "USD", "EUR"}
        assert (await shop.aaio("api/rates-payoff", {}))["USDT"] > 0
        refusal = await shop.aaio("api/balance", {}, key="other", expect=401)
        assert (refusal["type"], refusal["code"]) == ("error", 401)

    play(scenario)
