"""`mailroom up`: everything on one machine, with one command."""

from mailroom.ops.cli.options import Config, Data, Demo, Host, Port


def up(
    config: Config = None, port: Port = None, host: Host = None, data: Data = None, *, demo: Demo = False
) -> None:
    """Serve everything from this one process.

    Starts an embedded Postgres and Redis where DATABASE_URL or REDIS_URL is not set, brings the database up
    to date, and serves. Where nothing is configured it is a demo: simulators stand in for Telegram, with a
    page to chat on, for payment gateways and for a language model. Ctrl-C or SIGTERM finishes the work in
    hand and stops everything that was started.
    """
    from mailroom.ops import configuration, logs
    from mailroom.ops.demo import Serving
    from mailroom.ops.home import home
    from mailroom.ops.routers import require_routers
    from mailroom.ops.serving import check_port, serve, warn_of_demo

    command_line = {"port": port, "host": host, "data": data.expanduser().absolute() if data else None}
    settings = configuration.load(config, command_line=command_line, serving=Serving("up", demo=demo))
    logs.configure(settings.log, level=settings.log_level)
    warn_of_demo(settings)
    settings = check_port(settings)
    require_routers(settings)
    with home(settings) as (complete, _):
        serve(complete, roles=frozenset({"ingress", "worker"}))
