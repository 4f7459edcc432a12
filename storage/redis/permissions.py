"""What Redis must let us do, tried out at the start: every command that our scripts and calls send, on a key
of its own.

An ACL that lacks one command works until the day when something sends it. A refusal comes before anything is
looked at, so it does not matter what the commands do here; with a wrong number of arguments it would not come
at all.
"""

import asyncio
import re
from hashlib import sha1
from secrets import token_hex
from typing import Any

import hiredis

from mailroom.storage.redis.wire import Argument, connect, pack

SCRATCH = "mailroom:{scratch}:"
"""Before the names of the keys that are tried out; they go with the last command, or after a minute."""
LEAVES_MS = 60_000
ANSWER_SECONDS_MAX = 5.0

_NO_COMMAND = re.compile(r"NOPERM .*'([\w|]+)' command")
_NO_KEY = re.compile(r"NOPERM .*\bkeys?\b")
SCRIPT = "return redis.call('EXISTS', KEYS[1])"
SCRIPT_SHA = sha1(SCRIPT.encode()).hexdigest()  # noqa: S324 - Redis names scripts so


async def refused(url: str) -> str:
    """The rules that the ACL of our user lacks, as Redis writes them; empty if it lets us do everything.
    Raises `OSError` when Redis cannot be reached, or does not know the user.
    """
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        wire = await connect(url, None)
        try:
            loop = asyncio.get_running_loop()
            answers: list[asyncio.Future[Any]] = []
            for command in commands(SCRATCH + token_hex(6)):
                answers.append(loop.create_future())
                wire.send(pack(command), answers[-1])
            found = await asyncio.gather(*answers)
        finally:
            wire.abort(ConnectionError("the permissions were tried out"))
    lacking = dict.fromkeys(
        rule
        for command, answer in zip(commands(""), found, strict=True)
        if isinstance(answer, hiredis.ReplyError) and (rule := _rule(str(command[0]), str(answer)))
    )
    return " ".join(lacking)


def _rule(command: str, refusal: str) -> str:
    if (found := _NO_COMMAND.match(refusal)) is not None:
        # Redis before 7 knows subcommands in one way only: by the command's own name.
        return f"+{found[1].lower()}"
    if _NO_KEY.match(refusal):
        return "~mailroom:*"
    return f"+{command.lower()}" if refusal.startswith("NOPERM") else ""


def commands(key: str) -> list[tuple[Argument, ...]]:
    """Every command that Mailroom sends and cannot do without. On Redis Cluster they meet one slot."""
    other = f"{key}-other"
    return [
        ("CLIENT", "SETNAME", "mailroom-start"),
        ("PING",),
        ("TIME",),
        ("SCRIPT", "LOAD", SCRIPT),
        ("EVALSHA", SCRIPT_SHA, 1, key),
        ("SET", key, "1"),
        ("GET", key),
        ("EXISTS", key),
        ("INCR", key),
        ("PEXPIRE", key, LEAVES_MS),
        ("PEXPIREAT", key, 1),
        ("GETDEL", key),
        ("HSET", key, "field", "1"),
        ("HSETNX", key, "field", "1"),
        ("HGET", key, "field"),
        ("HMGET", key, "field"),
        ("HGETALL", key),
        ("HKEYS", key),
        ("HLEN", key),
        ("HEXISTS", key, "field"),
        ("HSCAN", key, 0),
        ("HDEL", key, "field"),
        ("RPUSH", key, "1"),
        ("LINSERT", key, "BEFORE", "1", "0"),
        ("LINDEX", key, 0),
        ("LLEN", key),
        ("LRANGE", key, 0, 0),
        ("LREM", key, 0, "0"),
        ("LTRIM", key, 0, 0),
        ("LPOP", key),
        ("BLPOP", key, 0.01),
        ("SADD", key, "1"),
        ("SMEMBERS", key),
        ("SMISMEMBER", key, "1"),
        ("SREM", key, "1"),
        ("ZADD", key, 1, "1"),
        ("ZCARD", key),
        ("ZRANGE", key, 0, 0),
        ("ZRANGEBYSCORE", key, 0, 0),
        ("ZSCORE", key, "1"),
        ("ZSCAN", key, 0),
        ("ZREMRANGEBYSCORE", key, 1, 1),
        ("ZREM", key, "1"),
        ("XADD", key, "*", "field", "1"),
        ("XREVRANGE", key, "+", "-", "COUNT", 1),
        ("RENAME", key, other),
        ("SCAN", 0, "COUNT", 1),
        ("DEL", key),
        ("DEL", other),
    ]
