"""Stripe's own packages for Python and Node.js, over all that the payment simulator has of Stripe."""

import asyncio
import itertools
import json

import pytest

from mailroom.ops.simulators.payments.credentials import STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
from tests.foreign.conftest import STRIPE_JS, notices_of

pytestmark = pytest.mark.long

_orders = itertools.count(1)


@pytest.fixture
def client(stripe_package, payments_simulator):
    addresses = {"api": f"{payments_simulator.url}/stripe"}
    return stripe_package.StripeClient(STRIPE_SECRET_KEY, base_addresses=addresses, max_network_retries=0)


def session(client, *, key=None, **more):
    price = {"currency": "eur", "unit_amount": 2450, "product_data": {"name": "Lumen"}}
    params = {
        "mode": "payment",
        "success_url": "https://shop.example/ok",
        "line_items": [{"quantity": 2, "price_data": price}],
        "client_reference_id": f"order-{next(_orders)}",
        "metadata": {"order_id": "1042", "who": "Ann & Bob"},
        **more,
    }
    return client.v1.checkout.sessions.create(params, {"idempotency_key": key} if key else {})


def paid(client, simulator):
    made = session(client)
    simulator.ask("POST", "act", id=made.id, act="pay")
    return client.v1.checkout.sessions.retrieve(
        made.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )


def test_a_session_is_made_read_expanded_changed_and_expired(client, clean):
    made = session(client)
    assert (made.amount_total, made.status, made.payment_status) == (4900, "open", "unpaid")
    assert made.metadata["who"] == "Ann & Bob"
    assert client.v1.checkout.sessions.retrieve(made.id).url == made.url
    [line] = client.v1.checkout.sessions.line_items.list(made.id).data
    assert (line.description, line.quantity, line.amount_total) == ("Lumen", 2, 4900)
    changed = client.v1.checkout.sessions.update(made.id, {"metadata": {"who": "", "why": "x"}})
    assert changed.metadata.to_dict() == {"order_id": "1042", "why": "x"}
    assert client.v1.checkout.sessions.expire(made.id).status == "expired"
    whole = paid(client, clean)
    assert (whole.payment_status, whole.payment_intent.status) == ("paid", "succeeded")
    assert whole.payment_intent.latest_charge.amount == 4900
    assert whole.line_items.data[0].description == "Lumen"


def test_lists_page_by_hand_and_by_themselves(client, clean):
    ids = [session(client).id for _ in range(7)][::-1]
    sessions = client.v1.checkout.sessions
    first = sessions.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (ids[:3], True)
    second = sessions.list({"limit": 3, "starting_after": ids[2]})
    assert [one.id for one in second.data] == ids[3:6]
    back = sessions.list({"limit": 2, "ending_before": ids[3]})
    assert ([one.id for one in back.data], back.has_more) == (ids[1:3], True)
    assert [one.id for one in sessions.list({"limit": 2}).auto_paging_iter()] == ids
    back = sessions.list({"limit": 2, "ending_before": ids[6]})
    assert [one.id for one in back.auto_paging_iter()] == ids[:6][::-1]
    assert sessions.list({"status": "expired"}).data == []
    assert sessions.list({"created": {"gte": 4_000_000_000}}).data == []


def test_refunds_charges_intents_and_disputes(client, clean):
    intents = [paid(client, clean).payment_intent for _ in range(3)]
    refunds = [
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 100 + number})
        for number, intent in enumerate(intents)
    ]
    assert [one.amount for one in client.v1.refunds.list({"limit": 1}).auto_paging_iter()] == [102, 101, 100]
    assert client.v1.refunds.retrieve(refunds[0].id).status == "succeeded"
    assert client.v1.refunds.update(refunds[0].id, {"metadata": {"a": "b"}}).metadata["a"] == "b"
    charge = client.v1.charges.retrieve(intents[0].latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (100, False)
    assert client.v1.refunds.create({"charge": charge.id}).amount == 4800
    assert len(client.v1.charges.list({"payment_intent": intents[1].id}).data) == 1
    found = [one.id for one in client.v1.payment_intents.list({"limit": 2}).auto_paging_iter()]
    assert found == [intent.id for intent in intents][::-1]
    assert client.v1.payment_intents.update(found[0], {"metadata": {"a": "b"}}).metadata["a"] == "b"
    by_intent = client.v1.checkout.sessions.list({"payment_intent": found[0]}).data
    clean.ask("POST", "act", id=by_intent[0].id, act="dispute")
    [dispute] = client.v1.disputes.list({"payment_intent": found[0]}).data
    assert client.v1.disputes.retrieve(dispute.id).status == "needs_response"
    assert client.v1.accounts.retrieve_current().id == "acct_demo"


def test_a_key_of_idempotency_makes_one_thing(client, clean, stripe_package):
    order = {"client_reference_id": "once"}
    first, again = (session(client, key="k1", **order) for _ in range(2))
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe_package.IdempotencyError):
        session(client, key="k1", client_reference_id="other")


