"""`mailroom run bot.py`: an aiogram program as it is, on durable mailboxes.

The script runs as under `python bot.py` or `python -m bot` (`ops/program.py`), with two things put in its
way: where it calls `start_polling`, a service starts in the script's own event loop and serves the script's
own bots, until a signal or `stop_polling` ends it and the script goes on with what it does after polling (or,
where its own web server takes its updates, until that ends: `ops/own_server.py`); and where TELEGRAM_API_BASE
is set, its bots talk to that address. Everything else, the script's output and exit
code included, is its own.
"""

import asyncio
import contextlib
import logging
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, TracebackType
from typing import Any

import uvloop
from aiogram import Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from structlog import get_logger

from mailroom.ops.faults import CannotStartError, ConfigurationError, GaveUpError
from mailroom.ops.own_server import OwnServer, takers
from mailroom.ops.polling import Polling
from mailroom.ops.program import Module, Script
from mailroom.ops.settings import TELEGRAM_API_BASE, Settings

log = get_logger("mailroom.run")

EXIT_INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""
LEAD_TO_IT = (__name__, "mailroom.ops.program", "runpy")
"""Modules whose frames stand above a program's own."""


def run_program(
    program: Script | Module, arguments: Sequence[str], settings: Settings, beside: Settings
) -> None:
    """Run it to its end. Its uncaught exception is shown as Python shows it, and ends us with 1. `beside` are
    the settings for the case that its own web server takes its updates.
    """
    polling, server = Polling(settings), OwnServer(beside)
    with _as_main_program(program, arguments), _in_its_way(polling, server, settings):
        try:
            try:
                program.run()
            finally:
                if server.failure is not None:
                    raise GaveUpError(f"Mailroom gave up: {server.failure}") from None
        except (CannotStartError, ConfigurationError, GaveUpError):
            raise
        except KeyboardInterrupt:
            sys.exit(EXIT_INTERRUPTED)
        except Exception as error:
            traceback.print_exception(type(error), error, _from_program_on(error.__traceback__))
            sys.exit(1)
    if not (polling.called or server.called):
        log.warning(
            "nothing_served",
            note=f"{program} ended without calling start_polling, run_polling or serving aiogram's webhook",
        )


@contextlib.contextmanager
def _as_main_program(program: Script | Module, arguments: Sequence[str]) -> Iterator[None]:
    """What Python sets up for a program: its arguments, its folder on the path, Ctrl-C as an exception. The
    log is the program's too: it finds no handlers, so that its own `basicConfig` works.
    """
    argv, path, interrupt = sys.argv, list(sys.path), signal.getsignal(signal.SIGINT)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    program.prepare(list(arguments))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    root.handlers.clear()
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = argv, path
        signal.signal(signal.SIGINT, interrupt)
        root.handlers[:], root.level = handlers, level


@contextlib.contextmanager
def _in_its_way(polling: Polling, server: OwnServer, settings: Settings) -> Iterator[None]:
    """The few functions that do something else while the script runs."""
    made = BaseSession.__init__
    policy = asyncio.get_event_loop_policy()

    def make_session(self: BaseSession, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        if self.api is PRODUCTION and settings.telegram_api_base != TELEGRAM_API_BASE:
            self.api = TelegramAPIServer.from_base(settings.telegram_api_base)

    async def start_polling(self: Dispatcher, *bots: Any, **kwargs: Any) -> None:
        await polling.start(self, *bots, **kwargs)

    async def stop_polling(self: Dispatcher) -> None:
        await polling.stop(self)

    ours: dict[tuple[type | ModuleType, str], Callable[..., Any]] = {
        (BaseSession, "__init__"): make_session,
        (Dispatcher, "start_polling"): start_polling,
        (Dispatcher, "stop_polling"): stop_polling,
        **takers(server),
        **{(module, "apply"): _nest_nothing for module in _nesting()},
    }
    theirs = {(owner, name): vars(owner)[name] for owner, name in ours}
    # The policy covers every way to a loop: asyncio.run, Runner, new_event_loop.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    for (owner, name), function in ours.items():
        setattr(owner, name, function)
    try:
        yield
    finally:
        for (owner, name), function in theirs.items():
            setattr(owner, name, function)
        asyncio.set_event_loop_policy(policy)


def _nesting() -> list[ModuleType]:
    """The installed modules that patch event loops to run inside of each other. Ours cannot be patched: where
    one of them is applied by habit, the script would end there.
    """
    return [import_module(name) for name in ("nest_asyncio", "nest_asyncio2") if find_spec(name)]


def _nest_nothing(*_: Any, **__: Any) -> None:
    log.warning(
        "loops_not_nested",
        note="nest_asyncio.apply() does nothing under mailroom run: asyncio.run() inside of a running loop"
        " raises, as it does without it",
    )


def _from_program_on(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames that led to the program: they are not its author's."""
    step = trace
    while step is not None:
        name = str(step.tb_frame.f_globals.get("__name__"))
        if name not in LEAD_TO_IT and not name.startswith("importlib."):
            return step
        step = step.tb_next
    return trace
