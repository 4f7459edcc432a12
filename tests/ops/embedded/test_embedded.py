"""What both embedded stores promise, shown on both."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from mailroom.ops.embedded import child
from mailroom.ops.embedded.place import DataDirectory, StoreError
from mailroom.ops.embedded.postgres import EmbeddedPostgres, binaries, may_be_private, unprivileged_user
from mailroom.ops.embedded.redis import EmbeddedRedis

STORES = {"postgres": EmbeddedPostgres, "redis": EmbeddedRedis}
PID_FILES = {"postgres": "postgres/postmaster.pid", "redis": "redis/redis.pid"}


@pytest.fixture(params=STORES)
def kind(request) -> str:
    return request.param


@pytest.fixture
def store(kind, data) -> Iterator[EmbeddedPostgres | EmbeddedRedis]:
    store = STORES[kind](data)
    yield store
    store.stop()


def wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + 10
    while child.is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_store_left_running_by_a_crash_is_adopted(kind, store, data):
    url = store.start()
    after_the_crash = STORES[kind](data)
    assert after_the_crash.start() == url
    assert after_the_crash.pid == store.pid


def test_an_adopted_store_is_stopped_like_an_own_one(kind, store, data):
    store.start()
    pid = store.pid
    adopted = STORES[kind](data)
    adopted.start()
    adopted.stop()
    assert not child.is_alive(pid)


def test_a_killed_store_starts_again_at_the_same_address_within_seconds(kind, store):
    url = store.start()
    os.kill(store.pid, signal.SIGKILL)
    wait_until_dead(store.pid)
    started = time.monotonic()
    assert store.start() == url
    assert time.monotonic() - started < 5


def test_a_stale_pid_file_that_names_somebody_else_harms_nobody(kind, store, data):
    store.start()
    store.stop()
    bystander = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )
    try:
        file = data / PID_FILES[kind]
        file.write_text(f"{bystander.pid}\n{data}/postgres\n0\n5432\n\n\n\nready\n")
        if kind == "postgres" and os.geteuid() == 0:
            owner = (data / "postgres").stat()
            os.chown(file, owner.st_uid, owner.st_gid)
        store.start()
        assert store.pid != bystander.pid
        assert bystander.poll() is None
    finally:
        bystander.communicate()


def test_a_path_too_long_for_a_socket_is_no_obstacle(kind, data):
    deep = data / ("d" * 60) / ("e" * 60)
    store = STORES[kind](deep)
    try:
        url = store.start()
        assert str(deep) not in url
        assert STORES[kind](deep).start() == url
    finally:
        store.stop()


def test_a_path_with_a_space_and_a_quarter_of_the_alphabet_is_no_obstacle(kind, data):
    store = STORES[kind](data / "мои данные #1 %20?")
    try:
        store.start()
    finally:
        store.stop()


def test_a_data_directory_that_is_a_file_is_told_in_one_line(kind, data):
    (data / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        STORES[kind](data / "file").start()
    assert "cannot be used" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_store_says_when_it_cannot_start_is_passed_on(kind, store, data):
    store.start()
    store.stop()
    if kind == "postgres":
        (data / "postgres" / "pg_hba.conf").unlink()
        (data / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    else:
        for journal in (data / "redis").rglob("*.aof"):
            journal.write_bytes(b"*not a journal\r\n")
    with pytest.raises(StoreError) as caught:
        store.start()
    assert "did not start" in str(caught.value)
    assert "log:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cluster_half_made_by_an_interrupted_start_is_made_again(data):
    (data / "postgres.new-1").mkdir()
    (data / "postgres.new-1" / "PG_VERSION").write_text("18\n")
    store = EmbeddedPostgres(data)
    try:
        store.start()
        assert not list(data.glob("postgres.new-*"))
    finally:
        store.stop()


def test_files_of_another_postgres_are_left_alone(data):
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(StoreError, match="written by Postgres 15, and this is 18"):
        EmbeddedPostgres(data).start()


def test_a_journal_of_a_newer_redis_is_not_taken_for_an_empty_one(data, monkeypatch):
    monkeypatch.setattr("mailroom.ops.embedded.redis.version_of", lambda _server: (6, 2))
    (data / "redis" / "appendonlydir").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"written by Redis 7\.0 or later"):
        EmbeddedRedis(data).start()


def test_redis_keeps_what_it_acknowledged_through_a_kill(data):
    import redis

    store = EmbeddedRedis(data)
    try:
        with redis.Redis.from_url(store.start()) as client:
            assert client.config_get("appendfsync") == {"appendfsync": "always"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            client.set("acknowledged", 1)
        os.kill(store.pid, signal.SIGKILL)
        wait_until_dead(store.pid)
        with redis.Redis.from_url(store.start()) as client:
            assert client.get("acknowledged") == b"1"
    finally:
        store.stop()


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused by Postgres")


def effective_capabilities(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff")), 16)


@pytest.mark.needs_root
@only_root
def test_in_a_folder_of_roots_own_postgres_kept_a_right_of_root_and_trusted_whoever_is_nobody(data):
    closed = data / "closed"
    closed.mkdir(mode=0o700)
    store = EmbeddedPostgres(closed / "data")
    try:
        store.start()
        assert effective_capabilities(store.pid) == 0
        assert closed.stat().st_mode & 0o777 == 0o700
        if may_be_private():
            owned = {path.lstat().st_uid for path in (store.home, *store.home.rglob("*"))}
            assert owned == {0}, "nobody owns anything"
            assert Path(f"/proc/{store.pid}").stat().st_uid == 0, "and runs none of it"
    finally:
        store.stop()


@pytest.mark.needs_root
@only_root
def test_a_checkout_in_roots_home_kept_initdb_from_finding_its_postgres(data, monkeypatch):
    wheel = binaries().parents[1]
    programs = data / "home" / wheel.name / "pginstall" / "bin"
    shutil.copytree(binaries().parent, programs.parent, symlinks=True)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), data / "home" / f"{wheel.name}.libs")
    (data / "home").chmod(0o700)
    monkeypatch.setattr("mailroom.ops.embedded.postgres.binaries", lambda: programs)
    store = EmbeddedPostgres(data / "home" / "data")
    try:
        store.start()
    finally:
        store.stop()


@pytest.mark.needs_root
@only_root
def test_a_cluster_that_was_nobodys_becomes_roots_at_the_next_start(data):
    if not may_be_private():
        pytest.skip("the kernel gives no user namespace here")
    store = EmbeddedPostgres(data)
    store.start()
    store.stop()
    nobody = unprivileged_user()
    for path in (store.home, *store.home.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    store.start()
    store.stop()
    assert {path.lstat().st_uid for path in (store.home, *store.home.rglob("*"))} == {0}


@pytest.mark.needs_root
@only_root
def test_where_the_kernel_gives_no_namespace_postgres_is_an_ordinary_user(data, monkeypatch):
    monkeypatch.setattr("mailroom.ops.embedded.postgres.may_be_private", lambda: False)
    store = EmbeddedPostgres(data / "data")
    try:
        store.start()
        assert Path(f"/proc/{store.pid}").stat().st_uid == unprivileged_user().pw_uid
    finally:
        store.stop()


def test_a_store_inherited_every_secret_of_the_environment(kind, store, monkeypatch):
    monkeypatch.setenv("MAILROOM_BOT_SHOP_TOKEN", "1:s3cret")
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    store.start()
    environment = Path(f"/proc/{store.pid}/environ").read_bytes()
    assert b"s3cret" not in environment
    assert b"PATH=" in environment


def test_others_could_read_the_files_of_the_data_folder(kind, store, data):
    with DataDirectory(data):
        store.start()
        for path in (data, *data.rglob("*")):
            assert path.lstat().st_mode & 0o077 == 0, path
        store.stop()
        # As a version before this one left them.
        data.chmod(0o711)
        store.log.chmod(0o644)
        (data / "mailroom.pid").chmod(0o644)
        store.start()
        for path in (data, *data.rglob("*")):
            assert path.lstat().st_mode & 0o077 == 0, path


@pytest.mark.needs_root
@pytest.mark.skipif(os.geteuid() != 0, reason="becomes somebody else")
def test_an_ordinary_user_needs_nothing_special(data):
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    script = (
        "import sys; from pathlib import Path\n"
        "from mailroom.ops.embedded.postgres import EmbeddedPostgres\n"
        "from mailroom.ops.embedded.redis import EmbeddedRedis\n"
        "for store in (EmbeddedPostgres(Path(sys.argv[1])), EmbeddedRedis(Path(sys.argv[1]))):\n"
        "    store.start(); store.stop()\n"
    )
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", "from mailroom import ops"], cwd="/", check=True, **identity)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this Python is closed to other users")
    subprocess.run([sys.executable, "-c", script, data], cwd="/", check=True, **identity)


def test_a_disk_nearly_full_is_told_before_anything_is_written(data, monkeypatch):
    monkeypatch.setattr("mailroom.ops.embedded.place.FREE_BYTES_MIN", 1 << 60)
    with pytest.raises(StoreError, match="nearly full"):
        EmbeddedRedis(data).start()


def test_a_store_of_tests_waits_for_no_disk_and_a_kill_costs_nothing_and_no_other_store_is_one(data):
    def asked(url, *statements):
        async def ask():
            connection = await asyncpg.connect(url)
            answers = [await connection.fetchval(one) for one in statements]
            await connection.close()
            return answers

        return asyncio.run(ask())

    of_tests = EmbeddedPostgres(data, durable=False)
    kept = "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)"
    assert asked(of_tests.start(), "SHOW fsync", *kept)[0] == "off"
    os.kill(of_tests.pid, signal.SIGKILL)
    wait_until_dead(of_tests.pid)
    durable = EmbeddedPostgres(data)
    try:
        assert asked(durable.start(), "SHOW fsync", "SELECT n FROM kept") == ["on", 7]
    finally:
        durable.stop()
