"""`python -m mailroom.ops.simulators.courier --port N`: run the simulator until it is stopped."""

import argparse
import sys

import uvloop

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use is one clear line."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.ops.simulators.courier", description=__doc__)
    parser.add_argument("--port", type=int, default=8084, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s; there is no password")
    options = parser.parse_args()
    try:
        uvloop.run(serve(options.port, host=options.host, ready=announce))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}\n")
        return 1
    return 0


def announce(url: str) -> None:
    """Tell whoever started us where we are; they read this line."""
    sys.stdout.write(f"Courier simulator ready at {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
