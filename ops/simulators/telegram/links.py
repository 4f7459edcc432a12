"""What a link in a formatted text becomes: a link, a mention of somebody, an emoji, a moment, or nothing.

`LinkManager::get_checked_link` and `get_link_user_id` of tdlib: an address that can be none makes no entity.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

ADDRESS: Final = re.compile(
    r"(?:https?|tg|ton|tonsite|ftp)://\S+|[^\s/:@]+\.[^\s/:]+(?:[/?#:]\S*)?", re.IGNORECASE
)


def linked(url: str) -> dict[str, Any] | None:
    """Return type and fields of the entity for words under this address, or None if it leads nowhere."""
    url = url.strip()
    user = re.fullmatch(r"tg:(?://)?user\?id=(\d{1,15})", url, re.IGNORECASE)
    if user:
        return {"type": "text_mention", "user": {"id": int(user[1])}}
    if not ADDRESS.fullmatch(url):
        return None
    return {"type": "text_link", "url": url if "://" in url else f"http://{url}"}


def pictured(url: str) -> dict[str, Any] | None:
    """Return type and fields for `![…](…)`: a custom emoji or a moment; None for any other address."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "tg":
        return None
    if parts.netloc == "emoji" and given.get("id", "").isdecimal():
        return {"type": "custom_emoji", "custom_emoji_id": given["id"]}
    if parts.netloc == "time":
        return moment(given.get("unix", ""), given.get("format", ""))
    return None


def moment(unix: str, layout: str) -> dict[str, Any] | None:
    """Return type and fields of a moment that each reader sees in their own time zone."""
    if not unix.isdecimal():
        return None
    return {"type": "date_time", "unix_time": int(unix), **({"date_time_format": layout} if layout else {})}
