"""`python -m mailroom.ops.simulators.model --port N`: run the simulator until it is stopped."""

import argparse
import importlib
import sys

from mailroom.actors.kit.scripted import Script
from mailroom.ops.simulators.started import options_of, run

from .serving import serve


def main() -> int:
    """Parse the command line and serve; a port in use is one clear line."""
    parser = options_of("model", 8083, __doc__)
    parser.add_argument(
        "--folder", type=first_on_path, help="where scripts are looked for first; before them"
    )
    parser.add_argument(
        "--script",
        action="append",
        default=[],
        type=script,
        metavar="KEY=MODULE:NAME",
        help="what is said to whoever has this key; the first one also to everybody else",
    )
    parser.add_argument("--token-ms", type=float, default=0.0, help="between two words of a stream")
    options = parser.parse_args()
    return run(
        "Model",
        options,
        lambda ready: serve(
            options.port,
            scripts=dict(options.script),
            host=options.host,
            token_ms=options.token_ms,
            ready=ready,
        ),
    )


def first_on_path(folder: str) -> str:
    """Have modules be looked for there from now on."""
    sys.path.insert(0, folder)
    return folder


def script(given: str) -> tuple[str, Script]:
    """A script by the module that it is in."""
    key, _, place = given.partition("=")
    module, _, name = place.partition(":")
    try:
        found: Script = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{given!r} is no KEY=MODULE:NAME of a script: {error}") from error
    return key, found


if __name__ == "__main__":
    sys.exit(main())
