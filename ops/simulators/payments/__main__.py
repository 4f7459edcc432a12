"""`python -m mailroom.ops.simulators.payments --port N --state FILE`: run it until it is stopped."""

import argparse
import sqlite3
import sys

import uvloop

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use and a file that cannot be had are one clear line."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.ops.simulators.payments", description=__doc__)
    parser.add_argument("--port", type=int, default=8082, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s; there is no password")
    parser.add_argument(
        "--state",
        default=":memory:",
        help="the file to keep everything in; without it all ends with the process",
    )
    options = parser.parse_args()
    try:
        uvloop.run(serve(options.port, host=options.host, state=options.state, ready=announce))
    except sqlite3.Error as error:
        sys.stderr.write(f"cannot keep the state in {options.state}: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}\n")
        return 1
    return 0


def announce(url: str) -> None:
    """Tell whoever started us where we are; they read this line."""
    sys.stdout.write(f"Payment simulator ready at {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
