"""`mailroom run bot.py`: an aiogram program as it is, on durable mailboxes."""

import os
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from mailroom.ops.cli.options import Config, Data

WITH_VALUE = ("--config", "--data", "--port")
"""Our own options that take the word after them."""


class RunCommand(TyperCommand):
    """Reads a command line as Python does: what follows the program belongs to the program, options too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Mark where the program's own arguments begin."""
        return super().parse_args(ctx, _marked(args))


def run(
    context: typer.Context,
    script: Annotated[
        str | None,
        typer.Argument(
            help="A file, or a folder with `__main__.py`; what follows is for it.", show_default=False
        ),
    ] = None,
    module: Annotated[
        str | None,
        typer.Option("-m", metavar="MODULE", help="Run a module or a package, as `python -m` does."),
    ] = None,
    config: Config = None,
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Where health and metrics are served. Else MAILROOM_PORT, else any free port; with"
            " PUBLIC_URL PORT, else 8080.",
            min=0,
            max=65535,
        ),
    ] = None,
) -> None:
    """Serve an unmodified aiogram program that ends in start_polling or in a web server with its webhook.

    The program runs as with `python bot.py` or `python -m bot`; where it takes its updates, they go through
    durable mailboxes instead, one per chat.
    """
    from mailroom.ops.quick_aiogram import require_aiogram

    require_aiogram()
    from mailroom.actors.names import fault_of_name
    from mailroom.ops import configuration, logs
    from mailroom.ops.home import stores
    from mailroom.ops.program import Module, Script
    from mailroom.ops.program_database import settled, without_its_database
    from mailroom.ops.program_names import OF_A_WEB_SERVER
    from mailroom.ops.run_script import run_program
    from mailroom.ops.serving import check_port

    arguments = list(context.args)
    if module is not None:
        program: Script | Module = Module(module)
        arguments[:0] = [script] if script is not None else []
    elif script is not None:
        program = Script(script)
    else:
        raise typer.BadParameter("name a file, a folder with __main__.py, or -m and a module")
    if fault := program.missing() or fault_of_name(program.home()):
        raise typer.BadParameter(fault)
    command_line = {"data": data.expanduser().absolute() if data else None, "port": port}
    # Programs may run side by side: each beside its own data, and on a port that is free.
    defaults = {"data": program.home() / ".mailroom", "port": 0}
    before = dict(os.environ)
    load = partial(configuration.load, config, command_line=command_line, of_program=True)
    settings = load(defaults=defaults)
    if settings.public_url and not settings.port:
        settings = load(defaults=defaults | {"port": 8080})
    logs.configure(settings.log, level=settings.log_level)
    settings = check_port(without_its_database(settings, before))
    with stores(settings) as complete:
        assert complete.database_url is not None
        database_url = settled(complete.database_url, before)
        complete = complete.model_copy(update={"database_url": database_url})
        # A web server of the program's own listens where PORT says; it registers its webhook itself.
        alone = {name: value for name, value in before.items() if name not in OF_A_WEB_SERVER}
        own = load(defaults=defaults, environment=alone)
        beside = complete.model_copy(update={"host": own.host, "port": own.port, "public_url": None})
        run_program(program, arguments, complete, beside)


def _marked(args: list[str]) -> list[str]:
    """The command line with `--` where the program's own part begins."""
    place = 0
    while place < len(args):
        word = args[place]
        if word == "-m":
            return [*args[: place + 2], "--", *args[place + 2 :]]
        if word.startswith("-m"):
            return [*args[: place + 1], "--", *args[place + 1 :]]
        if word == "--" or not word.startswith("-"):
            return args if word == "--" else [*args[:place], "--", *args[place:]]
        place += 2 if word in WITH_VALUE else 1
    return args
