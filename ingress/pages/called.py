"""A question at a page, with what is known of who asks it: what a request says, and needs no request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import LanguageAccept

from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.page import Page
from mailroom.ingress.asks.call import Call
from mailroom.ingress.pages.addresses import BOT
from mailroom.ingress.pages.languages import language_of, languages_of
from mailroom.ingress.pages.who import START, Who

LANGUAGE = "lang"
"""What was chosen on the page."""
OURS = frozenset({LANGUAGE, START, BOT})
"""What the platform reads in the address of an ask: no model sees it that has no such field."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody's question."""

    call: Call
    who: Who
    network: str
    """The address they come from: as one person those are counted of whom nothing is known."""
    accepted: LanguageAccept = field(default_factory=LanguageAccept)
    """The languages that their browser asks for."""

    @property
    def lang(self) -> str | None:
        """The language that was chosen on the page."""
        return next(iter(self.call.query.get(LANGUAGE, ())), None)

    def chosen_of(self, page: Page[Any]) -> bool:
        """Whether that is one which the page has."""
        return self.lang in languages_of(page)

    def language_of(self, page: Page[Any]) -> str:
        """The language in which they are answered."""
        return language_of(languages_of(page), self.lang, self.who.language, self.accepted)

    def query_for(self, ask: Ask[Any, Any]) -> Mapping[str, Sequence[str]]:
        """What stands in the address for a model to read."""
        ours = OURS - set(ask.model.model_fields)
        return {name: values for name, values in self.call.query.items() if name not in ours}
