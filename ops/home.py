"""What `mailroom up` brings along: the stores that nobody configured, and in a demo stand-ins for Telegram,
payment gateways, models, mail and SMS.
"""

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailroom.ops.bundled import parts_of, rooms
from mailroom.ops.embedded.courier import DemoCourier
from mailroom.ops.embedded.model import DemoModel
from mailroom.ops.embedded.payments import DemoPayments
from mailroom.ops.embedded.place import DataDirectory
from mailroom.ops.embedded.ports import beside
from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.ops.embedded.telegram import DemoTelegram
from mailroom.ops.embedded.watchdog import Embedded, Watchdog
from mailroom.ops.preflight import migrated, require_redis
from mailroom.ops.quick_aiogram import import_aiogram
from mailroom.ops.room_options import demo_people, demo_scripts
from mailroom.ops.settings import Settings

MODEL_KEY = "scripted-demo"
"""The model simulator wants a key; who has this one is told what the first of its scripts says."""


@dataclass(frozen=True, slots=True)
class Simulators:
    """Where the stand-ins of a demo are, for people; None for a company that the settings name themselves."""

    chat_page: str
    payments_url: str | None
    model_url: str | None
    courier_url: str | None
    """None too where no page is entered by a code."""


@contextlib.contextmanager
def home(settings: Settings) -> Iterator[tuple[Settings, Simulators | None]]:
    """Everything started, and the settings completed with where it is; with the simulators of a demo."""
    if not settings.simulated:
        with _running(settings) as complete:
            yield complete, None
        return
    telegram = DemoTelegram(
        settings.data,
        port_wanted=beside(settings.port, 1),
        bots={name: bot.token for name, bot in settings.bots.items()},
        people=demo_people(settings),
    )
    payments = None
    if not settings.payments:
        payments = DemoPayments(
            settings.data,
            port_wanted=beside(settings.port, 2),
            notify=_own_address(settings),
            return_url=telegram.url,
        )
    model = None
    if settings.openai_api_key is None:
        model = DemoModel(
            settings.data,
            port_wanted=beside(settings.port, 3),
            scripts=demo_scripts(settings),
            folder=settings.config.parent if settings.config else None,
        )
    simulators = [simulator for simulator in (telegram, payments, model) if simulator is not None]
    with _running(settings, simulators) as complete, _courier(complete) as courier:
        found = Simulators(
            telegram.url,
            payments.url if payments else None,
            model.url if model else None,
            courier.url if courier else None,
        )
        pointed = _pointed_at(complete, telegram, payments, model)
        yield (
            pointed.model_copy(update={"chat_page": found.chat_page, "courier_url": found.courier_url}),
            found,
        )


@contextlib.contextmanager
def stores(settings: Settings) -> Iterator[Settings]:
    """The stores alone, for what talks to Telegram itself."""
    with _running(settings) as complete:
        yield complete


@contextlib.contextmanager
def _running(settings: Settings, simulators: Sequence[Embedded] = ()) -> Iterator[Settings]:
    postgres = None if settings.database_url else EmbeddedPostgres(settings.data)
    redis = None if settings.redis_url else EmbeddedRedis(settings.data)
    own_stores = [store for store in (postgres, redis) if store is not None]
    processes: list[Embedded] = [*own_stores, *simulators]
    with contextlib.ExitStack() as stack:
        _stop_on_any_signal()
        if processes:
            held = stack.enter_context(DataDirectory(settings.data))
            if not (held.path / "postgres").exists() and postgres is not None:
                print(f"Making a database in {held.path}", file=sys.stderr)  # noqa: T201 - progress, for a person
            with _signals_held_back():
                watchdog = stack.enter_context(Watchdog(processes))
                # Entered last and so left first: signals must not interrupt the stopping.
                stack.callback(_stop_undisturbed)
            # Takes a second that the stores need anyway.
            import_aiogram()
            importlib.import_module("mailroom.ops.service")
            watchdog.wait_until_ready()
        complete = settings.model_copy(
            update={
                "database_url": postgres.url if postgres else settings.database_url,
                "database_direct_url": None if postgres else settings.database_direct_url,
                "redis_url": redis.url if redis else settings.redis_url,
            }
        )
        assert complete.database_url is not None
        assert complete.redis_url is not None
        migrated(complete)
        if redis is None:
            require_redis(complete.redis_url)
        yield complete


@contextlib.contextmanager
def _courier(settings: Settings) -> Iterator[DemoCourier | None]:
    """Mail and SMS, where a page of this demo is entered by a code. Rooms can be asked that only now: with
    their pages come the frameworks.
    """
    pages = [parts_of(settings, name).page for name in rooms(settings)]
    if not any(page is not None and "code" in page.enter for page in pages):
        yield None
        return
    courier = DemoCourier(settings.data, port_wanted=beside(settings.port, 4))
    with contextlib.ExitStack() as stack:
        with _signals_held_back():
            watchdog = stack.enter_context(Watchdog([courier]))
            stack.callback(_stop_undisturbed)
        watchdog.wait_until_ready()
        yield courier


def _pointed_at(
    settings: Settings, telegram: DemoTelegram, payments: DemoPayments | None, model: DemoModel | None
) -> Settings:
    """The settings of a demo, with simulators for what they do not name."""
    update: dict[str, object] = {"telegram_api_base": telegram.url}
    if payments is not None:
        update["payments"] = payments.settings()
    if model is not None:
        update |= {"openai_api_key": MODEL_KEY, "openai_base_url": model.base_url}
    return settings.model_copy(update=update)


def _own_address(settings: Settings) -> str:
    """Where processes of this machine reach the service."""
    everywhere = settings.host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not listened on
    host = "127.0.0.1" if everywhere else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


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
