"""The scripts against their model under random histories; and the proof that the model notices a fault."""

import hashlib
import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from storage.redis import mailbox
from storage.redis.scripts import NAMES, Script, script
from tests.storage.redis.model import MailboxMachine

SETTINGS = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
QUICK = settings(SETTINGS, max_examples=200, derandomize=True, phases=[Phase.generate], print_blob=False)
"""To find a fault that is there: as many tries as it needs, and no time spent on the smallest example."""

FAULTS = {
    "the fence is off": ("return redis.call('GET', key('fence')) ~= epoch", "return false"),
    "the fence goes down": ("if standing > tonumber(ARGV[1]) then", "if false then"),
    "duplicates are taken": ("if seq then return {'duplicate'", "if false then return {'duplicate'"),
    "a full mailbox leaves a mark": (
        "if policy ~= 'shed' then return {'full'",
        "redis.call('HSET', key('seen', bucket), field, 0)\n  if policy ~= 'shed' then return {'full'",
    ),
    "there is no cap": ("if depth >= cap then", "if false then"),
    "messages stand as they come": ("if order then\n    local before", "if false then\n    local before"),
    "nothing is journaled": ("redis.call('HSET', key('journal'", "redis.call('HEXISTS', key('journal'"),
    "attempts are not counted": ("redis.call('HINCRBY', key('tries', chat), seq, 1)", "1"),
    "the journal stays behind": ("redis.call('DEL', key('journal'", "redis.call('EXISTS', key('journal'"),
    "state is not written": ("redis.call('HSET', state, field, value)", "local _ = value"),
    "a commit is made twice": ("if not found then return", "if false then return"),
    "the wrong message goes": ("head and entry_seq(head) == seq", "head"),
    "a chat with messages is not ready": (
        "redis.call('ZADD', key('ready')",
        "redis.call('ZSCORE', key('ready')",
    ),
    "an empty chat stays ready": ("redis.call('ZREM', key('ready'), chat)", "local _ = chat"),
    "suspension means nothing": ("if held == 1 then return true end", "local _ = held"),
    "a timer is early": ("'-inf', now, 'LIMIT'", "'-inf', '+inf', 'LIMIT'"),
    "a timer fires again": ("redis.call('ZREM', key('timers'), member)", "local _ = member"),
    "dead letters are thrown away": ("if dead ~= '' then", "if false then"),
    "a wait is forgotten by any write": ("if seq ~= '0' and lane == 'box' then", "if true then"),
    "a wait is never noted": ("redis.call('HSET', key('parked'), chat, ARGV[4])", "local _ = chat"),
}


@pytest.fixture
def machine(clean_redis_url):
    return type("Machine", (MailboxMachine,), {"url": clean_redis_url})


def test_the_mailboxes_do_what_the_model_does(machine):
    run_state_machine_as_test(machine, settings=SETTINGS)


def put_fault_into_scripts(monkeypatch, redis_client, healthy, faulty):
    touched = 0
    for name in NAMES:
        text = script(name).text.replace(healthy, faulty)
        touched += text != script(name).text
        wrong = Script(name, text, hashlib.sha1(text.encode()).hexdigest())
        redis_client.script_load(text)
        monkeypatch.setattr(mailbox, "_RAISE" if name == "raise_fence" else f"_{name.upper()}", wrong)
    assert touched, f"no script says {healthy!r} any more"


@pytest.mark.parametrize("fault", FAULTS)
def test_the_model_notices_that(fault, machine, monkeypatch, clean_redis_url):
    import redis

    with redis.Redis.from_url(clean_redis_url) as client:
        put_fault_into_scripts(monkeypatch, client, *FAULTS[fault])
    with pytest.raises((Exception, pytest.fail.Exception)):
        run_state_machine_as_test(machine, settings=QUICK)
