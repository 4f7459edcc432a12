"""What can be set, and what each value must look like; `ops/configuration.py` reads it, once."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from mailroom.actors.providers.account import AccountSettings
from mailroom.actors.providers.addresses import url
from mailroom.actors.providers.chat_requests import OPENROUTER_BASE_URL, OPENROUTER_KEY
from mailroom.ops.logs import Level
from mailroom.storage.postgres.division import CONNECTIONS_MAX, CONNECTIONS_MIN

TELEGRAM_API_BASE = "https://api.telegram.org"
ENVIRONMENT = {
    "HOST": "host",
    "PORT": "port",
    "MAILROOM_DATA": "data",
    "DATABASE_URL": "database_url",
    "DATABASE_DIRECT_URL": "database_direct_url",
    "REDIS_URL": "redis_url",
    "MAILROOM_OPS_TOKEN": "ops_token",
    "TELEGRAM_API_BASE": "telegram_api_base",
    "PUBLIC_URL": "public_url",
    "OPENAI_API_KEY": "openai_api_key",
    "OPENAI_BASE_URL": "openai_base_url",
    "MAILROOM_ENCRYPTION_KEY": "encryption_key",
    "MAILROOM_LOG": "log",
    "MAILROOM_LOG_LEVEL": "log_level",
    "MAILROOM_METRICS_PORT": "metrics_port",
    "MAILROOM_CLOCK_AHEAD_SECONDS": "clock_ahead_seconds",
    "MAILROOM_DATABASE_CONNECTIONS": "database_connections",
    "MAILROOM_TRUSTED_PROXIES": "trusted_proxies",
    "MAILROOM_PRIVATE_NETWORKS": "private_networks",
}
"""Which variable sets which key; an empty variable counts as not set."""
OURS_ALONE = {f"MAILROOM_{name}": name for name in ENVIRONMENT if not name.startswith("MAILROOM_")}
"""Each also under a name that nobody else uses; it comes before the one shared with other programs."""


def _matching(pattern: str, advice: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(advice)
        return value

    return AfterValidator(check)


def _listed(value: object) -> object:
    """A variable holds a list as words with commas."""
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one!r} is neither an address nor a network such as 10.0.0.0/8") from None
    return value


def default_data() -> Path:
    """Beside the code in a checkout, so that the folder one starts from does not matter; else right here."""
    checkout = Path(__file__).resolve().parents[1]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / ".mailroom"


class WebPushSettings(BaseModel):
    """The key that browsers know us by (VAPID), and how a push service reaches a person of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    private_key: str = Field(repr=False)
    contact: Annotated[
        str,
        _matching(r"(mailto:|https://)\S+", "must begin with mailto: or https://"),
    ]


class BotSettings(BaseModel):
    """One bot: how it reaches Telegram, and what answers its users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Literal["telegram"] = "telegram"
    token: Annotated[
        str, _matching(r"\d+:[\w-]+", "is not a bot token; @BotFather gives one like 123456:AbC-dEf")
    ] = Field(default="", repr=False, validate_default=False)
    secret: Annotated[
        str, _matching(r"[A-Za-z0-9_-]{1,256}", "may hold 1 to 256 of the characters A-Z a-z 0-9 _ -")
    ] = Field(default="", repr=False, validate_default=False)
    """What Telegram sends with every webhook; derived from the token where not set."""
    former_id: int | None = None
    """The bot whose chats, state and dead letters are kept under this name, where the token is another's now,
    and that one shall have them.
    """
    bot: str | None = None
    """A bundled bot, by the name of its folder in `actors/bots`; or else:"""
    room: (
        Annotated[str, _matching(r"[^\W\d]\w*(\.[^\W\d]\w*)*", "must be the name of a package, like my_bot")]
        | None
    ) = None
    """Somebody's own bot with the rights of a bundled one, as the name of its package; or else:"""
    router: (
        Annotated[
            str,
            _matching(r"[^\W\d][\w.]*:[^\W\d][\w.]*", "must be written module:attribute, like my_bot:router"),
        ]
        | None
    ) = None
    order: Literal["strict", "fast"] = "strict"
    flood: Literal["backpressure", "shed"] = "backpressure"
    dead_letters: Literal["skip", "park"] = "skip"
    """After a message that failed for good: go on with the next one, or wait for on-call."""
    albums: Literal["together", "apart"] = "together"
    """The parts of an album: one turn, in which they run side by side, or messages one after another."""
    parse_mode: Literal["HTML", "Markdown", "MarkdownV2"] | None = None
    disable_notification: bool | None = None
    protect_content: bool | None = None
    allow_sending_without_reply: bool | None = None
    link_preview_is_disabled: bool | None = None
    link_preview_prefer_small_media: bool | None = None
    link_preview_prefer_large_media: bool | None = None
    link_preview_show_above_text: bool | None = None
    show_caption_above_media: bool | None = None
    """From `parse_mode` on: aiogram's `DefaultBotProperties`, for a bot with a `router`."""
    data: str | None = None
    """The schema of a bundled bot's tables; that of the bot's name where it is not set."""
    options: dict[str, Any] = {}
    """What a bot with a room lets its owner set; checked by the room's own model."""

    @property
    def kind(self) -> str | None:
        """Whose room it has, be that a bundled bot's or somebody's own; None for a router."""
        return self.bot or self.room

    def default_properties(self) -> dict[str, Any]:
        """What is set of aiogram's default properties."""
        return self.model_dump(include=set(DEFAULT_PROPERTIES), exclude_none=True)


