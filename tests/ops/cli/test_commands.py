"""The commands as a person meets them: real processes, their lines, their exit codes."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis

from mailroom.ops.embedded.ports import free_port
from mailroom.ops.version import VERSION
from tests import forked
from tests.cpu_seconds import cpu_seconds_of_children
from tests.forked import MAILROOM

DOWN = 1
"""A port below 1024 that nothing serves here: connecting to it is refused at once."""


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mailroom-data-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)
        yield Path(path)


def environment(**changes: str) -> dict[str, str]:
    """This environment without what would configure a Mailroom."""
    ours = (
        "MAILROOM_",
        "DATABASE_URL",
        "REDIS_URL",
        "PORT",
        "HOST",
        "PUBLIC_URL",
        "TELEGRAM_API_BASE",
        "OPENAI_",
    )
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | changes


def mailroom(
    *arguments: str | Path, cwd: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    return forked.run([MAILROOM, *arguments], env=environment(**changes), cwd=cwd)


@pytest.fixture
def up(data) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def up(*arguments: str, **changes: str) -> subprocess.Popen[str]:
        command = [MAILROOM, "up", "--data", data, *arguments]
        process = subprocess.Popen(
            command, env=environment(**changes), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield up
    for process in started:
        process.kill()
        process.communicate()
    for leftover in processes_on(data):
        leftover.kill()


def processes_on(data: Path) -> list[psutil.Process]:
    """All that runs on this data directory, the simulator of its demo included."""
    pid_file = data / "telegram.pid"
    simulator = int(pid_file.read_text().split()[0]) if pid_file.exists() else None
    return [
        process
        for process in psutil.process_iter(["cmdline", "pid"])
        if process.info["pid"] == simulator
        or any(str(data) in word for word in process.info["cmdline"] or [])
    ]


def is_up(address: str) -> bool:
    with urllib.request.urlopen(address, timeout=10) as response:
        return response.status == 200


def shows(address: str, line: str) -> bool:
    """Whether it says so before long."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with urllib.request.urlopen(address, timeout=10) as response:
            if line in response.read().decode().splitlines():
                return True
        time.sleep(0.2)
    return False


def test_the_commands_are_listed_quickly():
    before = cpu_seconds_of_children()
    done = subprocess.run([MAILROOM, "--help"], env=environment(), capture_output=True, text=True, check=True)
    assert cpu_seconds_of_children() - before < 2
    for command in ("up", "web", "worker", "migrate", "run", "flood", "bench"):
        assert f"\n  {command} " in done.stdout
        assert mailroom(command, "--help").returncode == 0
    for command in ("tree", "top", "chat", "restart", "suspend", "resume", "drain", "dead", "audit"):
        assert f"\n  {command} " in done.stdout


