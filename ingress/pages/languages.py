"""The language in which somebody is served: one of those that the page has words for."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import LanguageAccept

from mailroom.actors.pages.page import Page
from mailroom.ingress.pages.words import WORDS

FALLBACK = "en"


def languages_of(page: Page[Any]) -> tuple[str, ...]:
    """Those that the page has words for; those of the platform, where it has no words of its own."""
    return tuple(page.words) or tuple(WORDS)


def language_of(
    languages: Sequence[str], chosen: str | None, theirs: str | None, accepted: LanguageAccept
) -> str:
    """What was chosen on the page; else what they speak in Telegram, or where they have logged in; else what
    their browser asks for.
    """
    if chosen in languages:
        return str(chosen)
    asked = [theirs] if theirs else [language for language, _ in accepted]
    spoken = (one.lower().replace("_", "-").partition("-")[0] for one in asked)
    fallback = FALLBACK if FALLBACK in languages else languages[0]
    return next((one for one in spoken if one in languages), fallback)
