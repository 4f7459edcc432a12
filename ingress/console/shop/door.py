"""What the console needs of the shops, and how their refusals are said to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeVar

from mailroom.actors.bots.shop.contact import printable
from mailroom.actors.bots.shop.language import Language
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_faults import ABSENT, IN_THE_WAY, OwnerError
from mailroom.actors.bots.shop.owner_log import By
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.uses.http import Http
from mailroom.ingress.console.shop.asked import Wish
from mailroom.ingress.ops.answers import by
from mailroom.ingress.ops.asked import BadRequestError
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShopDoor:
    """The shops of this service. Those that share their tables have products, stock and discounts in common;
    orders, customers and broadcasts are each bot's own.
    """

    databases: Mapping[str, SchemaPool]
    """Where the tables of each shop are found."""
    vault: Vault
    http: Http
    """What suppliers' addresses are called by."""
    options: Mapping[str, Options]
    """By the name of the bot in the configuration."""
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed."""

    @classmethod
    def of(cls, services: BotServices) -> "ShopDoor | None":
        """The shops among the bundled bots; None where there is none."""
        shops = {name: one for name, one in services.options.items() if isinstance(one, Options)}
        databases = {name: services.database_of(name) for name in shops}
        return cls(databases, services.vault, services.http, shops, services.wake) if shops else None

    def shop(self, bot: str) -> str:
        """The bot, if it is a shop. Raises `UnknownTargetError`."""
        if bot not in self.options:
            raise UnknownTargetError(
                f"No shop is called {bot[:100]!r}. There is: {', '.join(sorted(self.options))}."
            )
        return bot

    def database(self, bot: str) -> SchemaPool:
        """Where the tables of that shop are found. Raises `UnknownTargetError`."""
        return self.databases[self.shop(bot)]


def actor(bot: str, wish: Wish, action: str, target: str) -> By:
    """Who acts, and why. With a key of the caller's it is done once."""
    asked = by(wish)
    return By(
        bot,
        f"{printable(asked.who)} (console)",
        f"console:{bot}:{action}:{target}:{wish.key or token_hex(16)}",
        asked.why,
    )


async def in_words(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, and have what is refused said as on-call's desk says it."""
    try:
        with answering():
            return await work()
    except OwnerError as error:
        words, fault = problem(Language.EN, error.wrong), error.wrong.fault
    if fault in ABSENT:
        raise UnknownTargetError(words)
    if fault in IN_THE_WAY:
        raise OnCallError(words)
    raise BadRequestError(words)
