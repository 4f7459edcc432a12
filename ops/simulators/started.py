"""How a simulator is started from the command line: its options, and the line that says where it is."""

import argparse
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

Ready = Callable[[str], None]
"""Is told the address once it answers there."""


def options_of(simulator: str, port: int, about: str | None) -> argparse.ArgumentParser:
    """The options that all have; `about` is what `--help` begins with."""
    parser = argparse.ArgumentParser(prog=f"python -m mailroom.ops.simulators.{simulator}", description=about)
    parser.add_argument("--port", type=int, default=port, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s; there is no password")
    return parser


def run(title: str, options: argparse.Namespace, serve: Callable[[Ready], Coroutine[Any, Any, None]]) -> int:
    """Serve until it is stopped; a port in use is one clear line."""

    def announce(url: str) -> None:
        # Whoever started us reads this line.
        sys.stdout.write(f"{title} simulator ready at {url}\n")
        sys.stdout.flush()

    try:
        uvloop.run(serve(announce))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}\n")
        return 1
    return 0
