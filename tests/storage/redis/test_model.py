"""The scripts against their model under random histories; and the proof that the model notices a fault."""

import pytest
import redis
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.redis.faulty import SETTINGS, is_noticed, machine, put_fault_into_scripts  # noqa: F401
from tests.storage.redis.model import MailboxMachine
from tests.storage.redis.model_groups import GroupMachine
from tests.storage.redis.model_oncall import OnCallMachine

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


@pytest.mark.parametrize("kind", [MailboxMachine, OnCallMachine, GroupMachine])
def test_the_mailboxes_do_what_the_model_does(kind, machine):  # noqa: F811
    run_state_machine_as_test(machine(kind), settings=SETTINGS)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_model_notices_that(fault, machine, monkeypatch, clean_redis_url):  # noqa: F811
    with redis.Redis.from_url(clean_redis_url) as client:
        put_fault_into_scripts(monkeypatch, client, *FAULTS[fault])
    is_noticed(machine(MailboxMachine))
