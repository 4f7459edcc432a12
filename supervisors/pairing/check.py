"""One beat of the installation: look at both stores, judge, and do what the table says.

Any process may beat, and all do: the first within a beat's time sets the marks, the others only look. All of
it is safe to repeat and to break off anywhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from structlog import get_logger

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.pair import InPostgres, PostgresPair
from mailroom.storage.redis.pair import AnotherInstallationError, RedisPair
from mailroom.supervisors.pairing import words
from mailroom.supervisors.pairing.judgement import Found, Row, What, judge, last_known, seconds_lost
from mailroom.supervisors.pairing.kept import (
    Asked,
    Hold,
    Lost,
    read_asked,
    read_hold,
    read_lost,
    write,
    write_asked,
)

log = get_logger("mailroom.pairing")

BEAT_SECONDS = 2.0
ADVANCE_SECONDS = 1.5
"""Marks that were set so short a time ago are left as they are: with many processes a beat stays a beat."""
SILENCE_SECONDS = 300.0
"""After so long without a beat both stores may have been restored from one night, which nothing in them
tells: the gateways are asked.
"""
LOOKS_MAX = 5
"""How often it is looked again where the stores change under the look: processes that start together."""


class StoresDoNotFitError(Exception):
    """The stores belong to different installations; the message is for whoever starts the service."""


class Pairing:
    """The two stores of this process, as the last beat found them."""

    def __init__(self, postgres: PostgresPair, redis: RedisPair) -> None:
        self.held: Hold | None = None
        """Why nothing may act."""
        self.lost: Lost | None = None
        """What Redis has lost within the hour."""
        self.ask_from: datetime | None = None
        """From when on the gateways are to be asked what they have."""
        self.asked: Mapping[str, Asked] = {}
        """What came of it, by gateway."""
        self.nothing_lost: Callable[[Hold], Awaitable[bool]] | None = None
        """Whether every gateway was asked and no payment is lost: then a small gap is gone over."""
        self._postgres = postgres
        self._redis = redis
        self._known = False
        self._seen = (0, 0)

    async def check(self) -> Row:
        """Beat once. Raises `StoresDoNotFitError`, and `StoreError` where one of them does not answer: then
        nothing is known, and nothing has changed.
        """
        found = await self._look()
        row = judge(found)
        try:
            match row.deed:
                case "refuse":
                    raise StoresDoNotFitError(words.refusal(row.what, found))
                case "hold":
                    await self._hold(found)
                case "warn":
                    await self._warn(found, row.what)
                case "pair":
                    # Redis first: a Postgres with a mark beside a Redis without one has lost its Redis.
                    await self._redis.advance(found.postgres.id, 0, 0)
                    await self._beat(found.postgres)
                case "beat":
                    await self._beat(found.postgres)
        except AnotherInstallationError as error:  # changed since it was looked at
            raise StoresDoNotFitError(words.belongs_to(error.owner, found.postgres.id)) from None
        self._known = True
        if row.deed in ("beat", "warn"):
            self._seen = (found.postgres.mark, _ms(found.postgres.seen_at))
        return row

    async def _look(self) -> Found:
        for _ in range(LOOKS_MAX):
            before = await self._redis.read()
            postgres = await self._postgres.read()
            self._note(postgres)
            found = Found(postgres, before, known=self._known, seen=self._seen)
            if before is not None and judge(found).what != "behind":
                return found
            # How far Redis has come is read after what Postgres remembers of it.
            after = await self._redis.read()
            if before is not None and after is not None:
                return replace(found, redis=replace(before, own=after.own))
            if before is None and after is None:
                return replace(found, keys=await self._redis.has_our_keys())
        raise StoreUnavailable("Redis says and does not say by turns whose it is")

    def _note(self, postgres: InPostgres) -> None:
        self.held = read_hold(postgres.held)
        lost = read_lost(postgres.lost)
        self.lost = lost if lost is not None and lost.still_told(_ms(postgres.now)) else None
        self.ask_from, self.asked = postgres.ask_from, read_asked(postgres.asked)

    async def _beat(self, postgres: InPostgres) -> None:
        """Postgres' mark, then Redis', then Postgres' memory of Redis."""
        if postgres.mark and (postgres.now - postgres.seen_at).total_seconds() < ADVANCE_SECONDS:
            return
        advanced = await self._postgres.advance(postgres.mark, SILENCE_SECONDS)
        if advanced is None:
            return  # another process was quicker
        mark, seen_at = advanced
        own = await self._redis.advance(postgres.id, mark, _ms(seen_at))
        await self._postgres.remember(own)
        if (seen_at - postgres.seen_at).total_seconds() > SILENCE_SECONDS:
            self._note(await self._postgres.read())

    async def _warn(self, found: Found, what: What) -> None:
        now_ms = _ms(found.postgres.now)
        lost = Lost("emptied" if what == "emptied" else "behind", now_ms, seconds_lost(found))
        await self._postgres.note_lost(write(lost))
        self.lost = lost
        log.error("redis_lost", what=what, why=str(lost), installation=found.postgres.id)
        await self._redis.advance(found.postgres.id, 0, 0, floor=found.postgres.redis)

    async def _hold(self, found: Found) -> None:
        if self.held is None:
            since = _ms(found.postgres.now)
            back_to = _ms(found.postgres.seen_at) if found.postgres.mark else None
            reason = Hold("went_back", since, back_to, seconds_lost(found), last_known(found)[0])
            await self.hold(reason, found.postgres.mark)
        held = self.held
        if held is None or not held.small or self.nothing_lost is None or not await self.nothing_lost(held):
            return
        await self.go()
        log.warning("stores_go_on", why=str(held), note="no payment is among what was lost")

    async def hold(self, reason: Hold, mark: int) -> None:
        """Have nothing act until `go`. Does nothing where Postgres has another mark by now: then somebody has
        said go since it was read.
        """
        if await self._postgres.hold(write(reason), mark):
            log.critical("stores_held", why=str(reason), note=f"nothing acts until {words.SHOW_GO}")
        self._note(await self._postgres.read())

    async def hold_lost(self, since: datetime) -> None:
        """Have nothing act because a gateway names payments made since then that are unknown here."""
        for _ in range(LOOKS_MAX):
            found = await self._postgres.read()
            if found.held is not None:
                break
            reason = Hold("lost_payments", _ms(found.now), _ms(since), past=found.mark)
            await self.hold(reason, found.mark)  # not where a beat was quicker
        self._note(await self._postgres.read())

    async def go(self) -> bool:
        """End a hold. False where there was none."""
        redis = await self._redis.read()
        ended = await self._postgres.go(redis.postgres if redis is not None else 0)
        self.held = None
        return ended

    async def note_asked(self, asked: Mapping[str, Asked]) -> None:
        """Note what came of asking the gateways; what is `not_yet` is asked again."""
        if self.ask_from is None:
            return
        done = all(one.state != "not_yet" for one in asked.values())
        await self._postgres.note_asked(self.ask_from, write_asked(asked), done=done)
        self.asked = asked
        if done:
            self.ask_from = None


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
