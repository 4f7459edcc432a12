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
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Where embedded stores keep their files. Else MAILROOM_DATA, else .mailroom."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Report as JSON on standard output.")]
