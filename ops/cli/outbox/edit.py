"""`mailroom outbox edit`: mend what a job is to do, before it is run again."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.dead.edit import mend
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import By, Outcome

EXAMPLE = (
    '\b\nExamples:\n  mailroom outbox edit job:123 --why "the address had no street"'
    '\n  mailroom outbox edit job:123 --payload mended.json --why "the address had no street"'
)


def outbox_edit(
    id: Annotated[  # noqa: A002 - the name that `--help` shows
        str, typer.Argument(help="As `mailroom outbox list` shows it: job:123, or the number alone.")
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
    """Change the payload of a job that nobody is working on; a dead one is run again by `retry`."""
    with open_client(config, data, as_json=as_json) as client:

        async def load(oncall: "OnCall") -> str:
            from mailroom.supervisors.oncall.errors import OnCallError

            job = (await oncall.jobs.show(id)).job
            if job is None:
                raise OnCallError(f"{id} is over: there is nothing to edit.")
            return job.payload

        async def save(oncall: "OnCall", text: str, by: "By") -> "Outcome":
            return await oncall.jobs.edit(id, text, by)

        mend(client, payload, why, load, save)
