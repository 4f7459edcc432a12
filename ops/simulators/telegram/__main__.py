"""`python -m mailroom.ops.simulators.telegram --port N`: run the simulator until it is stopped."""

import argparse
import gc
import sys

import uvloop

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use is one clear line."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.ops.simulators.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s; there is no password")
    parser.add_argument(
        "--latency-ms", type=float, default=0.0, help="hold back the answer to every Bot API call"
    )
    parser.add_argument(
        "--enforce-limits", action="store_true", help="answer 429 as Telegram's flood limits do"
    )
    parser.add_argument("--refuse-unknown-chats", action="store_true", help="400 until a user wrote first")
    options = parser.parse_args()
    # Messages live long in rings: the collector finds nothing there, but stops the loop to look.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        uvloop.run(
            serve(
                options.port,
                host=options.host,
                latency_ms=options.latency_ms,
                enforce_limits=options.enforce_limits,
                refuse_unknown=options.refuse_unknown_chats,
                ready=announce,
            )
        )
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}\n")
        return 1
    return 0


def announce(url: str) -> None:
    """Tell whoever started us where we are; they read this line."""
    sys.stdout.write(f"Telegram simulator ready at {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
