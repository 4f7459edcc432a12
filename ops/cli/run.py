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
) -> None:
    """Serve an unmodified aiogram script that ends in start_polling.

    The script runs as with `python bot.py`; where it calls start_polling, its updates go through durable
    mailboxes instead, one per chat.
    """
    from ops import configuration, logs
    from ops.home import stores
    from ops.run_script import run_script

    command_line = {"data": data.expanduser().absolute() if data else None}
    settings = configuration.load(config, command_line=command_line)
    logs.configure(settings.log)
    with stores(settings) as complete:
        run_script(script, context.args, complete)
