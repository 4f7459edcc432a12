"""`mailroom drain`: suspend, and wait until nothing of it runs any more."""

from typing import Annotated

import typer

from mailroom.ops.cli.consent import confirm
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Target, Why, Yes
from mailroom.ops.cli.targets import wanted_target

EXAMPLE = '\b\nExample:\n  mailroom drain mybot --seconds 60 --why "price list is being replaced"'


def drain(
    target: Target = None,
    why: Why = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="How long to wait at most.")] = 30.0,
    config: Config = None,
    data: Data = None,
    *,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Suspend, and wait until nothing of it runs any more.

    Asks first. Exits with 1 when something still ran as the time was up; it stays suspended all the same, and
    begins nothing new. `mailroom resume` undoes it.
    """
    with open_client(config, data, as_json=as_json) as client:
        chosen = wanted_target(client, target, "drain")
        by = client.by(why)
        confirm(f"Drain {chosen}? It stays suspended until `mailroom resume {chosen}`.", yes=yes)
        client.act(
            lambda oncall: oncall.act.drain(chosen, by, seconds=seconds),
            waiting=f"Waiting until nothing of {chosen} runs any more, {seconds:g} s at most",
            to_the_end=True,
        )
