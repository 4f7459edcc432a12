"""What all contestants share during one run: one Redis, one Postgres, one simulated Telegram, one directory.

Everything listens on the loopback, lives in a temporary directory and is gone afterwards.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.bench.children import SERVICE, Child, cpu_seconds
from ops.embedded.postgres import EmbeddedPostgres
from ops.embedded.redis import EmbeddedRedis
from ops.embedded.telegram import free_port
from storage.postgres.migrate import migrate

SECRET = "bench-secret"
ROUTER = "ops.bench.bot:router"


@dataclass(slots=True)
class Contestant:
    """A service under load. `watermark` continues through all rounds, as Telegram's numbers do."""

    name: str
    token: str
    port: int
    path: str
    processes: list[Child]
    next_update_id: int = 1
    first_chat_id: int = 1

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return sum(process.cpu_seconds() for process in self.processes)

    def resident_bytes(self) -> int:
        """Memory of all its processes now."""
        return sum(process.resident_bytes() for process in self.processes)

    def stop(self) -> None:
        """End all its processes."""
        for process in self.processes:
            process.stop()


@dataclass(slots=True)
class Stage:
    """The shared parts, running."""

    directory: Path
    database_url: str
    redis_url: str
    redis_pid: int
    simulator: Child
    telegram_port: int
    _stack: ExitStack = field(default_factory=ExitStack)
    _number: int = 1000

    def telegram_url(self) -> str:
        """The address of the simulated Bot API."""
        return f"http://127.0.0.1:{self.telegram_port}"

    def other_cpu_seconds(self) -> dict[str, float]:
        """Processor time of what all contestants share."""
        return {"redis": cpu_seconds(self.redis_pid), "simulator": self.simulator.cpu_seconds()}

    def mailroom(self, *, name: str = "mailroom", split: bool = False, router: str = ROUTER) -> Contestant:
        """Mailroom, started by its own command line; `split` as a web and a worker process."""
        port, token = free_port(), self._token(name)
        config = self.directory / f"{name}.toml"
        config.write_text(
            f'[bots.bench]\nchannel = "telegram"\ntoken = "{token}"\nsecret = "{SECRET}"\n'
            f'router = "{router}"\n'
        )
        environment = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "TELEGRAM_API_BASE": self.telegram_url(),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "MAILROOM_CONFIG": str(config),
            "MAILROOM_DATA": str(self.directory / name),
            "MAILROOM_LOG": "json",
            "PORT": str(port),
        }
        commands = ("web", "worker") if split else ("up",)
        processes = []
        for command in commands:
            log = self.directory / f"{name}-{command}.log"
            child = Child(f"mailroom {command}", (*SERVICE, command), log, environment)
            self._stack.callback(child.stop)
            child.wait_for('"ready"')
            processes.append(child)
        return Contestant(name, token, port, "/webhook/telegram/bench", processes)

    def aiogram(self, *, isolation: bool = False) -> Contestant:
        """Stock aiogram behind its own webhook server."""
        name = "aiogram_isolated" if isolation else "aiogram"
        port, token = free_port(), self._token(name)
        given = ["--port", str(port), "--redis", self.redis_url, "--telegram", self.telegram_url()]
        given += ["--token", token, "--secret", SECRET, *(["--isolation"] if isolation else [])]
        child = Child(name, ("-m", "ops.bench.peer", *given), self.directory / f"{name}.log")
        self._stack.callback(child.stop)
        child.wait_for("ready")
        return Contestant(name, token, port, "/webhook", [child])

    def _token(self, name: str) -> str:
        self._number += 1
        return f"{self._number}:bench-{name}"


@contextmanager
def open_stage(*, latency_ms: float = 0.0) -> Iterator[Stage]:
    """Start what is shared; stop it and all contestants at the end."""
    with tempfile.TemporaryDirectory(prefix="mailroom-bench-", ignore_cleanup_errors=True) as made, ExitStack() as stack:
        directory = Path(made)
        directory.chmod(0o711)  # Postgres, as another user, must pass through
        postgres, redis = EmbeddedPostgres(directory), EmbeddedRedis(directory)
        for store in (postgres, redis):
            stack.callback(store.stop)
            store.launch()
        database_url, redis_url = postgres.wait_until_ready(), redis.wait_until_ready()
        migrate(database_url)
        port = free_port()
        given = ("-m", "ops.simulators.telegram", "--port", str(port), "--latency-ms", str(latency_ms))
        simulator = Child("the simulator", given, directory / "simulator.log")
        stack.callback(simulator.stop)
        simulator.wait_for("ready")
        assert redis.pid is not None
        yield Stage(directory, database_url, redis_url, redis.pid, simulator, port, stack)


def own_cpu_seconds() -> float:
    """Processor time of the load generator, which is this process."""
    times = os.times()
    return times.user + times.system
