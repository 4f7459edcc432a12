"""What all contestants share during one run: one Redis, one Postgres, one simulated Telegram, one directory.

Everything listens on the loopback, lives in a temporary directory and is gone afterwards.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import uvloop

from mailroom.ops.bench.children import SERVICE, Child, cpu_seconds
from mailroom.ops.bench.contestant import SECRET, Contestant
from mailroom.ops.embedded.ports import free_port
from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate

Progress = Callable[[str], object]
Command = Sequence[str]

UP: Sequence[Command] = ((*SERVICE, "up"),)
APART: Sequence[Command] = ((*SERVICE, "web"), (*SERVICE, "worker"))
WEB: Sequence[Command] = ((*SERVICE, "web"),)


@dataclass(slots=True)
class Environment:
    """The shared parts, running, and the contestants that were started so far."""

    directory: Path
    database_url: str
    redis_url: str
    redis_pid: int
    simulator: Child
    telegram_port: int
    quick: bool
    progress: Progress
    run: asyncio.Runner
    _stack: ExitStack
    _standing: dict[str, Contestant] = field(default_factory=dict)
    _number: int = 1000

    def mailroom(self, name: str = "mailroom", commands: Sequence[Command] = UP) -> Contestant:
        """Mailroom, by default as `mailroom up` starts it; each name has stores of its own."""
        if name in self._standing:
            return self._standing[name]
        port, token = free_port(), self._token(name)
        config = self.directory / f"{name}.toml"
        config.write_text(
            f'[bots.{name}]\nchannel = "telegram"\ntoken = "{token}"\nsecret = "{SECRET}"\n'
            f'router = "mailroom.ops.bench.bot:router"\n'
        )
        environment = {
            "DATABASE_URL": self._database(name),
            "REDIS_URL": self.redis_url.replace("db=0", f"db={len(self._standing) + 1}"),
            "TELEGRAM_API_BASE": self.telegram_url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "MAILROOM_CONFIG": str(config),
            "MAILROOM_DATA": str(self.directory / name),
            "MAILROOM_LOG": "json",
        }
        path = f"/webhook/telegram/{name}"
        contestant = self._standing[name] = Contestant(name, token, port, path, [])
        for command in commands:
            log = self.directory / f"{name}-{command[-1]}.log"
            self._add(contestant, Child(name, command, log, environment), "is ready")
        return contestant

    def aiogram(self, *, isolation: bool = False) -> Contestant:
        """Stock aiogram behind its own webhook server."""
        name = "aiogram_isolated" if isolation else "aiogram"
        if name in self._standing:
            return self._standing[name]
        contestant = Contestant(name, self._token(name), free_port(), "/webhook", [])
        given = ["--port", str(contestant.port), "--redis", self.redis_url, "--telegram", self.telegram_url]
        given += ["--token", contestant.token, "--secret", SECRET, *(["--isolation"] if isolation else [])]
        child = Child(name, ("-m", "mailroom.ops.bench.peer", *given), self.directory / f"{name}.log")
        self._standing[name] = contestant
        self._add(contestant, child, "ready")
        return contestant

    def contestants(self) -> list[Contestant]:
        """The three that most benchmarks compare, ours first."""
        return [self.mailroom(), self.aiogram(), self.aiogram(isolation=True)]

    def bare(self, module: str, name: str) -> Contestant:
        """A server that answers webhooks and does nothing else."""
        contestant = Contestant(name, "", free_port(), "/webhook", [])
        given = ("-m", module, str(contestant.port))
        self._add(contestant, Child(name, given, self.directory / f"{name}.log"), "ready")
        return contestant

    def shared_cpu_seconds(self) -> dict[str, float]:
        """Processor time so far of what is no contestant's own; the load generator is this process."""
        times = os.times()
        return {
            "generator": times.user + times.system,
            "redis": cpu_seconds(self.redis_pid),
            "simulator": self.simulator.cpu_seconds(),
        }

    @property
    def telegram_url(self) -> str:
        """The address of the simulated Bot API."""
        return f"http://127.0.0.1:{self.telegram_port}"

    def _add(self, contestant: Contestant, child: Child, ready_words: str) -> None:
        self._stack.callback(child.stop)
        contestant.processes.append(child)
        child.wait_for(ready_words)

    def _token(self, name: str) -> str:
        self._number += 1
        return f"{self._number}:bench-{name}"

    def _database(self, name: str) -> str:
        async def create() -> None:
            connection = await asyncpg.connect(self.database_url)
            await connection.execute(f"CREATE DATABASE of_{name}")
            await connection.close()

        self.run.run(create())
        url = self.database_url.replace("@/mailroom?", f"@/of_{name}?")
        migrate(url)
        return url


@contextmanager
def open_environment(*, quick: bool, progress: Progress) -> Iterator[Environment]:
    """Start what is shared; stop it and all contestants at the end."""
    temporary = tempfile.TemporaryDirectory(prefix="mailroom-bench-", ignore_cleanup_errors=True)
    with temporary as made, ExitStack() as stack:
        directory = Path(made)
        directory.chmod(0o711)  # Postgres, as another user, must pass through
        postgres, redis = EmbeddedPostgres(directory), EmbeddedRedis(directory)
        progress("starting Redis, Postgres and the simulated Telegram")
        for store in (postgres, redis):
            stack.callback(store.stop)
            store.launch()
        port = free_port()
        given = ("-m", "mailroom.ops.simulators.telegram", "--port", str(port))
        simulator = Child("the simulator", given, directory / "simulator.log")
        stack.callback(simulator.stop)
        database_url, redis_url = postgres.wait_until_ready(), redis.wait_until_ready()
        simulator.wait_for("ready")
        assert redis.pid is not None
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        yield Environment(
            directory, database_url, redis_url, redis.pid, simulator, port, quick, progress, runner, stack
        )
