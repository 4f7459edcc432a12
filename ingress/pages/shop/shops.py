"""The shops that a process shows as pages, and what they are built on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Till
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.uses.allowance import Allowance
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Shops:
    """What the page is built on: the shops of this process, and what they are built on themselves."""

    databases: Mapping[str, SchemaPool]
    """Where the tables of each shop are found."""
    payments: Mapping[str, Mapping[str, PaymentProvider]]
    """The payment accounts of each shop, by its name."""
    vault: Vault
    options: Mapping[str, Options]
    """Of each bot that is a shop, by its name."""
    tokens: Mapping[str, str] = field(repr=False)
    """Of the same bots: with them Telegram signs who a visitor is."""
    public_url: str
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed. Called on the asyncio side."""
    allowance: Allowance
    """How often a visitor may ask, and order."""
    demo: bool = False
    """Whether a visitor may just say who they are. Only where no bot has a real token."""
    chat_urls: Mapping[str, str] = field(default_factory=dict)
    """Where the chat with a bot is, as far as known."""

    consultant: bool = False
    """Whether a language model reads what customers ask in the chat."""
    held: Callable[[], bool] = lambda: False
    """Whether nothing may act, because a store went back: the shop is shown, and nothing is sold."""

    @classmethod
    def of(
        cls,
        services: BotServices,
        *,
        tokens: Mapping[str, str],
        chat_page: str | None = None,
        held: Callable[[], bool] = lambda: False,
    ) -> "Shops":
        """The shops among the bundled bots. `chat_page` is that of the demo, `tokens` are all bots'."""
        options = {name: given for name, given in services.options.items() if isinstance(given, Options)}
        return cls(
            databases={name: services.database_of(name) for name in options},
            payments={name: services.of(name).payments for name in options},
            vault=services.vault,
            options=options,
            tokens={name: tokens[name] for name in options},
            public_url=services.public_url,
            wake=services.wake,
            allowance=services.allowance,
            demo=services.demo,
            chat_urls=dict.fromkeys(options, chat_page) if chat_page else {},
            consultant=services.models is not None,
            held=held,
        )

    def till(self, bot: str) -> Till:
        """Where visitors of a shop order."""
        return Till(bot, self.databases[bot], self.options[bot], Ways(self.payments.get(bot, {})))

    def find(self, bot: str | None) -> str | None:
        """The shop of this name; without one the only shop there is."""
        if not bot:
            return next(iter(self.options)) if len(self.options) == 1 else None
        return bot if bot in self.options else None
