"""`python -m mailroom.ops.simulators.courier --port N`: run the simulator until it is stopped."""

import sys

from mailroom.ops.simulators.started import options_of, run

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use is one clear line."""
    options = options_of("courier", 8084, __doc__).parse_args()
    return run("Courier", options, lambda ready: serve(options.port, host=options.host, ready=ready))


if __name__ == "__main__":
    sys.exit(main())
