"""A room's section of the console, asked without HTTP: by on-call, or by whoever works there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.exceptions import MethodNotAllowed

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import ON_CALL
from mailroom.actors.pages.visit import Proof
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.reading import not_found
from mailroom.ingress.console.answers import answer, own_of
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.asker import Asker, NotAllowedError
from mailroom.ops.testing.asked.page import NOTHING
from mailroom.ops.testing.asked.question import SentFile, call
from mailroom.ops.testing.asked.refused import refused
from mailroom.ops.testing.asked.shown import shown

WHY = "a test"
"""Why somebody acts who does not say."""


@dataclass(frozen=True, slots=True)
class RoomSection:
    """One section. Awaited on Trio's side."""

    its: BotSection
    doing: Doing

    async def asks(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] = NOTHING,
        /,
        *,
        person: int | str | None = None,
        role: str | Collection[str] | None = None,
        file: SentFile | None = None,
        body: bytes | None = None,
        **named: Any,
    ) -> Any:
        """What is answered to a `person` (Telegram's number, or an address that they have proved), who is
        there what the room says; or to whoever has a `role`; without either to on-call. Whoever acts gives
        `why=`, or has a reason all the same. Raises `Problem`.
        """
        asker = await self._asker(person, role)
        given = {**fields, **named}
        found = self.its.table.find(method, path)
        if found is not None and "why" in own_of(found.ask).model_fields and body is None:
            given.setdefault("why", WHY)
        asked = call(method, path, given, file=file, body=body)
        try:
            done = await answer(self.doing, self.its, asked, asker, name=asker.who)
        except NotAllowedError as error:
            raise Problem("forbidden", "forbidden", says=str(error)) from None
        except MethodNotAllowed:
            raise not_found() from None
        return await shown(self.doing, done)

    async def refuses(self, method: str, path: str, *args: Any, **asked: Any) -> Problem:
        """Why somebody is not answered that. An answer all the same is an `AssertionError`."""
        return await refused(self.asks(method, path, *args, **asked))

    async def _asker(self, person: int | str | None, role: str | Collection[str] | None) -> Asker:
        if person is None and role is None:
            return Asker(True, "on-call")
        address = f"tg:{person}" if isinstance(person, int) else person or "tg:1"
        proofs = frozenset({Proof("telegram" if address.startswith("tg:") else "code", address)})
        somebody = Asker(False, "", address, proofs)
        if role is None:
            return replace(somebody, roles=await aio(self.its.staff.roles, proofs))
        roles = frozenset({role} if isinstance(role, str) else role)
        if unknown := roles - self.its.section.roles - ON_CALL:
            known = ", ".join(sorted(self.its.section.roles)) or "none"
            raise ValueError(f"the section knows no role {min(unknown)!r}; there is: {known}")
        return replace(somebody, roles=roles)
