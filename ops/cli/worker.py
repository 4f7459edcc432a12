"""`mailroom worker`: the processes that run the chats."""

from mailroom.ops.cli.options import Config, Demo


def worker(config: Config = None, *, demo: Demo = False) -> None:
    """Run the chats whose messages `mailroom web` takes in.

    Needs DATABASE_URL and REDIS_URL, and a database that `mailroom migrate` has brought up to date.
    """
    from mailroom.ops.serving import prepared, serve

    serve(prepared(config, "worker", demo=demo), roles=frozenset({"worker"}))