CENTURY_SECONDS = 100 * 365 * 86_400.0
"""Further no calendar of a bot needs to be tried, and every store keeps it."""
DEFAULT_PROPERTIES = (
    "parse_mode",
    "disable_notification",
    "protect_content",
    "allow_sending_without_reply",
    "link_preview_is_disabled",
    "link_preview_prefer_small_media",
    "link_preview_prefer_large_media",
    "link_preview_show_above_text",
    "show_caption_above_media",
)


class Settings(BaseModel):
    """Everything that an operator can set, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, _matching(r"\S+", "must be an address such as 127.0.0.1 or 0.0.0.0")] = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """0 means any free one."""
    data: Path = Field(default_factory=default_data)
    database_url: Annotated[str, url("postgresql", "postgres")] | None = Field(default=None, repr=False)
    database_direct_url: Annotated[str, url("postgresql", "postgres")] | None = Field(
        default=None, repr=False
    )
    """The same database past its pooler: for LISTEN alone, which gets through none in transaction mode."""
    database_connections: int | None = Field(default=None, ge=CONNECTIONS_MIN, le=CONNECTIONS_MAX)
    """To Postgres, that a process may have open, all of them counted. None: 16, or what its queues need."""
    redis_url: Annotated[str, url("redis", "rediss", "unix")] | None = Field(default=None, repr=False)
    ops_token: (
        Annotated[
            str,
            _matching(
                r"[!-~]{16,}", "must be 16 or more visible characters; it opens every chat to its holder"
            ),
        ]
        | None
    ) = Field(default=None, repr=False)
    telegram_api_base: Annotated[str, url("https", "http")] = TELEGRAM_API_BASE
    public_url: Annotated[str, url("https", "http")] | None = None
    openai_api_key: Annotated[str, _matching(r"[!-~]+", "must be one word of visible characters")] | None = (
        Field(default=None, repr=False)
    )
    openai_base_url: Annotated[str, url("https", "http")] | None = Field(default=None, validate_default=True)
    """OpenAI's own where it is not set."""
    payments: dict[str, AccountSettings] = {}
    """The payment accounts, read by `ops/accounts.py`, in the order in which customers are offered them."""
    web_push: WebPushSettings | None = None
    encryption_key: (
        Annotated[
            str,
            _matching(
                r"[\w-]{43}=(,[\w-]{43}=)*",
                "must be 32 bytes in URL-safe base64, or several of these with commas, the newest first",
            ),
        ]
        | None
    ) = Field(default=None, repr=False)
    """Encrypts goods in Postgres; kept in the data directory where it is not set."""
    log: Literal["auto", "json", "colour"] = "auto"
    log_level: Level = "info"
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_networks)] = ()
    """Proxies before us, as addresses and networks: what they say of whom they have seen is believed."""
    private_networks: Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_networks)] = ()
    """Addresses and networks of ours that an address may lead to which a bot's owner typed."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Where a `worker` process, which has no other listener, shows its metrics."""
    clock_ahead_seconds: float = Field(default=0.0, ge=-CENTURY_SECONDS, le=CENTURY_SECONDS)
    """In a demo: how much later it is for its bots than it is. All processes of it must have the same."""
    bots: dict[str, BotSettings] = {}
    config: Path | None = None
    """The file all this was read from; its folder is importable for routers and rooms."""
    chat_page: str | None = None
    """Where the people of a demo chat."""
    courier_url: str | None = None
    """Where the stand-in for mail and SMS answers, in a demo with a page that is entered by a code."""
    demo: bool = False
    """No bot has a token: nothing can reach the real Telegram, so a simulator stands in for it."""

    @field_validator("openai_base_url")
    @classmethod
    def _key_goes_to_its_owner(cls, value: str | None, info: ValidationInfo) -> str | None:
        key = info.data.get("openai_api_key")
        if value is None and key is not None and key.startswith(OPENROUTER_KEY):
            raise ValueError(
                f"must be {OPENROUTER_BASE_URL}, for the key is OpenRouter's: without it OpenAI is asked"
            )
        return value

    @property
    def address(self) -> str:
        """Where customers' browsers reach us; empty where they cannot."""
        return self.public_url or (f"http://127.0.0.1:{self.port}" if self.demo else "")

    @property
    def reachable(self) -> bool:
        """Whether updates are sent to us; where they are not, the bots are polled."""
        return self.public_url is not None or self.demo

    @property
    def simulated(self) -> bool:
        """Whether a simulator must stand in for Telegram: a demo that names no Bot API of its own."""
        return self.demo and self.telegram_api_base == TELEGRAM_API_BASE
