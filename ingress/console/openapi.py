"""`/ops/bots/BOT/_openapi`: what a section can be asked by whoever asks for it, as an OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from mailroom.actors.pages.ask import Ask
from mailroom.ingress.asks.openapi import document
from mailroom.ingress.console.answers import own_of
from mailroom.ingress.console.section import BotSection

PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What is wrong, and what to do."}},
}


def openapi(bot: str, its: BotSection, asks: Sequence[Ask[Any, Any]]) -> dict[str, Any]:
    """Its document, with the asks that are open to somebody."""
    return document(f"{its.section.title}: {bot}", f"/ops/bots/{bot}", asks, own_of, PROBLEM)
