"""On-call's functions over the session's Redis, and processes in small to look at and act on."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall import registry
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By
from tests.storage.redis.box import Box
from tests.supervisors.oncall.fake_process import Chats, FakeProcess

BY = By("ann", "a test")


class Part:
    """One part of `OnCall`, without await."""

    def __init__(self, part: Any, runner: asyncio.Runner) -> None:
        self._part, self._runner = part, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._part, name)

        def call(*args: Any, **options: Any) -> Any:
            async def wait() -> Any:
                return await method(*args, **options)

            return self._runner.run(wait())

        return call


class SyncOnCall:
    """`OnCall` as the command line has it, without await: `oncall.act.suspend("shop")`."""

    by = BY

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.line = Line(url)
        self.wrapped = OnCall.over(self.line)

    def __getattr__(self, name: str) -> Part:
        return Part(getattr(self.wrapped, name), self.runner)

    def close(self) -> None:
        self.runner.run(self.line.close())
        self.runner.close()


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Tracebacks in plain text: structlog's own, with all local variables, take a second each."""
    shown = [structlog.processors.add_log_level, structlog.processors.format_exc_info]
    structlog.configure(processors=[*shown, structlog.processors.KeyValueRenderer(["event"])])
    yield
    structlog.reset_defaults()


@pytest.fixture
def no_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends is gone at once."""
    monkeypatch.setattr(registry, "LINGER_SECONDS", 0.001)


@pytest.fixture
def oncall(clean_redis_url: str) -> Iterator[SyncOnCall]:
    one = SyncOnCall(clean_redis_url)
    yield one
    one.close()


@pytest.fixture
def box(clean_redis_url: str) -> Iterator[Box]:
    """The mailboxes under it all."""
    one = Box(clean_redis_url)
    one.own()
    yield one
    one.close()


@pytest.fixture
def start(clean_redis_url: str) -> Iterator[Callable[..., FakeProcess]]:
    """Start processes; they listen when this returns."""
    fake_processes: list[FakeProcess] = []

    def start(name: str = "one:1:1", *, url: str = clean_redis_url, **options: Any) -> FakeProcess:
        fake_processes.append(FakeProcess(url, name, **options))
        if options.get("listens", True):
            assert fake_processes[-1].started.wait(10)
        return fake_processes[-1]

    yield start
    for fake_process in fake_processes:
        fake_process.close()


@pytest.fixture
def worker(start: Callable[..., FakeProcess]) -> FakeProcess:
    """One process that works chats: two of the shop's, one of them busy, and one of the stars'."""
    return start(chats=Chats({"shop:1": 1, "shop:2": 0, "stars:1": 2}))


@pytest.fixture
def process(clean_redis_url: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the operating system, as another program would start it."""
    arguments = json.dumps({"url": clean_redis_url, "name": "other:1:1"})
    one = subprocess.Popen(
        [sys.executable, "-m", "tests.supervisors.oncall.fake_process", arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert one.stdin is not None
    assert one.stdout is not None
    assert one.stdout.readline() == "listening\n"
    yield one
    one.send_signal(signal.SIGCONT)
    one.kill()
    one.wait()
    one.stdin.close()
    one.stdout.close()


@pytest.fixture(scope="session")
def jobs_url(postgres_url):
    async def create():
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE DATABASE oncall_jobs")
        await connection.close()

    asyncio.run(create())
    url = postgres_url.replace("@/mailroom?", "@/oncall_jobs?")
    asyncio.run(apply_migrations(url))
    return url
