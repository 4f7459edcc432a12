"""One line per unit of work: colours for a person at a terminal, JSON for everything else.

Lines go to stderr, so that stdout holds only what a command answers. Libraries that log through the
standard library come out in the same form.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import Processor

QUIET = {
    "aiogram.event": logging.WARNING,  # a line per update of its own, and we write a better one
    "alembic": logging.WARNING,  # a dozen lines about its plugins for each migration
    "httpx2": logging.WARNING,  # what the openai package calls it
    "httpx": logging.WARNING,  # a line per request with the whole URL, and secrets are in URLs
    "hypercorn.access": logging.WARNING,
    "asyncio": logging.WARNING,
}
"""Loggers that say too much at INFO."""

BOT_TOKEN = re.compile(r"(\d{6,}):[\w-]{30,}")
"""Telegram puts the token into the address of every call, and so into the text of many an error."""


def configure(style: Literal["auto", "json", "colour"] = "auto", stream: TextIO | None = None) -> None:
    """Set up all logging of this process; calling it again replaces the set-up."""
    out = stream or sys.stderr
    colours = style == "colour" or (style == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if colours else "iso", utc=not colours),
    ]
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=True)]
        if colours
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_json)]
    )
    structlog.configure(
        processors=[*shared, *last, _hide_tokens],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Straight to the stream: a detour through the standard library doubles the cost of a line.
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, _hide_tokens],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def _json(line: object, **_options: object) -> str:
    return to_json(line, fallback=str).decode()


def _hide_tokens(_logger: object, _method: str, line: str | MutableMapping[str, Any]) -> str:
    return BOT_TOKEN.sub(r"\1:***", str(line))
