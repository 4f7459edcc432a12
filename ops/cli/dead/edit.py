"""`mailroom dead edit`: mend the message itself, before it is requeued."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli import consent
from mailroom.ops.cli.consent import NotDoneError, WrongUsageError
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why
from mailroom.ops.faults import CannotStartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import By, Outcome

EXAMPLE = (
    '\b\nExamples:\n  mailroom dead edit mybot:123:17 --why "cut the text that is too long"'
    '\n  mailroom dead edit mybot:123:17 --payload mended.json --why "cut the text that is too long"'
)
PAYLOAD_BYTES_MAX = 1024 * 1024
"""What a webhook takes; no message is longer, and a wrong file may be."""


def dead_edit(
    id: Annotated[  # noqa: A002 - the name that `--help` shows
        str, typer.Argument(help="As `mailroom dead list` shows it: bot:chat_id:number, or job:number.")
    ],
    payload: Annotated[
        str | None,
        typer.Option(
            "--payload", help="A file with the new payload, or - for standard input; else $EDITOR opens."
        ),
    ] = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Change the payload of a dead letter, to requeue it then.

    The payload is what the platform sent: of Telegram, one Update as JSON. What is changed stays among the
    dead letters until `mailroom dead requeue` puts it back in line.
    """
    with open_client(config, data, as_json=as_json) as client:

        async def load(oncall: "OnCall") -> str:
            return (await oncall.dead.show(id)).payload

        async def save(oncall: "OnCall", text: str, by: "By") -> "Outcome":
            return await oncall.dead.edit(id, text, by)

        mend(client, payload, why, load, save)


def mend(
    client: OnCallClient,
    payload: str | None,
    why: str | None,
    load: "Callable[[OnCall], Awaitable[str]]",
    save: "Callable[[OnCall, str, By], Awaitable[Outcome]]",
) -> None:
    """Replace a payload by what a file says, or by what somebody makes of it in their editor."""
    if payload is None and not consent.at_terminal():
        raise WrongUsageError("Nobody is here to edit: give --payload FILE, or - for standard input.")
    by = client.by(why)
    if payload is not None:
        text = _read(payload)
        client.act(lambda oncall: save(oncall, text, by))
        return
    from mailroom.ops.cli.dead.draft import Draft
    from mailroom.supervisors.oncall.errors import OnCallError

    draft = Draft(client.ask(load))
    edited = draft.edited()
    if edited is None:
        draft.throw_away()
        raise NotDoneError("Nothing was changed: the text is as it was.")
    try:
        client.act(lambda oncall: save(oncall, edited, by))
    except (OnCallError, CannotStartError, NotDoneError) as error:
        raise NotDoneError(
            f"{error}\nYour text is kept in {draft.file}: mend it, then give it with --payload."
        ) from None
    draft.throw_away()


def _read(payload: str) -> str:
    try:
        with sys.stdin.buffer if payload == "-" else Path(payload).expanduser().open("rb") as file:
            read = file.read(PAYLOAD_BYTES_MAX + 1)
        text = read.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsageError(f"--payload: {payload} cannot be read: {error}") from None
    if len(read) > PAYLOAD_BYTES_MAX:
        raise WrongUsageError(f"--payload: {payload} is larger than {PAYLOAD_BYTES_MAX} bytes.")
    return text
