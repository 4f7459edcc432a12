"""`mailroom installation`: whose stores these are, said before anything is started on them."""

import json
import os

import pytest
import redis

from mailroom.storage.postgres.migrate import migrate
from tests import forked
from tests.forked import MAILROOM


@pytest.fixture
def said(clean_postgres_url, clean_redis_url, tmp_path):
    """Run a command beside the real stores."""
    migrate(clean_postgres_url)
    env = {**os.environ, "DATABASE_URL": clean_postgres_url, "REDIS_URL": clean_redis_url}

    def said(*arguments):
        return forked.run([MAILROOM, "installation", *arguments, "--data", tmp_path], env=env)

    return said


def test_a_copy_gets_a_name_of_its_own_after_a_yes_and_a_redis_of_nobody_is_joined(said, clean_redis_url):
    before = json.loads(said("show", "--json").stdout)
    assert before["redis"] == ""
    refused = said("new")
    assert (refused.returncode, "give --yes" in refused.stderr) == (2, True)
    wrong = said("new", "--yes", "--name", "Production")
    assert (wrong.returncode, "An installation is named with 10 of" in wrong.stderr) == (2, True)
    given = json.loads(said("new", "--yes", "--json").stdout)["installation"]
    assert given != before["postgres"]
    assert said("join", "--yes").returncode == 0
    assert json.loads(said("show", "--json").stdout) == {"postgres": given, "redis": given}
    with redis.Redis.from_url(clean_redis_url) as client:
        client.hset("mailroom:pair", "id", "another")
    taken = said("join", "--yes")
    assert (taken.returncode, "belongs to installation another" in taken.stderr) == (1, True)
