"""`python -m mailroom.ops.simulators.payments --port N --state FILE`: run it until it is stopped."""

import sqlite3
import sys

from mailroom.ops.simulators.started import options_of, run

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use and a file that cannot be had are one clear line."""
    parser = options_of("payments", 8082, __doc__)
    parser.add_argument(
        "--state",
        default=":memory:",
        help="the file to keep everything in; without it all ends with the process",
    )
    options = parser.parse_args()
    try:
        return run(
            "Payment",
            options,
            lambda ready: serve(options.port, host=options.host, state=options.state, ready=ready),
        )
    except sqlite3.Error as error:
        sys.stderr.write(f"cannot keep the state in {options.state}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