def test_refusals_are_stripes_own_exceptions(client, clean, stripe_package, payments_simulator):
    with pytest.raises(stripe_package.InvalidRequestError, match=r"No such checkout\.session") as caught:
        client.v1.checkout.sessions.retrieve("cs_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe_package.InvalidRequestError, match="Unrecognized request URL") as caught:
        client.v1.customers.list()
    assert caught.value.http_status == 404
    with pytest.raises(stripe_package.InvalidRequestError, match="less than or equal to 100"):
        client.v1.refunds.list({"limit": 101})
    with pytest.raises(stripe_package.InvalidRequestError) as caught:
        session(client, colour="red")
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "colour")
    with pytest.raises(stripe_package.InvalidRequestError):
        client.v1.refunds.create({})
    addresses = {"api": f"{payments_simulator.url}/stripe"}
    stranger = stripe_package.StripeClient("sk_test_other_key", base_addresses=addresses)
    with pytest.raises(stripe_package.AuthenticationError, match="Invalid API Key provided: sk_test_"):
        stranger.v1.refunds.list()
    for kind, error in (("429", stripe_package.RateLimitError), ("500", stripe_package.APIError)):
        clean.ask("POST", "faults", rules=[{"gateway": "stripe", "kind": kind, "times": 1}])
        with pytest.raises(error):
            client.v1.refunds.list()


def test_events_are_verified_by_the_package(client, clean, stripe_package):
    async def told():
        async with notices_of(clean) as notices:
            made = await asyncio.to_thread(session, client)
            await asyncio.to_thread(clean.ask, "POST", "act", id=made.id, act="pay")
            return made, await asyncio.wait_for(notices.get(), 20)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        made, (body, headers) = runner.run(told())
    signature = headers["Stripe-Signature"]
    event = stripe_package.Webhook.construct_event(body, signature, STRIPE_WEBHOOK_SECRET)
    assert (event.type, event.data.object.id) == ("checkout.session.completed", made.id)
    with pytest.raises(stripe_package.SignatureVerificationError):
        stripe_package.Webhook.construct_event(body, signature, "whsec_other")


def test_the_package_for_node_reads_it_all_too(node, clean):
    answer = node(NODE, STRIPE_JS, HOST_AND_PORT=clean.url.removeprefix("http://"), KEY=STRIPE_SECRET_KEY)
    made = answer["made"]
    assert (answer["listed"], answer["lines"]) == (made[::-1], ["Lumen"])
    assert answer["same"] == made[0]
    assert answer["unknown"] == ["StripeInvalidRequestError", 404]
    assert answer["stranger"] == ["StripeAuthenticationError", 401]
    assert answer["missing"] == ["StripeInvalidRequestError", "resource_missing"]
    assert json.dumps(answer["refunds"]) == "[100, 50]"


NODE = """
import Stripe from "stripe";
const [host, port] = process.env.HOST_AND_PORT.split(":");
const at = (key) => new Stripe(key, { host, port: Number(port), protocol: "http", maxNetworkRetries: 0,
  httpClient: Stripe.createFetchHttpClient((url, init) =>
    fetch(String(url).replace(`:${port}/v1`, `:${port}/stripe/v1`), init)) });
const stripe = at(process.env.KEY);
const order = (n) => ({ mode: "payment", success_url: "https://shop.example/ok",
  client_reference_id: `node-${n}`,
  line_items: [{ quantity: 1,
    price_data: { currency: "eur", unit_amount: 2450, product_data: { name: "Lumen" } } }] });
const refused = async (promise, ...fields) => {
  try { await promise; } catch (error) { return fields.map((field) => error[field]); }
};
const made = [];
for (const n of [1, 2, 3]) {
  made.push((await stripe.checkout.sessions.create(order(n), { idempotencyKey: `n${n}` })).id);
}
const same = (await stripe.checkout.sessions.create(order(1), { idempotencyKey: "n1" })).id;
const listed = [];
for await (const one of stripe.checkout.sessions.list({ limit: 1 })) listed.push(one.id);
const { data } = await stripe.checkout.sessions.listLineItems(made[0]);
const lines = data.map((line) => line.description);
await fetch(`http://${process.env.HOST_AND_PORT}/sim/act`, { method: "POST",
  body: JSON.stringify({ id: made[0], act: "pay" }) });
const paid = await stripe.checkout.sessions.retrieve(made[0], { expand: ["payment_intent"] });
const payment_intent = paid.payment_intent.id;
for (const amount of [50, 100]) await stripe.refunds.create({ payment_intent, amount });
const refunds = [];
for await (const one of stripe.refunds.list({ payment_intent, limit: 1 })) {
  refunds.push(one.amount);
}
console.log(JSON.stringify({ made, same, listed, lines, refunds,
  unknown: await refused(stripe.customers.list(), "type", "statusCode"),
  stranger: await refused(at("sk_test_other_key").refunds.list(), "type", "statusCode"),
  missing: await refused(stripe.checkout.sessions.retrieve("cs_none"), "type", "code") }));
"""
