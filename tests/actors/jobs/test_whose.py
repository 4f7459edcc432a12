"""To which bot's queue a job goes that was enqueued when bots shared it."""

import asyncio
import json

import pytest

from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue, former_of, took_over
from mailroom.actors.jobs.whose import whose_of
from mailroom.storage.postgres.outbox.renamed import Old
from tests.actors.jobs.queue_harness import Letter

DELIVERY = Queue("delivery")
QUEUES = [Handlers(DELIVERY, bot) for bot in ("shop", "second", "tips")]
QUEUES[2].job(Kind("tips.tell", Letter, queue=DELIVERY))(lambda *_: None)


async def room(_connection, _name, carried):
    return {1: "second", 2: "gone"}.get(carried.get("order"))


@pytest.mark.parametrize(
    ("job", "queue"),
    [
        (Old(1, "shop.deliver", "{}", "second"), "second.delivery"),
        (Old(1, "notify", json.dumps({"bot": "second"}), None), "second.delivery"),
        (Old(1, "shop.deliver", json.dumps({"order": 1}), None), "second.delivery"),
        (Old(1, "shop.deliver", json.dumps({"order": 2}), "gone"), "gone.delivery"),
        (Old(1, "shop.deliver", "{}", "gone"), "shop.delivery"),
        (Old(1, "tips.tell", "{}", None), "tips.delivery"),
        (Old(1, "nobody.knows", "no JSON", None), "shop.delivery"),
        (Old(1, "nobody.knows", json.dumps(["bot"]), None), "shop.delivery"),
        (Old(1, "notify", json.dumps({"bot": ["second"]}), None), "shop.delivery"),
    ],
)
def test_a_job_goes_to_whom_it_names_or_to_whom_its_room_knows(job, queue):
    whose = whose_of({"delivery": QUEUES}, [room])
    assert asyncio.run(whose(None, "delivery", job)) == queue


def test_only_what_bots_once_shared_has_another_name():
    assert former_of("shop.delivery") == "delivery"
    assert former_of("shop.mail") is None
    assert former_of("delivery") is None, "a queue of somebody's own"
    assert took_over(
        ["accounts", "shop.payment", "shop.delivery", "second.delivery", "shop.notification"]
    ) == {
        "payment": ["accounts", "shop.payment"],
        "delivery": ["shop.delivery", "second.delivery"],
        "notification": ["shop.notification"],
    }
