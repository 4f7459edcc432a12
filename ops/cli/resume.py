"""`mailroom resume`: let go on what was suspended."""

from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Target, Why
from mailroom.ops.cli.targets import wanted_target

EXAMPLE = '\b\nExample:\n  mailroom resume mybot --why "the supplier is back"'


def resume(
    target: Target = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Let go on what was suspended, drained or parked.

    What the supervisor parked because it kept crashing is resumed in the same way. Messages that waited are
    handled in order. Name the target as it was suspended: `mailroom resume` alone lists them.
    """
    with open_client(config, data, as_json=as_json) as client:
        chosen = wanted_target(client, target, "resume")
        by = client.by(why)
        client.act(lambda oncall: oncall.act.resume(chosen, by))
