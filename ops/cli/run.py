"""`mailroom run bot.py`: an aiogram script as it is, on durable mailboxes."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.options import Config, Data


def run(
    context: typer.Context,
    script: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="The script; what follows is for it."
        ),
    ],
    config: Config = None,
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Where health and metrics are served. Else PORT, else any free port; 8080 with PUBLIC_URL.",
            min=0,
            max=65535,
        ),
    ] = None,
) -> None:
    """Serve an unmodified aiogram script that ends in start_polling.

    The script runs as with `python bot.py`; where it calls start_polling, its updates go through durable
    mailboxes instead, one per chat.
    """
    from ops import configuration, logs
    from ops.home import stores
    from ops.run_script import run_script
    from ops.serving import check_port

    command_line = {"data": data.expanduser().absolute() if data else None, "port": port}
    # Scripts may run side by side: each beside its own data, and on a port that is free.
    defaults = {"data": script.absolute().parent / ".mailroom", "port": 0}
    settings = configuration.load(config, command_line=command_line, defaults=defaults)
    if settings.public_url and not settings.port:
        settings = configuration.load(config, command_line=command_line, defaults=defaults | {"port": 8080})
    logs.configure(settings.log)
    settings = check_port(settings)
    with stores(settings) as complete:
        run_script(script, context.args, complete)
