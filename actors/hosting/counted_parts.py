"""What runs of a room, with every function of it counted: whoever asks for the parts of a bot has them so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.callbacks import Kind, counting
from mailroom.actors.hosting.measure import Measure
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.whose import Asked
from mailroom.actors.pages.answer import Live
from mailroom.actors.pages.ask import Ask
from mailroom.actors.paying.purpose import Purpose
from mailroom.actors.paying.restored import Restored


def counted_parts(parts: Parts[Any], bot: str) -> Parts[Any]:
    """The parts of a bot. What answers people is no function but a router: `bot.py` counts it."""
    page, section = parts.page, parts.section
    if page is not None:
        page = replace(page, asks=_asks(bot, page.asks), links=_asks(bot, page.links))
    if section is not None:
        section = replace(section, asks=_asks(bot, section.asks))

    def jobs(room: Room[Any]) -> Iterable[Handlers]:
        found = list(parts.jobs(room))
        for handlers in found:
            handlers.wrap(lambda one: counting(bot, "job", one.kind.name, one.run))
        return found

    def purposes(room: Room[Any]) -> Mapping[str, Purpose]:
        return {name: _purpose(bot, name, one) for name, one in parts.purposes(room).items()}

    def measure(room: Room[Any]) -> Measure:
        assert parts.measure is not None, "asked for where there is one"
        its = parts.measure(room)
        return replace(its, count=counting(bot, "measure", "", its.count))

    def restored(room: Room[Any]) -> Restored:
        assert parts.restored is not None, "asked for where there is one"
        its = parts.restored(room)
        return Restored(
            doubt=counting(bot, "restored", "doubt", its.doubt),
            withdraw=counting(bot, "restored", "withdraw", its.withdraw),
        )

    def whose(room: Room[Any]) -> Asked:
        assert parts.whose is not None, "asked for where there is one"
        return counting(bot, "whose", "", parts.whose(room))

    return replace(
        parts,
        jobs=jobs,
        purposes=purposes,
        page=page,
        section=section,
        hooks=[replace(one, read=counting(bot, "hook", one.path, one.read)) for one in parts.hooks],
        roles=counting(bot, "roles", "", parts.roles),
        prepare=counting(bot, "prepare", "", parts.prepare),
        forget=counting(bot, "forget", "", parts.forget),
        measure=measure if parts.measure is not None else None,
        restored=restored if parts.restored is not None else None,
        whose=whose if parts.whose is not None else None,
    )


def _asks(bot: str, asks: Sequence[Ask[Any, Any]]) -> list[Ask[Any, Any]]:
    return [replace(one, function=_ask(bot, one)) for one in asks]


def _ask(bot: str, ask: Ask[Any, Any]) -> Any:
    function = counting(bot, "ask", ask.name, ask.function)

    async def asked(*args: Any) -> Any:
        answer = await function(*args)
        if isinstance(answer, Live):
            return replace(answer, look=counting(bot, "live", ask.name, answer.look))
        return answer

    return asked


def _purpose(bot: str, name: str, purpose: Purpose) -> Purpose:
    kind: Kind = "purpose"
    troubled = purpose.troubled
    return replace(
        purpose,
        paid=counting(bot, kind, f"{name} paid", purpose.paid),
        mismatched=counting(bot, kind, f"{name} mismatched", purpose.mismatched),
        given_back=counting(bot, kind, f"{name} given_back", purpose.given_back),
        troubled=counting(bot, kind, f"{name} troubled", troubled) if troubled is not None else None,
    )
