"""One line per unit of work: colours for a person at a terminal, JSON for everything else.

Lines go to stderr, so that stdout holds only what a command answers. Libraries that log through the
standard library come out in the same form.

A log call never raises, whatever it is given: what is logged is often what has just gone wrong. Values are
made plain before anything renders them: bounded, without what UTF-8 cannot hold, and asked for their text in
one place that survives a refusal. Tracebacks are Python's own: those with all variables of all frames take
seconds, and hold the loop meanwhile.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import Any, Literal, TextIO, TypeVar

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, Processor

from mailroom.storage.texts import harmless, harmless_json, kept, printable, shown
from mailroom.storage.words import traceback_of

T = TypeVar("T")

Level = Literal["debug", "info", "warning", "error"]

QUIET = {
    "aiogram.event": logging.WARNING,  # a line per update of its own, and we write a better one
    "httpx2": logging.WARNING,  # what the openai package calls it
    "httpx": logging.WARNING,  # a line per request with the whole URL, and secrets are in URLs
    "hypercorn.access": logging.WARNING,
    "asyncio": logging.WARNING,
    "openai": logging.INFO,  # each request whole, with what customers wrote
    "httpcore": logging.INFO,  # a dozen lines for each request, with the headers of the answer
}
"""Loggers that say too much below the level named here, whatever level was asked for."""

BOT_TOKEN = re.compile(r"(\d{6,}):[\w-]{30,}")
"""Telegram puts the token into the address of every call, and so into the text of many an error."""
TEXT_CHARS_MAX = 8_000
"""Of one text of a line: a payload or a traceback at most, and nobody reads more."""
PARTS_MAX = 50
"""Of one collection: a list of all chats says no more than its beginning."""
DEPTH_MAX = 4
INTEGER_MAX = 2**63
"""Larger ones are shown as text: their digits take quadratic time, and Python refuses beyond 4300."""


class Unbroken:
    """A stream that takes any text: what its encoding has no bytes for is escaped as JSON would, and a reader
    that has gone away is nothing that whoever logs could mend.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, as well as the stream can."""
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            with suppress(OSError, ValueError):
                self._stream.write(_NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text))
        except (OSError, ValueError):
            pass
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:  # noqa: SIM105 - `suppress` costs a microsecond, and this is done for every line
            self._stream.flush()
        except (OSError, ValueError):
            pass


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes records of the standard library, also those whose arguments do not fit their text."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        try:
            record.getMessage()
        except Exception as error:
            record.msg = f"{shown(record.msg)} <its arguments do not fit: {type(error).__name__}>"
            record.args = None
        return super().format(record)


class _NeverRaising:
    """The logger of everything of ours. What goes wrong in a call of it is its last line."""

    _logger: Any

    def _proxy_to_logger(self, method_name: str, event: Any = None, **fields: Any) -> Any:
        try:
            return super()._proxy_to_logger(method_name, event, **fields)  # type: ignore[misc]
        except Exception as error:
            line = f"{shown(event)} <the rest could not be rendered: {type(error).__name__}>"
            with suppress(Exception):
                self._logger.msg(BOT_TOKEN.sub(_without_token, line))


def _fitting(call: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the logger, also for arguments that do not fit their text."""

    def log(self: Any, event: Any = None, *args: Any, **fields: Any) -> Any:
        if args:
            try:
                event = event % args
            except Exception as error:
                event = f"{shown(event)} <its arguments do not fit: {type(error).__name__}>"
        return call(self, event, **fields)

    return log


_METHODS = {
    logging.DEBUG: ("debug",),
    logging.INFO: ("info", "msg"),
    logging.WARNING: ("warning", "warn"),
    logging.ERROR: ("error", "critical", "fatal", "exception"),
}


