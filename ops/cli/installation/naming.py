"""`mailroom installation show`, `new` and `join`: before a process is started on the stores."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mailroom.ops.cli.consent import NotDoneError, WrongUsageError, confirm
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Yes

if TYPE_CHECKING:
    from mailroom.ops.naming import Naming

EXAMPLE_NEW = (
    "\b\nExample, after a copy of the production's database was loaded:\n  mailroom installation new"
)

NOBODY = "nobody's"

T = TypeVar("T")


def show(config: Config = None, data: Data = None, *, as_json: OnCallJson = False) -> None:
    """Show whose the database is, and whose the Redis."""
    with open_client(config, data, as_json=as_json) as client:
        named = _ask(client, lambda naming: naming.names())
        client.show(named, lambda: print(f"Postgres: {named.postgres}\nRedis:    {named.redis or NOBODY}"))


def new(
    name: Annotated[
        str | None,
        typer.Option(
            help="Not a new name but this one: of an installation whose database was restored from a time"
            " before it had it.",
            show_default=False,
        ),
    ] = None,
    config: Config = None,
    data: Data = None,
    *,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Give the database a name of its own: for a copy, before anything is started on it.

    Its payments then are never taken for those of the installation it was copied from, and it refuses that
    one's Redis. The rows of old payments stay: give a copy gateway accounts and bots' tokens of its own.
    """
    with open_client(config, data, as_json=as_json) as client:
        confirm("Make this database an installation of its own?", yes=yes)
        given = _ask(client, lambda naming: naming.rename(name))
        client.show({"installation": given}, lambda: print(f"The database is now of installation {given}."))


def join(config: Config = None, data: Data = None, *, yes: Yes = False, as_json: OnCallJson = False) -> None:
    """Say that a Redis without a name belongs to this database.

    For a Redis that was restored from a time before it had a name, or that was emptied just before all
    processes ended.
    """
    with open_client(config, data, as_json=as_json) as client:
        confirm("Do the chats in this Redis belong to this database?", yes=yes)
        _ask(client, lambda naming: naming.join())
        client.show({"joined": True}, lambda: print("This Redis belongs to the database now."))


def _ask(client: OnCallClient, work: "Callable[[Naming], Awaitable[T]]") -> T:
    from mailroom.ops import naming

    try:
        return naming.ask(client.settings, work)
    except naming.BadNameError as error:
        raise WrongUsageError(str(error)) from None
    except naming.NotNowError as error:
        raise NotDoneError(str(error)) from None
