"""`mailroom web`: the processes that take messages in."""

from mailroom.ops.cli.options import Config, Demo, Host, Port


def web(config: Config = None, port: Port = None, host: Host = None, *, demo: Demo = False) -> None:
    """Serve webhooks, health and metrics, and nothing else; run any number of them beside `mailroom worker`.

    Needs DATABASE_URL and REDIS_URL, and a database that `mailroom migrate` has brought up to date. Listens
    on all interfaces unless HOST says otherwise.
    """
    from mailroom.ops.serving import check_port, prepared, serve

    # A platform's router reaches a process from outside of its container.
    defaults = {"host": "0.0.0.0"}  # noqa: S104
    command_line = {"port": port, "host": host}
    settings = prepared(config, "web", demo=demo, command_line=command_line, defaults=defaults)
    serve(check_port(settings), roles=frozenset({"ingress"}))
