"""The options that several commands share, said in the same words everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The settings file; else MAILROOM_CONFIG, else mailroom.toml if it is here."
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", help="Where to listen; 0 picks a free port. Else PORT, else 8080.", min=0, max=65535
    ),
]
Host = Annotated[
    str | None,
    typer.Option("--host", help="The address to listen on. Else HOST, else 127.0.0.1.", show_default=False),
]
Demo = Annotated[
    bool,
    typer.Option(
        "--demo",
        help="Serve a demo, with simulators and without tokens, also where stores or an address are set (but"
        " not with PUBLIC_URL). It listens on this machine alone, whatever HOST says; --host opens it.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Where embedded stores keep their files. Else MAILROOM_DATA, else .mailroom."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
OnCallJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Report as JSON on standard output; what goes wrong too, as"
        ' {"error": "…"}, besides the words on standard error.',
    ),
]
Why = Annotated[
    str | None,
    typer.Option(
        "--why",
        help="The reason, kept in the audit with your name (MAILROOM_OPERATOR, else your login)."
        " Needed; asked for on a terminal.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask back; needed where nobody can be asked.")]
Target = Annotated[
    str | None,
    typer.Argument(
        help="A bot, a chat (BOT:CHAT_ID), a node of the tree, or `everything`; without one, all there is"
        " to choose from.",
        show_default=False,
    ),
]
