"""What a bot shows in the console, as the console and `/ops/bots` need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mailroom.actors.hosting.room import Room
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.page import Section
from mailroom.ingress.asks.folder import Folder
from mailroom.ingress.asks.table import Table
from mailroom.ingress.ops.asker import Asker


@dataclass(frozen=True)
class BotSection:
    """The section of one bot, and who works there."""

    staff: Staff
    kind: str = ""
    """What kind of a bot it is, which stands in old addresses."""

    @property
    def room(self) -> Room[Any]:
        """Its bot."""
        return self.staff.room

    @property
    def section(self) -> Section[Any]:
        """What is shown."""
        return self.staff.section

    @cached_property
    def table(self) -> Table:
        """Its asks, found by address."""
        return Table(self.section.asks)

    @cached_property
    def files(self) -> Folder:
        """What it brings for the browser."""
        return Folder(self.section.files)

    def open_to(self, asker: Asker) -> Sequence[Ask[Any, Any]]:
        """What somebody may ask there."""
        return [ask for ask in self.section.asks if asker.may(ask.may)]
