"""The shop's page as a browser sees it, served on this machine."""

from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ops.testing.opened.payments import MemoryAccount
from tests.actors.bots.shop.page.shop_page import open_shop
from tests.ingress.browser import Page, connected


class LocalGateway(MemoryAccount):
    """Its page of payment is on this machine."""

    base = ""

    def __init__(self, name="yookassa"):
        super().__init__(name, test=True, can_refund=False)

    def pay_url(self, order):
        return f"{self.base}/gateway/{self.name}/{order.reference}"


@pytest.fixture(name="browse")
def browse_fixture(page_database, chromium):
    """`browse(test)` runs a test on the asyncio side, with a shop that is served and a browser to see it."""

    def run(test, *, gateways=None, seconds=90, **changes):
        gateways = gateways or [LocalGateway()]

        async def main():
            with trio.fail_after(seconds):
                config, port = listen("127.0.0.1", 0)
                base = f"http://127.0.0.1:{port}"
                for gateway in gateways:
                    gateway.base = base
                changes.update(gateways=gateways, public_url=base)
                changes.setdefault("demo", True)
                async with (
                    open_shop(page_database, **changes) as shop,
                    trio.open_nursery() as nursery,
                ):

                    @shop.app.get("/gateway/<name>/<number>")
                    async def gateway_page(name, number):
                        return f'<link rel="icon" href="data:,"><h1>Pay {number} at {name}</h1>'

                    stop = trio.Event()
                    served = partial(to_trio, stop.wait)
                    nursery.start_soon(aio, run_server, TrioApp(shop.app), config, served)
                    try:
                        await aio(_look, test, shop, base, chromium)
                    finally:
                        stop.set()

        return host.run(main)

    return run


async def _look(test, shop, base, chromium):
    async with connected(chromium) as talk:

        async def visit(path="/app/shop/", **options):
            return await Page.open(talk, base + path, **options)

        def does(method, *args):
            return to_trio(partial(method, *args))

        here = SimpleNamespace(
            base=base,
            visit=visit,
            shop=shop,
            pays=partial(does, shop.pays),
            delivers=partial(does, shop.delivers),
            sql=partial(does, shop.sql),
            talk=talk,
        )
        await test(here)
