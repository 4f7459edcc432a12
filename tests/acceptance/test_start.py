"""A start that loses a store in the middle says so in one line."""

import os
import re
import sys

from mailroom.ops.serving import lost_store
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreError, StoreUnavailable
from tests import forked

CONFIG = """
[bots.shop]
token = "4242:shop"
bot = "shop"
"""
START = """
import os, sys
from pathlib import Path
from tests.acceptance.network import Network
folder = Path(sys.argv[1])
network = Network.to_postgres(folder, os.environ["DATABASE_URL"])
os.environ["DATABASE_URL"] = network.url
from mailroom.ops import process
step = getattr(process, sys.argv[2])
def without_postgres(*args):
    network.cut()
    return step(*args)
setattr(process, sys.argv[2], without_postgres)
sys.argv = ["mailroom", "up", "--config", str(folder / "mailroom.toml"), "--port", "0"]
from mailroom.ops.cli import main
main()
"""


def test_postgres_that_goes_away_between_two_steps_of_the_start_is_one_line(folder, stores):
    (folder / "mailroom.toml").write_text(CONFIG)
    ended = forked.run(
        [sys.executable, "-c", START, folder, "prepare"],
        env={**os.environ, **stores, "TELEGRAM_API_BASE": "http://127.0.0.1:1"},
    )
    (line,) = [one for one in ended.stderr.splitlines() if not one.startswith("{")]  # the log goes there too
    assert re.fullmatch(r"DATABASE_URL: cannot use postgresql:///test_\d+: .+", line)
    assert (ended.returncode, ended.stdout) == (1, "")


SETTINGS = Settings(database_url="postgresql://me:secret@db/mailroom", redis_url="redis://:secret@cache:6379")


def test_the_line_names_the_store_that_went_away_and_no_password():
    postgres = ExceptionGroup("a nursery", [StoreUnavailable("Postgres does not answer: gone")])
    redis = ExceptionGroup("a nursery", [StoreUnavailable("Redis does not answer: gone")])
    assert str(lost_store(SETTINGS, postgres)) == (
        "DATABASE_URL: cannot use postgresql://db/mailroom: Postgres does not answer: gone"
    )
    assert str(lost_store(SETTINGS, redis)) == (
        "REDIS_URL: cannot use redis://cache:6379: Redis does not answer: gone"
    )


def test_a_fault_of_ours_keeps_its_traceback():
    assert lost_store(SETTINGS, ExceptionGroup("a nursery", [KeyError("ours")])) is None
    assert lost_store(SETTINGS, StoreError("Redis: ERR a faulty call")) is None
    mixed = ExceptionGroup("a nursery", [StoreUnavailable("Redis does not answer"), KeyError("ours")])
    assert lost_store(SETTINGS, mixed) is None
