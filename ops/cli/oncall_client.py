"""The command line's way to on-call's functions: it asks, acts, and turns whatever goes wrong
into words and an exit code.

0 it is done; 1 it could not be done, or not all of it; 2 the command or the configuration is wrong, and
nothing was tried. What goes wrong is told on standard error; with --json on standard output too.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from mailroom.ops.cli.consent import NotDoneError, WrongUsageError, operator, reason
from mailroom.ops.embedded.place import StoreError
from mailroom.ops.faults import CannotStartError, ConfigurationError
from mailroom.storage.texts import harmless, harmless_json

if TYPE_CHECKING:  # what works takes a third of a second to load, and `--help` does not need it
    from mailroom.ops.settings import Settings
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import By, Outcome

T = TypeVar("T")


class OnCallClient:
    """What a command was called with, and what it can do with that."""

    def __init__(self, config: Path | None, data: Path | None, *, as_json: bool) -> None:
        self._config = config
        self._data = data
        self.as_json = as_json

    @cached_property
    def settings(self) -> "Settings":
        """The settings of the installation that is looked at."""
        from mailroom.ops import configuration

        return configuration.load(
            self._config,
            command_line={"data": self._data.expanduser().absolute() if self._data else None},
        )

    def ask(self, work: "Callable[[OnCall], Awaitable[T]]") -> T:
        """Have something looked up, or done, by on-call's functions."""
        from mailroom.ops import oncall_session

        return oncall_session.ask(self.settings, work)

    def by(self, why: str | None) -> "By":
        """Who acts and why, found out before anything is done."""
        from mailroom.supervisors.oncall.reports import By

        return By(operator(), reason(why))

    def act(
        self, work: "Callable[[OnCall], Awaitable[Outcome]]", *, waiting: str = "", to_the_end: bool = False
    ) -> None:
        """Have something done, and tell what came of it. `waiting` is shown meanwhile if it takes long; with
        `to_the_end` what is still at work then counts as not done.
        """
        try:
            with self._patience(waiting):
                outcome = self.ask(work)
        except KeyboardInterrupt:
            raise NotDoneError(
                "Stopped waiting for it. What was begun is not undone:"
                " see `mailroom audit` and `mailroom tree`."
            ) from None
        self.tell(outcome)
        if outcome.failed or (to_the_end and outcome.unfinished):
            raise typer.Exit(1)

    def tell(self, outcome: "Outcome") -> None:
        """Print what came of it."""
        self.show(outcome, lambda: print(harmless(outcome.says)))

    def show(self, report: object, for_people: Callable[[], None]) -> None:
        """Print a report: as JSON where that was asked for, else for people."""
        if not self.as_json:
            for_people()
            return
        _print_json(report)

    def _patience(self, waiting: str) -> AbstractContextManager[object]:
        if not waiting or not sys.stderr.isatty():
            return nullcontext()
        from rich.console import Console
        from rich.text import Text

        return Console(stderr=True).status(Text(harmless(waiting)))


@contextmanager
def open_client(config: Path | None, data: Path | None, *, as_json: bool) -> Iterator[OnCallClient]:
    """Open on-call for a command; nothing that can go wrong there comes out as a traceback."""
    from mailroom.supervisors.oncall.errors import OnCallError

    try:
        yield OnCallClient(config, data, as_json=as_json)
    except WrongUsageError as error:
        _refuse(str(error), as_json=as_json)
        raise typer.Exit(2) from None
    except ConfigurationError as error:
        _refuse("\n".join(["The configuration has faults:", *error.faults]), as_json=as_json)
        raise typer.Exit(2) from None
    except (NotDoneError, OnCallError, CannotStartError, StoreError) as error:
        _refuse(str(error), as_json=as_json)
        raise typer.Exit(1) from None


def _refuse(message: str, *, as_json: bool) -> None:
    if as_json:
        _print_json({"error": message})
    print(harmless(message), file=sys.stderr)


def _print_json(report: object) -> None:
    from mailroom.ingress.ops.plain import plain

    print(harmless_json(json.dumps(plain(report), ensure_ascii=False)))
