"""An ACL that lacks something is found at the start, by its name."""

import asyncio
import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
import redis

from mailroom.ops.faults import CannotStartError
from mailroom.ops.preflight import require_redis
from mailroom.storage.redis import permissions
from mailroom.storage.redis.permissions import commands, refused

ROOT = Path(permissions.__file__).parents[2]
DONE_WITHOUT = {"CONFIG", "INFO", "PUBLISH", "SUBSCRIBE"}
"""Managed services forbid the first two, and we do without what they say; the others only carry signals."""
RECOMMENDED = "~mailroom:* &mailroom:* +@read +@write +@scripting +@connection +@pubsub +time +info"
"""What `production.md` says."""


@pytest.fixture
def user(clean_redis_url):
    """Gives the URL of a user with these rules."""
    with redis.Redis.from_url(clean_redis_url) as client:

        def make(*rules):
            client.execute_command("ACL", "SETUSER", "few", "reset", "on", ">secret", *rules)
            return f"unix://few:secret@{quote(unquote(urlsplit(clean_redis_url).path))}?db=0"

        yield make
        client.execute_command("ACL", "DELUSER", "few")


NAMES = sorted({str(command[0]) for command in commands("")})


def test_every_command_that_an_acl_may_lack_is_named_at_the_start(user):
    missed = {}
    for name in NAMES:
        lacking = asyncio.run(refused(user("+@all", "~*", f"-{name.lower()}")))
        if not lacking.startswith(f"+{name.lower()}") or " " in lacking:
            missed[name] = lacking
    assert missed == {}


def test_keys_that_are_not_ours_to_touch_are_named_too(user):
    assert asyncio.run(refused(user("+@all", "~other:*"))) == "~mailroom:*"


def test_the_rules_that_are_recommended_are_enough_and_nothing_is_left_behind(user, clean_redis_url):
    assert asyncio.run(refused(user(*RECOMMENDED.split()))) == ""
    with redis.Redis.from_url(clean_redis_url) as client:
        assert client.keys() == []
    assert RECOMMENDED in (ROOT / "ops" / "docs" / "production.md").read_text()


def test_a_start_under_an_acl_that_lacks_commands_is_one_line_that_mends_it(user):
    with pytest.raises(CannotStartError) as raised:
        require_redis(user("+@all", "~mailroom:*", "-hset", "-evalsha"))
    assert str(raised.value) == (
        "REDIS_URL: the ACL does not let the user few do all that Mailroom does:"
        " ACL SETUSER few +evalsha +hset"
    )


def test_an_acl_that_lacks_even_ping_says_so(user):
    with pytest.raises(CannotStartError, match=r"ACL SETUSER few \+ping$"):
        require_redis(user("+@all", "~mailroom:*", "-ping"))


def test_whatever_the_scripts_and_the_calls_send_is_tried_out():
    sent = set()
    for script in (ROOT / "storage" / "redis" / "scripts").glob("*.lua"):
        sent |= set(re.findall(r"redis\.p?call\('([A-Za-z]+)'", script.read_text()))
    for layer in ("storage", "actors", "supervisors", "ingress", "ops"):
        for file in (ROOT / layer).rglob("*.py"):
            if "testing" in file.parts:  # the test kit has a Redis of its own
                continue
            sent |= set(re.findall(r"\bcommand\(\s*\"([A-Z]{2,})\"", file.read_text()))
    assert {name.upper() for name in sent} - set(NAMES) - DONE_WITHOUT == set()
