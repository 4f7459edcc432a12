"""What the consultant may cost in a day (UTC), and what it has cost.

A call is recorded right after it was made, whatever becomes of the answer: what was paid for stays counted
when the handler fails later. The limits are looked at before every message, so a day may cost as much more
than its limit as the messages being answered at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asyncpg import Pool

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.providers.openai import Usage
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("budget.sql"))

MICRO = 1_000_000
Purpose = Literal["intent", "answer", "summary"]


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of one customer of one bot."""

    database: Pool
    bot: str
    user_id: int
    options: Options

    async def is_used_up(self) -> bool:
        """Whether nothing may be asked any more today."""
        spent = await self.database.fetchrow(SQL["spent"], self.bot, self.user_id)
        assert spent is not None, "sums have a row"
        return bool(
            spent["customer"] >= self.options.user_day_cost_usd * MICRO
            or spent["everybody"] >= self.options.day_cost_usd * MICRO
        )

    async def record(self, purpose: Purpose, spent: Iterable[Usage]) -> None:
        """Count calls that were made."""
        rows = [
            (
                self.bot,
                self.user_id,
                usage.model,
                purpose,
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.cost_micro_usd,
            )
            for usage in spent
        ]
        if rows:
            await self.database.executemany(SQL["record"], rows)