def test_the_demo_comes_up_survives_a_kill_and_goes_without_a_trace(up, data):
    port = free_port()
    first = up("--port", str(port))
    line = first.stdout.readline()
    assert line.startswith(f"Mailroom is ready: http://127.0.0.1:{port} - a demo")
    chat_page = line.split("Open ")[1].split(" ")[0]
    assert is_up(f"http://127.0.0.1:{port}/readyz")
    assert is_up(chat_page)
    assert shows(f"http://127.0.0.1:{port}/metrics", 'mailroom_bot_measured{bot="shop"} 1.0')

    second = mailroom("up", "--data", data, "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == f"Mailroom is already running on {data} as pid {first.pid}.\n"

    kept = {process.pid for process in processes_on(data)} - {first.pid}
    first.kill()
    told = [json.loads(line) for line in first.communicate()[1].splitlines() if line.startswith("{")]
    assert [line["version"] for line in told if line["event"] == "ready"] == [VERSION]
    again = up("--port", str(port), MAILROOM_LOG_LEVEL="warning")
    started = time.monotonic()
    assert again.stdout.readline() == line
    took_seconds = time.monotonic() - started
    assert kept <= {process.pid for process in processes_on(data)}, "stores and simulator were adopted"
    assert is_up(f"http://127.0.0.1:{port}/readyz")

    again.send_signal(signal.SIGTERM)
    stdout, stderr = again.communicate(timeout=30)
    assert again.returncode == 0
    assert stdout == ""
    assert "Traceback" not in stderr
    assert '"level":"info"' not in stderr, "the level that was asked for is the least that is written"
    assert processes_on(data) == []
    assert took_seconds < 15, "a machine busy with other tests is slower than the 5 seconds of an idle one"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_during_the_start_leaves_nothing_behind(up, data, number):
    process = up("--port", "0")
    assert "Making a database" in process.stderr.readline()
    process.send_signal(number)
    process.communicate(timeout=30)
    assert processes_on(data) == []


def test_a_port_in_use_is_one_line_and_nothing_is_started(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = mailroom("up", "--port", str(port), "--data", data / "new")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {port} is in use by another program: choose another with --port or PORT.\n"
    assert not (data / "new").exists()


def test_an_address_of_another_machine_is_one_line(data):
    done = mailroom("up", "--demo", "--host", "203.0.113.1", "--port", "0", "--data", data, cwd=data)
    assert (done.returncode, done.stdout) == (1, "")
    warning, line = done.stderr.splitlines()
    assert json.loads(warning)["event"] == "demo_open_to_others"
    assert line == "HOST: 203.0.113.1 is not an address of this machine."


def test_a_data_directory_that_cannot_be_is_one_line(data):
    (data / "file").write_text("")
    done = mailroom("up", "--port", "0", "--data", data / "file")
    assert done.returncode == 1
    assert done.stderr.startswith(f"The data directory {data}/file cannot be used: ")
    assert done.stderr.count("\n") == 1


def test_an_unreachable_redis_is_one_line_without_its_password(up, data):
    process = up("--port", "0", "--demo", REDIS_URL=f"redis://:s3cret@127.0.0.1:{DOWN}/0")
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (1, "")
    line = stderr.splitlines()[-1]
    assert line.startswith(f"REDIS_URL: cannot use redis://127.0.0.1:{DOWN}/0: ")
    assert "s3cret" not in stderr
    assert "Traceback" not in stderr
    assert processes_on(data) == []


@pytest.mark.parametrize("command", ["up", "migrate", "web", "worker"])
def test_an_unreachable_postgres_is_one_line_without_its_password(command, data):
    (data / "mailroom.toml").write_text('[bots.shop]\nbot = "shop"\ntoken = "1:token"\n')
    done = mailroom(
        command,
        cwd=data,
        PORT=str(free_port()),
        MAILROOM_DATA=str(data),
        DATABASE_URL=f"postgresql://u:s3cret@127.0.0.1:{DOWN}/d",
        REDIS_URL=f"redis://127.0.0.1:{DOWN}",
        TELEGRAM_API_BASE=f"http://127.0.0.1:{DOWN}",
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"DATABASE_URL: cannot use postgresql://127.0.0.1:{DOWN}/d: ")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


def test_a_wrong_configuration_is_told_whole_and_nothing_is_started(data):
    (data / "mailroom.toml").write_text('prot = 1\n[bots.x]\nbot = "shpo"\n')
    done = mailroom("up", cwd=data, PORT="http", MAILROOM_DATA=str(data / "new"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Mailroom cannot start: its configuration has 3 faults:\n"
        "  PORT (environment): must be a whole number from 0 to 65535, and is 'http'\n"
        "  prot (mailroom.toml): unknown setting; did you mean port?\n"
        "  bots.x.bot (mailroom.toml): there is no bundled bot 'shpo'; did you mean shop?\n"
    )
    assert not (data / "new").exists()


def test_a_demo_beside_shared_stores_says_that_it_is_one_and_spares_the_chats_of_real_bots(
    clean_postgres_url, clean_redis_url, data, up
):
    stores = {"DATABASE_URL": clean_postgres_url, "REDIS_URL": clean_redis_url}
    line = "Mailroom is ready: http://127.0.0.1:{} - a demo, for there is no bot token."
    port = free_port()
    first = up("--demo", "--port", str(port), TELEGRAM_API_BASE="http://127.0.0.1:1", **stores)
    assert first.stdout.readline().strip() == line.format(port)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    # The accident: the demo took what people had written to the shop, and answered it at a simulator.
    with redis.Redis.from_url(clean_redis_url) as line_to_redis:
        line_to_redis.hset("mailroom:bots", "shop", b'{"bot_id":5001,"plain_ids_until_ms":0}')
    second = up("--demo", "--port", str(port), TELEGRAM_API_BASE="http://127.0.0.1:1", **stores)
    stdout, stderr = second.communicate(timeout=60)
    assert (second.returncode, stdout) == (2, "")
    assert "bots.shop: is a demo, and the chats kept under shop are those of the bot 5001" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_process_among_several_needs_shared_stores(command, data):
    done = mailroom(command, cwd=data)
    assert done.returncode == 2
    assert "DATABASE_URL: is not set" in done.stderr
    assert "REDIS_URL: is not set" in done.stderr


def test_serving_before_the_release_step_is_refused(clean_postgres_url, redis_url, data):
    changes = {
        "DATABASE_URL": clean_postgres_url,
        "REDIS_URL": redis_url,
        "TELEGRAM_API_BASE": "http://127.0.0.1:1",
    }
    done = mailroom("worker", "--demo", cwd=data, **changes)
    assert done.returncode == 1
    assert done.stderr.endswith("run `mailroom migrate` first.\n")


def test_migrate_says_what_it_did(clean_postgres_url, data):
    first = mailroom("migrate", "--json", cwd=data, DATABASE_URL=clean_postgres_url)
    assert json.loads(first.stdout)["applied"][0] == "mailroom/0001_ownership"
    second = mailroom("migrate", cwd=data, DATABASE_URL=clean_postgres_url)
    assert second.stdout == "Nothing to do: the database is up to date.\n"


def test_a_chat_can_be_looked_at(clean_redis_url, data):
    done = mailroom("chat", "shop", "42", "--json", cwd=data, REDIS_URL=clean_redis_url)
    report = json.loads(done.stdout)
    assert (report["chat"], report["depth"], report["suspended"]) == ("shop:42", 0, "")
    assert "0 messages" in mailroom("chat", "shop", "42", cwd=data, REDIS_URL=clean_redis_url).stdout


def test_looking_at_a_chat_of_no_running_service_says_so(data):
    done = mailroom("chat", "shop", "42", "--data", data, cwd=data)
    assert done.returncode == 1
    assert "no `mailroom up` runs on" in done.stderr
