"""A browser that has unsubscribed is forgotten when the next notice finds it gone; the others stay."""

from functools import partial

import httpx
import pytest

from mailroom.actors.cause import Cause
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.people.push import push, subscribe
from mailroom.actors.providers.webpush import WebPush
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.webpush import webpush_handlers
from mailroom.storage.postgres import subscriptions
from tests.actors.push_service import new_private_key, open_push_service


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_at_its_bot(play, tmp_path, status):
    async def scenario(queues):
        client = await aio(new_client)
        web_push = WebPush(new_private_key(), "mailto:ops@salon.example", client, hosts=["127.0.0.1"])
        gone, stays = service.browser("gone"), service.browser("stays")
        for bot, person, browser in (("salon", "p_1", gone), ("salon", "p_2", stays), ("other", "p_1", gone)):
            await aio(subscribe, queues.pool, web_push, bot, person, browser.subscription, None)
        service.answers.append((status, {}))

        async def told():
            async with queues.pool.acquire() as connection, connection.transaction():
                tx = Transaction(connection, Cause(bot="salon", trace="", who="", effect=str))
                return await push(tx, "salon", "p_1", "Ready", "Come in", "?order=17")

        assert await aio(told) == 1
        forgets = partial(subscriptions.gone, queues.pool, "salon")
        await queues.start(webpush_handlers("salon", web_push, forgets))
        await queues.quiet()
        rows = "SELECT array_agg(bot || ' ' || endpoint ORDER BY bot) FROM mailroom.push_subscription"
        left = await queues.fetch(rows)
        assert sorted(left) == [f"other {gone.subscription.endpoint}", f"salon {stays.subscription.endpoint}"]
        await aio(client.aclose)

    async def new_client():
        return httpx.AsyncClient(verify=service.context)

    with open_push_service(tmp_path) as service:
        play(scenario)
