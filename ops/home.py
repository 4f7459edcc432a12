"""What `mailroom up` brings along: the stores that nobody configured, and Telegram's stand-in for a demo."""

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator

from ops.embedded.keeper import Embedded, Keeper
from ops.embedded.place import DataDirectory
from ops.embedded.postgres import EmbeddedPostgres
from ops.embedded.redis import EmbeddedRedis
from ops.embedded.telegram import DemoTelegram
from ops.preflight import migrated, require_redis
from ops.quick_aiogram import import_aiogram
from ops.settings import Settings


@contextlib.contextmanager
def home(settings: Settings) -> Iterator[tuple[Settings, str | None]]:
    """Everything started, and the settings completed with where it is; with the page to chat on in a demo."""
    simulator = None
    if settings.simulated:
        simulator = DemoTelegram(
            settings.data,
            port_wanted=min(settings.port + 1, 65535),
            bots={name: bot.token for name, bot in settings.bots.items()},
        )
    with _running(settings, simulator) as complete:
        yield complete, simulator.url if simulator else None


@contextlib.contextmanager
def stores(settings: Settings) -> Iterator[Settings]:
    """The stores alone, for what talks to Telegram itself."""
    with _running(settings, None) as complete:
        yield complete


@contextlib.contextmanager
def _running(settings: Settings, simulator: DemoTelegram | None) -> Iterator[Settings]:
    postgres = None if settings.database_url else EmbeddedPostgres(settings.data)
    redis = None if settings.redis_url else EmbeddedRedis(settings.data)
    processes: list[Embedded] = [process for process in (postgres, redis, simulator) if process is not None]
    with contextlib.ExitStack() as stack:
        _stop_on_any_signal()
        if processes:
            held = stack.enter_context(DataDirectory(settings.data))
            if not (held.path / "postgres").exists() and postgres is not None:
                print(f"Making a database in {held.path}", file=sys.stderr)  # noqa: T201 - progress, for a person
            with _signals_held_back():
                keeper = stack.enter_context(Keeper(processes))
                # Entered last and so left first: signals must not interrupt the stopping.
                stack.callback(_stop_undisturbed)
            # Takes a second that the stores need anyway.
            import_aiogram()
            importlib.import_module("ops.service")
            keeper.wait_until_ready()
        complete = settings.model_copy(
            update={
                "database_url": postgres.url if postgres else settings.database_url,
                "redis_url": redis.url if redis else settings.redis_url,
                "telegram_api_base": simulator.url if simulator else settings.telegram_api_base,
            }
        )
        assert complete.database_url is not None
        assert complete.redis_url is not None
        migrated(complete.database_url)
        if redis is None:
            require_redis(complete.redis_url)
        yield complete


def _stop_on_any_signal() -> None:
    """Until the service answers signals itself, let them end us by way of every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    # A closed terminal means the same as SIGTERM, also while the service runs.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Answer signals afterwards: one in the middle of starting a process would leave it behind, forgotten."""
    caught: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    answers = {
        number: signal.signal(number, lambda caught_number, _: caught.append(caught_number))
        for number in numbers
    }
    try:
        yield
    finally:
        for number, answer in answers.items():
            signal.signal(number, answer)
    if caught:
        os.kill(os.getpid(), caught[0])


def _stop_undisturbed() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
