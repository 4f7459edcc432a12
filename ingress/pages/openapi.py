"""`/app/BOT/api/_openapi`: what a page can be asked, as an OpenAPI document."""

from typing import Any

from mailroom.ingress.asks.openapi import OPENAPI, document
from mailroom.ingress.pages.answers import own_of
from mailroom.ingress.pages.bot_page import BotPage

PROBLEM = {
    "type": "object",
    "required": ["error", "what_to_do", "code"],
    "properties": {
        "error": {"type": "string", "description": "What is wrong, in the language of whoever asks."},
        "what_to_do": {"type": "string"},
        "code": {"type": "string"},
        "fields": {"type": "array", "items": {"type": "string"}},
    },
}

__all__ = ["OPENAPI", "openapi"]


def openapi(here: BotPage) -> dict[str, Any]:
    """Its document."""
    return document(f"The page of {here.bot}", f"/app/{here.bot}/api", here.page.asks, own_of, PROBLEM)