def _logger_from(least: int) -> Any:
    """The class of loggers that write lines of this level and above; calls below it do nothing at all."""
    base = structlog.make_filtering_bound_logger(least)
    written = [method for level, methods in _METHODS.items() if level >= least for method in methods]
    methods = {method: _fitting(getattr(base, method)) for method in written}
    return type("Logger", (_NeverRaising, base), methods)


def configure(
    style: Literal["auto", "json", "colour"] = "auto",
    stream: TextIO | None = None,
    *,
    level: Level = "info",
) -> None:
    """Set up all logging of this process; calling it again replaces the set-up. Lines below `level` are not
    written, by libraries and programs neither.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    out = stream or sys.stderr
    colours = style == "colour" or (style == "auto" and out.isatty())
    steady: Any = Unbroken(out)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if colours else "iso", utc=not colours),
    ]
    last: list[Processor] = [_traceback, _plain, _render_colours if colours else _render_json, _hide_tokens]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=_logger_from(least),
        # Straight to the stream: a detour through the standard library doubles the cost of a line.
        logger_factory=structlog.WriteLoggerFactory(steady),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(steady)
    handler.setFormatter(
        Formatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(least)
    for name, lowest in QUIET.items():
        logging.getLogger(name).setLevel(max(least, lowest))


_PLAIN = (type(None), bool, float)
_COLLECTIONS = (list, tuple, set, frozenset)  # these alone: a subclass may do anything when looked into
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_console = structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)


def _render_json(_logger: object, _method: str, line: EventDict) -> str:
    try:
        text = to_json(line, inf_nan_mode="strings").decode()
    except ValueError:  # UTF-8 has no bytes for one of its texts; to look at each beforehand costs every line
        text = to_json(_mended(line), inf_nan_mode="strings").decode()
    return text if text.isascii() and "\x7f" not in text else harmless_json(text)


def _render_colours(logger: object, method: str, line: EventDict) -> str:
    mended = _mended(line).items()
    return _console(
        logger,
        method,
        {harmless(name): harmless(value) if isinstance(value, str) else value for name, value in mended},
    )


def _mended(line: EventDict) -> EventDict:
    return {printable(name): _plainly(value, DEPTH_MAX) for name, value in line.items()}


def _traceback(_logger: object, _method: str, line: EventDict) -> EventDict:
    found = line.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1] if len(found) == 3 else None
    elif found and not isinstance(found, BaseException):
        found = sys.exc_info()[1]
    if isinstance(found, BaseException):
        line["exception"] = traceback_of(found, TEXT_CHARS_MAX)
    return line


def _plain(_logger: object, _method: str, line: EventDict) -> EventDict:
    for name, value in line.items():
        kind = type(value)
        if kind in _PLAIN or (kind is str and len(value) <= TEXT_CHARS_MAX):
            continue
        if kind is not int or not -INTEGER_MAX < value < INTEGER_MAX:
            line[name] = _plainly(value, DEPTH_MAX)
    return line


def _plainly(value: object, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return kept(str(value), TEXT_CHARS_MAX)
    if kind in _PLAIN or (isinstance(value, int) and kind is int and -INTEGER_MAX < value < INTEGER_MAX):
        return value
    if isinstance(value, bytes):
        return kept(value[: TEXT_CHARS_MAX + 1].decode(errors="replace"), TEXT_CHARS_MAX)
    if depth and isinstance(value, dict) and kind is dict:
        return {shown(name): _plainly(part, depth - 1) for name, part in _first(value.items())}
    if depth and isinstance(value, list | tuple | set | frozenset) and kind in _COLLECTIONS:
        return [_plainly(part, depth - 1) for part in _first(value)]
    return shown(value, TEXT_CHARS_MAX)


def _first(parts: Iterable[T]) -> Iterable[T]:
    return islice(parts, PARTS_MAX)


def _hide_tokens(_logger: object, _method: str, line: str | EventDict) -> str:
    return BOT_TOKEN.sub(_without_token, str(line))


def _without_token(found: re.Match[str]) -> str:
    return f"{found[1]}:***"
