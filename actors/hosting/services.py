"""What a bundled bot may build on besides its own folder; its handlers ask for each thing by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from pydantic import BaseModel

from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class BotServices:
    """The services of a process, as bundled bots get them: their handlers, and their jobs."""

    database: asyncpg.Pool
    payments: Mapping[str, PaymentProvider]
    """By name, in the order of the configuration; empty where none is configured."""
    models: Models | None
    """None where there is neither a key nor a demo: nobody can be asked."""
    vault: Vault
    http: httpx.AsyncClient
    """For calls to addresses that owners have set, such as a supplier's."""
    public_url: str
    """Under which address customers' browsers reach this service; empty where they cannot."""
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed; without it they look half a second later."""
    options: Mapping[str, BaseModel]
    """The options of each bundled bot, by its name in the configuration."""
    demo: bool = False

    def for_handlers(self, bot: str) -> dict[str, Any]:
        """What the handlers of one bot are offered, by name."""
        return {
            "database": self.database,
            "payments": self.payments,
            "models": self.models,
            "vault": self.vault,
            "public_url": self.public_url,
            "wake": self.wake,
            "options": self.options[bot],
            "demo": self.demo,
        }
