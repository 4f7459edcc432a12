"""`mailroom ask`: what a bot's section of the console asks, as a command: listed, explained, and asked."""

from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.ops.cli.consent import WrongUsageError, operator, reason
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why

if TYPE_CHECKING:
    from mailroom.actors.pages.ask import Ask

EXAMPLE = (
    "\b\nExamples:\n  mailroom ask mybot\n  mailroom ask mybot get-orders --help"
    "\n  mailroom ask mybot get-orders --find 1042 --json"
    '\n  mailroom ask mybot post-stock --file codes.csv --why "a delivery"'
)
SETTINGS = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
"""What the command does not know are the fields of the ask."""
HELP = ("--help", "-h")


def ask(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="BOT ASK --FIELD VALUE",
            help="A bot with a section of the console, and what to ask of it. Without an ask: all there"
            " are. With --help: its fields.",
            show_default=False,
        ),
    ] = None,
    why: Why = None,
    key: Annotated[
        str | None, typer.Option("--key", help="A name for this act: asked twice with it, it is done once.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="What is sent, where the ask takes a file; - is standard input."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to put a file that is answered; else standard output.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            help="Where the service answers. Else the host and port of the settings, on this machine.",
        ),
    ] = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Ask a bot's section of the console: see, and do, what it shows there.

    Each ask has its fields as options. It is asked at /ops/bots of a running service, with the ops token of
    the settings; what is done is in the bot's own log, with --why and your name.
    """
    bot, name, fields = _parted(words or [])
    if bot in HELP:
        print(context.get_help())
        return
    with open_client(config, data, as_json=as_json) as client:
        from mailroom.ops.cli.ask.command import read_fields
        from mailroom.ops.cli.ask.listed import asks_of, list_asks, list_bots, named
        from mailroom.ops.cli.ask.sent import Sent, send
        from mailroom.ops.cli.ask.shown import show

        if not bot:
            list_bots(client)
            return
        if not name:
            list_asks(client, bot)
            return
        wanted = named(asks_of(client.settings, bot), bot, name)
        read = read_fields(wanted, bot, fields, _content(wanted, file))
        if read is None:
            return
        act = {"why": reason(why)} if wanted.changes else {}
        if why is not None and not wanted.changes:
            raise WrongUsageError(f"--why goes with what changes something; {name} only looks.")
        if key is not None:
            act["key"] = key
        sent = Sent(bot, wanted, read, act, operator(), _type(file))
        answer = send(client.settings, url, sent)
        show(client, answer, out)


def _parted(words: list[str]) -> tuple[str, str, list[str]]:
    """The bot, what is asked of it, and the fields."""
    bot, name, *fields = [*words, "", ""][: max(2, len(words))]
    if name in HELP:
        return bot, "", []
    return bot, name, fields


def _type(file: Path | None) -> str:
    """What kind of a file it is, as far as its name tells."""
    return (guess_type(file.name)[0] if file is not None else None) or ""


def _content(wanted: "Ask[Any, Any]", file: Path | None) -> bytes | None:
    """What is sent as a file; None where none was given."""
    if file is None:
        return None
    if wanted.takes is None:
        raise WrongUsageError(f"{wanted.name} takes no file.")
    if str(file) == "-":
        return typer.get_binary_stream("stdin").read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUsageError(f"--file: {file} cannot be read: {error.strerror or error}.") from None
