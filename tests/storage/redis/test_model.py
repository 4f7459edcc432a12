"""The scripts against their model under random histories; and the proof that the model notices a fault."""

import hashlib
import os

import pytest
import redis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from storage.redis import dead_letters, inspection, mailbox, pair, suspensions
from storage.redis.scripts import NAMES, Script, script
from tests.storage.redis.model import CAP, MailboxMachine
from tests.storage.redis.model_groups import GroupMachine
from tests.storage.redis.model_oncall import OnCallMachine

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

USERS = (mailbox, dead_letters, suspensions, inspection, pair)
"""Who calls scripts; each script has one of them."""

# Faults that only a long history meets are left to tests of their own: what a requeue must not do is in
# `test_dead_letters.py`.
FAULTS = {
    "the fence is off": ("return redis.call('GET', key('fence')) ~= token", "return false"),
    "the fence goes down": ("if standing > tonumber(ARGV[1]) or (", "if false or ("),
    "another taker of the same epoch comes in": ("taker ~= ARGV[2]", "false"),
    "duplicates are taken": ("if seq then return {'duplicate'", "if false then return {'duplicate'"),
    "a full mailbox leaves a mark": (
        "if policy ~= 'shed' then return {'full'",
        "redis.call('HSET', key('seen', bucket), field, 0)\n  if policy ~= 'shed' then return {'full'",
    ),
    "there is no cap": ("if depth >= cap then", "if false then"),
    "messages stand as they come": ("if order then\n    local before", "if false then\n    local before"),
    "nothing is journaled": ("redis.call('HSETNX', key('journal'", "redis.call('HEXISTS', key('journal'"),
    "a record takes the place of another": ("'HSETNX', key('journal', id)", "'HSET', key('journal', id)"),
    "a record of another message is taken": ("if entry_trace(entry) == trace then", "if true then"),
    "attempts are not counted": ("attempts = attempts + 1", "attempts = 1"),
    "an attempt that is begun again counts again": ("if last ~= id then", "if true then"),
    "an attempt is taken back twice": ("if id ~= '' and last == id then", "if id ~= '' then"),
    "outages are not counted": ("outages = outages + 1", ""),
    "nobody knows since when it is away": ("since = now_ms()", "since = 0"),
    "the journal stays behind": ("redis.call('DEL', key('journal'", "redis.call('EXISTS', key('journal'"),
    "state is not written": ("redis.call('HSET', state, name, ARGV[at + 2])", ""),
    "a commit is made twice": (
        "if not take(list, seq) then",
        "take(list, seq) if false then",
    ),
    "the wrong message goes": (
        "if entry_seq(first) == seq then return first, true end",
        "if first then return first, true end",
    ),
    "a chat with messages is not ready": (
        "redis.call('ZADD', key('ready')",
        "redis.call('ZSCORE', key('ready')",
    ),
    "an empty chat stays ready": ("redis.call('ZREM', key('ready'), chat)", "local _ = chat"),
    "suspension means nothing": ("if held == 1 then return true end", "local _ = held"),
    "a timer is early": ("'-inf', now, 'LIMIT'", "'-inf', '+inf', 'LIMIT'"),
    "a timer fires again": ("redis.call('ZREM', key('timers'), member)", "local _ = member"),
    "dead letters are thrown away": ("if letter == '' then", "if true then"),
    "a wait is forgotten by any write": ("if seq ~= '0' and lane == 'box' then", "if true then"),
    "a wait is never noted": ("redis.call('HSET', key('parked'), chat, until_ms)", "local _ = chat"),
}
ON_CALL_FAULTS = {
    "what does not stand first is begun": ("return {find(key('box', chat), seq) and 'behind' or 'gone'}", ""),
    "what was skipped waits": ("if not waits(chat, seq) then return {'gone'} end", ""),
    "what was skipped follows": (" or entry_seq(head) ~= next_seq", ""),
    "what a dead message sent is forgotten": (
        "redis.call('RENAME', key('journal', id), key('deadlog', id))",
        "redis.call('DEL', key('journal', id))",
    ),
    "what was sent after a skip is forgotten": (
        "redis.call('HSETNX', key('deadlog', id)",
        "redis.call('HGET', 'x'",
    ),
    "what was sent after a skip stays behind": ("if letter and string.find", "if not letter or string.find"),
    "a skip leaves the attempts": ("redis.call('HDEL', key('tries', chat), number)", "local _ = chat"),
    "a skip does not end the wait": ("if lane == 'box' and first then", "if false then"),
    "any skip ends the wait": ("if lane == 'box' and first then", "if lane == 'box' then"),
    "a requeue leaves the letter": ("redis.call('HDEL', key('dead'), one[1])", "local _ = id"),
    "a drop leaves what was sent": ("if dropped == 1 then", "if false then"),
    "depths only grow": ("redis.call('ZREM', key('depths'), chat)", "local _ = depth"),
    "depths forget the expedited": ("(fast and redis.call('LLEN', key('fast', chat)) or 0)", "0"),
    "a parked chat goes on": ("redis.call('SADD', key('suspended'), chat)", "local _ = chat"),
    "nobody knows why a chat is parked": ("redis.call('HSET', key('parks'), chat, parked)", "local _ = chat"),
    "a start forgets who is parked": ("key('parks'))) do wanted[chat] = true end", "key('parks'))) do end"),
    "a start forgets to suspend": ("redis.call('SADD', key('suspended'), member)", "local _ = member"),
    "a start forgets to resume": ("if not wanted[member] then", "if false then"),
    "a resumed chat stays parked": ("redis.call('HDEL', key('parks'), ARGV[1])", "local _ = parked"),
}

GROUP_FAULTS = {
    "a part joins what has begun to answer": ("local belongs = not recorded or", "local belongs = true or"),
    "a part that was taken away is committed": ("if lost then return", "if false then return"),
    "a skip leaves the rest without its attempts": ("if heir then keep_tried", "if false then keep_tried"),
    "a requeue brings one part back": ("if type(letter.group) == 'table' then", "if false then"),
}


@pytest.fixture
def machine(clean_redis_url, monkeypatch):
    """Makes the machines of a kind. Redis need not sync to disk meanwhile: nothing kills it here."""
    monkeypatch.setattr(dead_letters, "MAILBOX_CAP", CAP)
    with redis.Redis.from_url(clean_redis_url) as client:
        before = client.config_get("appendfsync")["appendfsync"]
        client.config_set("appendfsync", "no")
        yield lambda kind: type("Machine", (kind,), {"url": clean_redis_url})
        client.config_set("appendfsync", before)


@pytest.mark.parametrize("kind", [MailboxMachine, OnCallMachine, GroupMachine])
def test_the_mailboxes_do_what_the_model_does(kind, machine):
    run_state_machine_as_test(machine(kind), settings=SETTINGS)


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


@pytest.mark.parametrize("fault", [*FAULTS, *ON_CALL_FAULTS, *GROUP_FAULTS])
def test_the_model_notices_that(fault, machine, monkeypatch, clean_redis_url):
    with redis.Redis.from_url(clean_redis_url) as client:
        put_fault_into_scripts(monkeypatch, client, *(FAULTS | ON_CALL_FAULTS | GROUP_FAULTS)[fault])
    kind = MailboxMachine if fault in FAULTS else OnCallMachine if fault in ON_CALL_FAULTS else GroupMachine
    with pytest.raises((Exception, pytest.fail.Exception)):
        run_state_machine_as_test(machine(kind), settings=QUICK)
