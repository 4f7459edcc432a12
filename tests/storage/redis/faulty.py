"""How a machine of a model is run against the scripts, as they are and with a fault put into them."""

import hashlib
import os

import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from mailroom.storage.redis import (
    allowances,
    caches,
    dead_letters,
    inspection,
    mailbox,
    paces,
    pair,
    suspensions,
)
from mailroom.storage.redis.scripts import NAMES, Script, script
from tests.storage.redis.model import CAP

SETTINGS = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
QUICK = settings(SETTINGS, max_examples=200, derandomize=True, phases=[Phase.generate], print_blob=False)
"""To find a fault that is there: as many tries as it needs, and no time spent on the smallest example."""

USERS = (mailbox, dead_letters, suspensions, inspection, pair, allowances, caches, paces)
"""Who calls scripts; each script has one of them."""


@pytest.fixture
def machine(clean_redis_url, monkeypatch):
    """Makes the machines of a kind. Redis need not sync to disk meanwhile: nothing kills it here."""
    monkeypatch.setattr(dead_letters, "MAILBOX_CAP", CAP)
    with redis.Redis.from_url(clean_redis_url) as client:
        before = client.config_get("appendfsync")["appendfsync"]
        client.config_set("appendfsync", "no")
        yield lambda kind: type("Machine", (kind,), {"url": clean_redis_url})
        client.config_set("appendfsync", before)


def put_fault_into_scripts(monkeypatch, redis_client, healthy, faulty):
    touched = 0
    for name in NAMES:
        text = script(name).text.replace(healthy, faulty)
        touched += text != script(name).text
        wrong = Script(name, text, hashlib.sha1(text.encode()).hexdigest())
        redis_client.script_load(text)
        variable = "_RAISE" if name == "raise_fence" else f"_{name.upper()}"
        (module,) = (one for one in USERS if hasattr(one, variable))
        monkeypatch.setattr(module, variable, wrong)
    assert touched, f"no script says {healthy!r} any more"


def is_noticed(kind: type[RuleBasedStateMachine]) -> None:
    """The machine fails by the fault."""
    with pytest.raises((Exception, pytest.fail.Exception)):
        run_state_machine_as_test(kind, settings=QUICK)
