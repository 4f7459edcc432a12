"""The application with on-call's functions behind it as a test has prepared them, on both loops."""

from operator import attrgetter
from types import SimpleNamespace
from typing import get_type_hints
from unittest.mock import create_autospec

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.storage.redis.inspection import Totals
from mailroom.supervisors.oncall.dead import DeadCount, DeadEverywhere
from mailroom.supervisors.oncall.need import LongWait
from mailroom.supervisors.oncall.need_of_jobs import JobsInNeed
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import Outcome

TOKEN = "token-of-sixteen-or-more"
SEEN = (
    "look.tree", "look.top", "look.suspensions", "look.audit", "dead.reasons", "jobs.queues", "jobs.find",
    "attention.missed", "attention.concerns",
)  # fmt: skip
DONE = (
    "act.restart", "act.suspend", "act.resume", "act.drain", "letters.skip", "dead.requeue", "dead.drop",
    "dead.edit", "jobs.retry", "jobs.drop", "jobs.edit", "jobs.pause", "jobs.resume",
)  # fmt: skip
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(name="oncall")
def oncall_fixture():
    """It can be asked exactly what the real one can be asked."""
    fake = create_autospec(OnCall, instance=True)
    for part, kind in get_type_hints(OnCall).items():
        fake.attach_mock(create_autospec(kind, instance=True), part)
    for name in SEEN:
        attrgetter(name)(fake).return_value = []
    fake.dead.find.return_value = DeadEverywhere([])
    fake.attention.long_waits.return_value = LongWait(0, [])
    fake.attention.jobs_in_need.return_value = JobsInNeed(0, [], [], 0, {}, {})
    fake.dead.count.return_value = DeadCount(1, 2)
    fake.dead.totals.return_value = Totals(2, 5, 1_000, 1, 0)
    for name in DONE:
        attrgetter(name)(fake).return_value = Outcome("shop:1", "It is done.")
    return fake


@pytest.fixture
def server(oncall):
    """The application; `server.run(test)` runs a test that is given a client."""
    closing = trio.Event()
    operations = Operations(oncall, Access(TOKEN, Allowance()), closing=closing)
    app = create_app(None, None, {"bots": {}}, operations)

    def run(test):
        async def main():
            with trio.fail_after(20):
                return await test(app.test_client())

        return host.run(main)

    return SimpleNamespace(app=app, closing=closing, run=run)


@pytest.fixture
def ask(server):
    """Ask once, as a program that has the token; the answer with its JSON."""

    def asked(method, path, json=None, headers=BEARER, data=None):
        body = {"data": data} if json is None else {"json": json}

        async def test(client):
            answer = await client.open(path, method=method, headers=headers, **body)
            return SimpleNamespace(
                status=answer.status_code, headers=answer.headers, json=await answer.get_json(silent=True)
            )

        return server.run(test)

    return asked
