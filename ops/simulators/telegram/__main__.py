"""`python -m mailroom.ops.simulators.telegram --port N`: run the simulator until it is stopped."""

import gc
import sys

from mailroom.ops.simulators.started import options_of, run

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use is one clear line."""
    parser = options_of("telegram", 8081, __doc__)
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
    return run(
        "Telegram",
        options,
        lambda ready: serve(
            options.port,
            host=options.host,
            latency_ms=options.latency_ms,
            enforce_limits=options.enforce_limits,
            refuse_unknown=options.refuse_unknown_chats,
            ready=ready,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
