"""Where pages are: `/app/BOT/`."""

from urllib.parse import quote, urlencode

APP = "/app"


def page_path(bot: str, rest: str = "") -> str:
    """Where a bot's page is, or what is below it, on this host."""
    return f"{APP}/{quote(bot)}/{quote(rest)}"


def page_url(public_url: str, bot: str, **query: object) -> str:
    """The same for a browser that comes from elsewhere: what buttons lead to, and whoever sends people back.
    The page reads the `query`.
    """
    asked = f"?{urlencode(query)}" if query else ""
    return f"{public_url.rstrip('/')}{page_path(bot)}{asked}"
