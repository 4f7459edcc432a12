"""Lists that come page by page: every page is asked for, and none for ever."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailroom.actors.providers.payments import ProviderUnavailableError

PAGES_MAX = 2_000
"""A hundred thousand payments and more: nobody is away for as long as that takes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    items: Sequence[Mapping[str, Any]]
    then: Mapping[str, str] | None
    """What to ask for the next part; None after the last one."""


async def pages(
    ask: Callable[[Mapping[str, str]], Awaitable[Page]], query: Mapping[str, str]
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All parts of a list, from this question on. Raises `ProviderUnavailableError` rather than call a list
    complete that is not: one that turns in a circle, or has no end.
    """
    asked: set[frozenset[tuple[str, str]]] = set()
    then: Mapping[str, str] | None = query
    while then is not None:
        question = frozenset(then.items())
        if question in asked or len(asked) >= PAGES_MAX:
            raise ProviderUnavailableError(f"the list does not end after {len(asked)} pages")
        asked.add(question)
        page = await ask(then)
        yield page.items
        then = page.then
