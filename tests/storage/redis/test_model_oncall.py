"""The models of on-call and of media groups notice a fault in the scripts, as that of mailboxes does."""

import pytest
import redis

from tests.storage.redis.faulty import is_noticed, machine, put_fault_into_scripts  # noqa: F401
from tests.storage.redis.model_groups import GroupMachine
from tests.storage.redis.model_oncall import OnCallMachine

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


@pytest.mark.parametrize("fault", [*ON_CALL_FAULTS, *GROUP_FAULTS])
def test_the_model_notices_that(fault, machine, monkeypatch, clean_redis_url):  # noqa: F811
    with redis.Redis.from_url(clean_redis_url) as client:
        put_fault_into_scripts(monkeypatch, client, *(ON_CALL_FAULTS | GROUP_FAULTS)[fault])
    is_noticed(machine(OnCallMachine if fault in ON_CALL_FAULTS else GroupMachine))
