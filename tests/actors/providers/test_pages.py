"""Lists of providers end, or are not called complete; and what is odd in them hides nothing."""

import asyncio

import pytest

from mailroom.actors.providers import pages as module
from mailroom.actors.providers.pages import Page, pages
from mailroom.actors.providers.payments import ProviderUnavailableError


def listed(ask):
    async def every():
        return [page async for page in pages(ask, {"limit": "2"})]

    return asyncio.run(every())


@pytest.mark.parametrize("circle", [1, 2, 5])
def test_a_list_that_turns_in_a_circle_is_no_list(circle):
    asked = []

    async def ask(query):
        asked.append(query)
        assert len(asked) < 20
        return Page([], {"limit": "2", "cursor": str(len(asked) % circle)})

    with pytest.raises(ProviderUnavailableError, match="does not end"):
        listed(ask)


def test_a_list_without_an_end_is_left(monkeypatch):
    monkeypatch.setattr(module, "PAGES_MAX", 10)
    asked = []

    async def ask(query):
        asked.append(query)
        return Page([], {"limit": "2", "cursor": str(len(asked))})

    with pytest.raises(ProviderUnavailableError, match="after 10 pages"):
        listed(ask)
    assert len(asked) == 10
