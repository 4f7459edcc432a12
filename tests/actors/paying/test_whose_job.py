"""To which bot's queue of payments a job goes that was enqueued when all bots shared one."""

import json

from mailroom.actors.accounts import account_handlers
from mailroom.actors.jobs.whose import whose_of
from mailroom.actors.paying.whose_job import bot_of_payment
from mailroom.actors.payment import payment_handlers
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.renamed import move
from mailroom.storage.postgres.outbox.seen import Wanted, find
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import Shop


def about(payment_id, name="payment.confirm", **options):
    return NewJob("payment", name, json.dumps({"payment_id": payment_id, "why": "owner"}), **options)


def test_what_names_a_payment_goes_to_its_bot_and_what_does_not_to_the_accounts(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        ours, theirs, gone = [await shop.open(queues, bot=bot) for bot in ("shop", "tea", "gone")]
        its = [account_handlers({}), *(payment_handlers(bot, {}, {}) for bot in ("shop", "tea"))]
        names = [one.queue for one in its]
        noticed = json.dumps({"provider": "x", "provider_id": "7"})
        expected = [
            (about(theirs), "tea.payment"),
            (about(ours), "shop.payment"),
            (about(theirs, "payment.refund", key=f"refund:{theirs}"), "tea.payment"),
            (about(gone), "gone.payment"),
            (NewJob("payment", "payment.noticed", noticed), "accounts"),
            (NewJob("payment", "payment.reconcile"), "accounts"),
            (NewJob("payment", "payment.list"), "accounts"),
            (NewJob("payment", "payment.lost_back"), "accounts"),
            (about(12345), "shop.payment"),
            (about("no number"), "shop.payment"),
            (about(2**70), "shop.payment"),
            (NewJob("payment", "nobody.knows"), "accounts"),
        ]
        ids = await queues.enqueue(*(job for job, _ in expected))
        whose = whose_of({"payment": its}, [bot_of_payment])
        moved, _ = await aio(move, queues.pool, "payment", names, whose)
        found = {seen.id: seen.queue for seen in await aio(find, queues.pool, Wanted(), 100)}
        assert [found[id_] for id_ in ids] == [queue for _, queue in expected]
        assert moved == {queue for _, queue in expected}

    play(scenario)
