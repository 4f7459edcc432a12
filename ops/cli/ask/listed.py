"""What can be asked: the bots that have a section of the console, and the asks of each."""

from difflib import get_close_matches
from typing import Any

from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.page import Section
from mailroom.ops.bundled import RoomError, parts_of, rooms
from mailroom.ops.cli.consent import NotDoneError, WrongUsageError
from mailroom.ops.cli.oncall_client import OnCallClient
from mailroom.ops.settings import Settings

Asks = dict[str, Ask[Any, Any]]


def sections(settings: Settings) -> dict[str, Section[Any]]:
    """Those of the configured bots, by their names."""
    try:
        found = {bot: parts_of(settings, bot).section for bot in sorted(rooms(settings))}
    except RoomError as error:
        raise NotDoneError(str(error)) from None
    return {bot: section for bot, section in found.items() if section is not None}


def asks_of(settings: Settings, bot: str) -> Asks:
    """What can be asked of a bot, by name."""
    found = sections(settings)
    if bot not in found:
        raise WrongUsageError(f"No bot with a section of the console is called {bot!r}. {_near(bot, found)}")
    return {ask.name: ask for ask in found[bot].asks}


def named(asks: Asks, bot: str, name: str) -> Ask[Any, Any]:
    """One of them."""
    if name not in asks:
        raise WrongUsageError(f"{bot} has no ask {name!r}. {_near(name, asks)} See `mailroom ask {bot}`.")
    return asks[name]


def list_bots(client: OnCallClient) -> None:
    """Print the bots."""
    from mailroom.ops.cli.tables import print_table

    found = sections(client.settings)
    rows = [{"bot": bot, "title": one.title, "asks": len(one.asks)} for bot, one in found.items()]

    def for_people() -> None:
        if not rows:
            print("No bot here has a section of the console.")
            return
        print_table(("bot", "section", "asks"), [list(row.values()) for row in rows], right=("asks",))

    client.show(rows, for_people)


def list_asks(client: OnCallClient, bot: str) -> None:
    """Print what can be asked of one of them."""
    from mailroom.ops.cli.tables import print_table

    asks = asks_of(client.settings, bot)
    rows = [
        {"name": name, "method": one.method, "path": f"/ops/bots/{bot}{one.path}", "says": one.says}
        for name, one in asks.items()
    ]
    client.show(rows, lambda: print_table(("ask", "what for"), [(row["name"], row["says"]) for row in rows]))


def _near(name: str, known: dict[str, Any]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There is: {', '.join(sorted(known)) or 'none'}."
