"""From settings to a running service, with every ordinary obstacle said in one line."""

import errno
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from structlog import get_logger

from mailroom.ops import configuration, logs
from mailroom.ops.demo import Serving, is_loopback
from mailroom.ops.embedded.ports import listen_once
from mailroom.ops.faults import CannotStartError, ConfigurationError, GaveUpError, StartError
from mailroom.ops.preflight import require_migrated, require_redis, unreachable
from mailroom.ops.quick_aiogram import import_aiogram
from mailroom.ops.routers import require_routers
from mailroom.ops.settings import Settings

log = get_logger("mailroom")


def prepared(
    config: Path | None,
    command: str,
    *,
    demo: bool = False,
    command_line: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Settings:
    """The settings of a process among several, with its stores tried out."""
    serving = Serving(command, demo=demo)
    settings = configuration.load(config, command_line=command_line, defaults=defaults, serving=serving)
    logs.configure(settings.log, level=settings.log_level)
    assert settings.database_url is not None
    assert settings.redis_url is not None
    warn_of_demo(settings)
    require_routers(settings)
    require_migrated(settings)
    require_redis(settings.redis_url)
    return settings


def warn_of_demo(settings: Settings) -> None:
    """Say so where others than this machine's people reach a demo: it asks nobody who they are."""
    if settings.demo and not is_loopback(settings.host):
        log.warning(
            "demo_open_to_others",
            host=settings.host,
            note="whoever reaches this address can act as any person of the demo, its owner included",
        )


def check_port(settings: Settings) -> Settings:
    """Refuse a port that cannot be had, before anything is started; port 0 becomes a free one."""
    try:
        port = listen_once(settings.host, settings.port)
    except OSError as error:
        raise _port_refused(settings, error) from None
    return settings.model_copy(update={"port": port})


def serve(settings: Settings, *, roles: frozenset[Any]) -> None:
    """Serve until a signal, printing one line when ready. A store that goes away before that is one line,
    too, wherever the start was.
    """
    up: list[str] = []
    try:
        _serve(settings, roles, up)
    except Exception as error:
        if not up and (lost := lost_store(settings, error)) is not None:
            raise lost from None
        raise


def _serve(settings: Settings, roles: frozenset[Any], up: list[str]) -> None:
    import_aiogram()
    # The frameworks take a second to load; a refusal above should not.
    from mailroom.ops import service
    from mailroom.supervisors.otp.errors import GaveUp

    def ready(address: str) -> None:
        up.append(address)
        print(ready_line(address, settings.chat_page, demo=settings.demo), flush=True)  # noqa: T201 - the answer

    try:
        service.serve(settings, roles=roles, ready=ready)
    except* StartError as group:
        raise CannotStartError(str(_first(group))) from None
    except* ConfigurationError as group:
        raise _first(group) from None
    except* GaveUp as group:
        raise GaveUpError(f"Mailroom gave up: {_first(group)}") from None
    except* OSError as group:
        error = _first(group)
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise _port_refused(settings, error) from None
        raise


def lost_store(settings: Settings, error: Exception) -> CannotStartError | None:
    """The line about a store that went away in the middle of the start, if it is that which happened."""
    from mailroom.actors import away  # brings the drivers along, which a refusal does without
    from mailroom.actors.owners import Owner

    if any(away.owner_of(one) not in (Owner.US, Owner.PERHAPS_US) for one in _each(error)):
        return None
    first = _first(error)
    redis = "Redis" in str(first) or type(first).__module__.startswith("redis.")
    name, url = ("REDIS_URL", settings.redis_url) if redis else ("DATABASE_URL", settings.database_url)
    return unreachable(name, url or "", first)


def ready_line(address: str, chat_page: str | None, *, demo: bool) -> str:
    """The one line on standard output; whoever sees it first wants to know where to click."""
    ready = f"Mailroom is ready: {address}" if address else "Mailroom's worker is ready"
    if not demo:
        return ready if address else f"{ready}."
    return f"{ready} - a demo, for there is no bot token." + (
        f" Open {chat_page} to chat." if chat_page else ""
    )


def _port_refused(settings: Settings, error: OSError) -> CannotStartError:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return CannotStartError(f"HOST: {settings.host} is not an address of this machine.")
    if error.errno == errno.EADDRINUSE:
        return CannotStartError(
            f"Port {settings.port} is in use by another program: choose another with --port or PORT."
        )
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    return CannotStartError(
        f"Port {settings.port} cannot be used: {reason}. Choose another with --port or PORT."
    )


def _each(error: BaseException) -> list[BaseException]:
    """All that went wrong at once: a fault of ours among it is not to be hidden behind a store."""
    if isinstance(error, BaseExceptionGroup):
        return [one for part in error.exceptions for one in _each(part)]
    return [error]


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
