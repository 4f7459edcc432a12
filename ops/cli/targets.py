"""What the commands that act can be pointed at, for whoever does not know it by heart."""

from typing import TYPE_CHECKING

from mailroom.ops.cli.consent import WrongUsageError
from mailroom.ops.cli.oncall_client import OnCallClient

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import NodeReport

KINDS = """\
TARGET is one of
  everything        all chats of all bots
  {bot:<17} a bot: all of its chats
  {chat:<17} one chat: the bot, a colon, Telegram's number of the chat
  {node:<17} a node of the tree, by its path or the last word of it
Where a name could be several of these, write bot/NAME, chat/NAME or node/PATH.
"""


def wanted_target(client: OnCallClient, target: str | None, command: str) -> str:
    """The target as it was given, else `WrongUsageError` with all there is to choose from."""
    if target is not None and target.strip():
        return target.strip()
    raise WrongUsageError(f'Usage: mailroom {command} TARGET --why "…"\n\n{_choice(client)}')


def _choice(client: OnCallClient) -> str:
    bots = sorted(client.settings.bots)
    try:
        nodes, suspended = client.ask(_there_is)
    except Exception as error:  # an explanation is owed even where nothing can be listed
        nodes, suspended, trouble = [], [], f"The nodes cannot be listed now: {error}\n"
    else:
        trouble = "" if nodes else "No process tells of its nodes now.\n"
    first = bots[0] if bots else "mybot"
    kinds = KINDS.format(bot=first, chat=f"{first}:123", node="chats/work/timers")
    lists = {"Bots": bots, "Nodes": nodes, "Suspended": suspended}
    return "\n".join(
        [kinds, *(f"{name}: {', '.join(found)}" for name, found in lists.items() if found), trouble]
    ).rstrip()


async def _there_is(oncall: "OnCall") -> tuple[list[str], list[str]]:
    nodes: dict[str, None] = {}
    for process in await oncall.look.tree():
        if process.root is not None:
            nodes |= dict.fromkeys(_paths(process.root))
    return list(nodes), [each.target for each in await oncall.look.suspensions()]


def _paths(node: "NodeReport") -> list[str]:
    return [*([node.path] if node.path else []), *(path for each in node.children for path in _paths(each))]


def is_everything(target: str) -> bool:
    """Whether this stops every chat there is."""
    return target.casefold() == "everything"
