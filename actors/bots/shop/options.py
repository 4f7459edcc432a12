"""What an owner can set for a shop, under `[bots.NAME.options]`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """A shop's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owners: frozenset[int] = frozenset()
    """Telegram ids of people who may do everything: prices, refunds, broadcasts, stock."""
    staff: frozenset[int] = frozenset()
    """Telegram ids of people who fill the stock, and look at orders and figures."""
    reserve_minutes: float = Field(default=15.0, ge=1, le=1440)
    """How long an order holds its goods while it waits for its payment."""
    bonus_percent: tuple[int, ...] = (5, 2)
    """What a customer gets when a friend buys, in percent of what was paid; then for friends of friends."""
    seller: str = ""
    """Who sells, for the terms: a name, and where complaints go."""
    terms_ru: str = Field(default="", max_length=3_800)
    """The terms of sale, instead of the shop's own; what an owner writes in the chat comes before."""
    terms_en: str = Field(default="", max_length=3_800)
    privacy_ru: str = Field(default="", max_length=3_800)
    """What is said about people's data, likewise."""
    privacy_en: str = Field(default="", max_length=3_800)
    payments: tuple[str, ...] | None = None
    """The payment accounts to offer, in this order; all that are configured if not set. None of them (`[]`):
    the shop writes to its customers about payment, and holds their goods for days.
    """
    model_intent: str = "openai/gpt-4o-mini"
    """The cheap model, which finds out what a message is about."""
    model_answer: str = "openai/gpt-4o"
    """The stronger model, which answers."""
    model_fallbacks: tuple[str, ...] = ("anthropic/claude-3.5-haiku", "google/gemini-flash-1.5")
    """Tried in this order when a model does not answer."""
    model_timeout_seconds: float = Field(default=20.0, ge=1, le=120)
    """How long an answer may take, all attempts together; the chat waits for it."""
    user_day_cost_usd: float = Field(default=0.20, ge=0)
    """What the consultant may cost for one customer in a day (UTC)."""
    day_cost_usd: float = Field(default=20.0, ge=0)
    """And for all together."""

    def policy(self, name: Literal["terms", "privacy"], language: str) -> str:
        """What was set for one of the policies, as plain text; empty if nothing was in this language."""
        set_ = {
            ("terms", "ru"): self.terms_ru,
            ("terms", "en"): self.terms_en,
            ("privacy", "ru"): self.privacy_ru,
            ("privacy", "en"): self.privacy_en,
        }
        return set_.get((name, language), "")

    def is_owner(self, user_id: int) -> bool:
        """Whether somebody may do everything."""
        return user_id in self.owners

    def is_staff(self, user_id: int) -> bool:
        """Whether somebody works here; owners do."""
        return user_id in self.staff or user_id in self.owners
