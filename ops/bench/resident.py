"""`mailroom up` with a shorter patience: `python -m mailroom.ops.bench.resident IDLE_SECONDS`.

The `memory` benchmark must see chats leave memory, and nobody wants to watch it wait for the usual minute.
Everything else, settings and stores included, is as in production.
"""

import sys
from functools import partial

from mailroom.actors.policy import Policy
from mailroom.actors.runtime import host
from mailroom.ops import configuration, logs
from mailroom.ops.process import Setup
from mailroom.ops.service import Service


def main() -> None:
    """Serve until SIGTERM."""
    settings = configuration.load()
    logs.configure(settings.log, level=settings.log_level)
    policy = Policy(idle_seconds=float(sys.argv[1]))

    def ready(address: str) -> None:
        sys.stdout.write(f"Mailroom is ready: {address}\n")
        sys.stdout.flush()

    service = Service(Setup(settings, frozenset({"ingress", "worker"}), policy=policy), ready)
    host.run(partial(service.main))


if __name__ == "__main__":
    main()
