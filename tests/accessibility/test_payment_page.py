"""The payment page of the simulator: every state of a payment, in both languages."""

import pytest

from tests.ingress.browser import Page, connected
from tests.ops.simulators.payments.conftest import play  # noqa: F401 - a fixture

STATES = {
    "open": [],
    "declined": ["decline"],
    "paid": ["pay"],
    "told twice": ["pay_twice"],
    "paid in part": ["pay_part"],
    "expired": ["expire"],
    "given back in part": ["pay", "refund_part"],
    "given back": ["pay", "refund"],
    "forged": ["forge unknown_payment"],
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_axe_finds_nothing_on_the_payment_page(play, chromium, sight, language):  # noqa: F811
    async def scenario(shop):
        async with connected(chromium) as talk:
            page = await Page.open(talk, f"{shop.url}/?lang={language}")
            await page.until("!!document.querySelector('h1')")
            await sight.look(page, "no payments")
            for state, acts in STATES.items():
                url = f"{shop.url}/pay/{await made(shop, acts)}?lang={language}"
                await sight.go(page, url, "document.querySelector('.pill')", state)
            aaio = await shop.new_aaio()
            await shop.act(aaio, "hold")
            stripe = (await shop.new_stripe())["id"]
            await shop.act(stripe, "pay")
            await shop.act(stripe, "dispute")
            late = (await shop.new_yookassa())["id"]
            await shop.act(late, "pay_late", after_seconds=600)
            for name, id_ in (("held", aaio), ("disputed", stripe), ("late", late), ("unknown", "no-such")):
                url = f"{shop.url}/pay/{id_}?lang={language}"
                await sight.go(page, url, "document.querySelector('main')", name)
            await sight.go(
                page, f"{shop.url}/?lang={language}", "document.querySelector('.list')", "all payments"
            )

    play(scenario)


async def made(shop, acts):
    """A new payment after some deeds."""
    id_ = (await shop.new_yookassa())["id"]
    for act in acts:
        name, _, kind = act.partition(" ")
        await shop.act(id_, name, **({"kind": kind} if kind else {}))
    await shop.nothing_waits()
    return id_
