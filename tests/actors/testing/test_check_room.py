"""What holds for every room is held for one outside of the checkout too, and told with what to do."""

import pytest

from mailroom.actors import bots
from mailroom.actors.testing.check_room import RULES
from mailroom.ops.bundled import bundled_bots
from mailroom.testing import NoRoomError, RoomFaultsError, check_room
from tests.actors.testing.violations import VIOLATIONS

FACE = '''"""A jar."""

from pydantic import BaseModel

from mailroom import BundledBot, Parts


class Options(BaseModel):
    """None."""


def _parts() -> Parts[Options]:
    from jar.parts import PARTS

    return PARTS


BOT = BundledBot(options=Options, parts=_parts)
'''
ROOM = {
    "__init__.py": FACE,
    "parts.py": "from aiogram import Router\nfrom mailroom import Parts\n\nPARTS = Parts(answers=Router)\n",
    "coins.py": (
        "import time\nfrom datetime import UTC, datetime\nfrom time import monotonic\n\n"
        "from mailroom import Room, load_sql\nfrom mailroom.payments import PAYMENT\n\n\n"
        "async def count(room: Room) -> float:\n"
        '    """The current_date is room.now(): a docstring may say now()."""\n'
        "    began = monotonic() + time.perf_counter()\n"
        "    at = datetime.fromtimestamp(room.now().timestamp(), UTC)\n"
        '    await room.database.fetchval("SELECT count(*) FROM {schema}.coins WHERE at <= {now}")\n'
        "    return began + at.timestamp()\n"
    ),
    "coins.sql": (
        "-- add: a coin, now() in a comment.\n"
        "INSERT INTO {schema}.coins AS c (worth, at) VALUES ($1, {now})\n"
        "ON CONFLICT (worth) DO UPDATE SET at = excluded.at;\n\n"
        "-- since: those of today, which 'now' or a column now_or_never is none of.\n"
        "WITH coins AS (SELECT at FROM {schema}.coins WHERE at > $1) SELECT 'now' FROM coins;\n"
    ),
    "migrations/0001_coins.sql": (
        "CREATE TABLE {schema}.coins (worth integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());\n"
        "CREATE FUNCTION {schema}.rich(at timestamptz) RETURNS TABLE (worth integer) LANGUAGE sql STABLE\n"
        "BEGIN ATOMIC SELECT c.worth FROM {schema}.coins AS c WHERE c.at < rich.at; END;\n"
        "CREATE VIEW {schema}.rich_now AS SELECT * FROM {schema}.rich(now());\n"
    ),
    "domain/__init__.py": "",
    "domain/worth.py": (
        "from datetime import date, datetime, time, timedelta\nfrom decimal import Decimal\n\n"
        "from jar.domain import sums\nfrom . import sums as again\nfrom .sums import add\n\n\n"
        "def worth(day: date) -> datetime:\n"
        "    return datetime.combine(day, time()) + timedelta(days=add(1, again.ONE))\n"
    ),
    "domain/sums.py": "ONE = 1\n\n\ndef add(a: int, b: int) -> int:\n    return a + b\n",
    "tests/test_coins.py": "import random, quart\n",
}


READ = RULES[:-1]
"""Those that only read, which takes no time."""


@pytest.fixture(name="room")
def room_fixture(tmp_path, monkeypatch):
    """Writes files into a room that keeps all rules."""

    def write(file, text):
        path = tmp_path / "jar" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    monkeypatch.syspath_prepend(tmp_path)
    for file, text in ROOM.items():
        write(file, text)
    return write


@pytest.mark.parametrize("bot", bundled_bots())
def test_a_bundled_bot_keeps_the_rules_of_rooms(bot):
    check_room(f"{bots.__name__}.{bot}")


def test_a_room_outside_of_the_checkout_keeps_them_too(room):
    check_room("jar")


@pytest.mark.parametrize(("file", "text", "told"), VIOLATIONS)
def test_what_a_room_may_not_have_is_told_with_its_place_and_what_to_do(room, monkeypatch, file, text, told):
    monkeypatch.setattr("mailroom.actors.testing.check_room.RULES", READ)
    room(file, text)
    with pytest.raises(RoomFaultsError) as caught:
        check_room("jar")
    assert [fault for fault in caught.value.faults if fault.startswith(f"jar/{file}:{told}")]
    assert all(fault.startswith(f"jar/{file}:") for fault in caught.value.faults)


def test_a_column_that_a_later_migration_gives_the_databases_time_is_said_by_whoever_inserts(room):
    room(
        "migrations/0002_seen.sql", "ALTER TABLE {schema}.coins\n ADD COLUMN seen timestamptz DEFAULT now();"
    )
    with pytest.raises(RoomFaultsError, match=r"jar/coins.sql:2: coins.seen would have the database's time"):
        check_room("jar")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("__init__.py", f"import aiogram\n{FACE}", "importing it loads aiogram: import what runs in parts()"),
        ("__init__.py", "BOTH = 1", "its BOT, or a rule, cannot be imported: AttributeError: module 'jar'"),
        ("domain/a.py", "from mailroom import Room", "importing it loads asyncpg: a rule needs none"),
    ],
)
def test_a_face_that_is_not_cold_and_a_rule_that_comes_by_a_framework_are_told(room, file, text, told):
    room(file, text)
    with pytest.raises(RoomFaultsError) as caught:
        check_room("jar")
    assert [fault for fault in caught.value.faults if fault.startswith(f"jar/{file}:1: {told}")]


def test_all_that_is_wrong_is_told_at_once_and_a_package_that_is_not_there_by_name(room):
    room("a.py", "import quart\nfrom datetime import date\nx = date.today()")
    with pytest.raises(
        RoomFaultsError, match=r"the room jar breaks.*\njar/a.py:1: quart.*\njar/a.py:3: datetime"
    ):
        check_room("jar")
    for name in ("no_such_jar", "no_such.jar", "json.decoder"):
        with pytest.raises(NoRoomError, match=f"no package '{name}'"):
            check_room(name)
