"""`mailroom suspend`: put a part aside, and leave it so."""

from mailroom.ops.cli.consent import confirm
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Target, Why, Yes
from mailroom.ops.cli.targets import is_everything, wanted_target

EXAMPLE = (
    '\b\nExamples:\n  mailroom suspend mybot --why "the supplier is down"'
    '\n  mailroom suspend mybot:123 --why "floods us"'
)


def suspend(
    target: Target = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Put a node, a bot, a chat or everything aside until resumed.

    Messages of a suspended chat are taken in and wait in order. A suspended node is stopped. It stays so over
    restarts, until `mailroom resume`. `mailroom drain` does the same and waits until nothing runs any more.
    """
    with open_client(config, data, as_json=as_json) as client:
        chosen = wanted_target(client, target, "suspend")
        by = client.by(why)
        if is_everything(chosen):
            confirm("Suspend everything? No bot answers anybody until `mailroom resume everything`.", yes=yes)
        client.act(lambda oncall: oncall.act.suspend(chosen, by))
