"""Stripe's lists: the newest first, a page at a time, from a thing on or up to one, of a span of time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from . import errors
from .gateway import CallRefusedError

T = TypeVar("T")

LIMIT_DEFAULT, LIMIT_MAX = 10, 100
OF_EVERY_LIST = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is wanted."""

    limit: int
    after: str
    """The id of the last thing that the caller has seen; empty: from the newest on."""
    before: str
    """The id of the first one it has seen: what is newer is wanted, and of that what is next to it."""
    spans: tuple[tuple[str, int], ...]

    def wants(self, created: float) -> bool:
        """Whether a thing of this time is in the span of time that was asked for."""
        at = int(created)
        return all(COMPARED[how](at, bound) for how, bound in self.spans)

    @property
    def since(self) -> int:
        """What is older than this is not wanted."""
        return max((bound for how, bound in self.spans if how in ("gte", "gt", "")), default=0)


COMPARED: Mapping[str, Callable[[int, int], bool]] = {
    "": lambda at, bound: at == bound,
    "gte": lambda at, bound: at >= bound,
    "gt": lambda at, bound: at > bound,
    "lte": lambda at, bound: at <= bound,
    "lt": lambda at, bound: at < bound,
}


def asked(query: Mapping[str, str], filters: Sequence[str] = ()) -> Asked:
    """Read what a list is asked for; what it does not know is refused by name."""
    for name in query:
        if name.partition("[")[0] not in OF_EVERY_LIST and name not in filters:
            raise errors.stripe(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    after, before = query.get("starting_after", ""), query.get("ending_before", "")
    if after and before:
        raise errors.stripe("You may only specify one of these parameters: ending_before, starting_after.")
    spans = []
    for name, value in query.items():
        if name.partition("[")[0] == "created":
            how = name.removeprefix("created").strip("[]")
            if how not in COMPARED:
                raise errors.stripe(f"Received unknown parameter: {name}", param=name)
            spans.append((how, _number(value, name)))
    return Asked(_limit(query.get("limit", "")), after, before, tuple(spans))


def _limit(given: str) -> int:
    if not given:
        return LIMIT_DEFAULT
    limit = _number(given, "limit")
    if limit < 1:
        raise _out_of_range(f"greater than or equal to 1 (it currently is '{limit}')")
    if limit > LIMIT_MAX:
        raise _out_of_range(f"less than or equal to {LIMIT_MAX} (it currently is '{limit}')")
    return limit


def _number(given: str, param: str) -> int:
    if not given.removeprefix("-").isdecimal() or len(given) > 15:
        raise errors.stripe(f"Invalid integer: {given}", code="parameter_invalid_integer", param=param)
    return int(given)


def _out_of_range(how: str) -> CallRefusedError:
    return errors.stripe(f"This value must be {how}.", code="parameter_invalid_integer", param="limit")


def page(
    wanted: Asked,
    older_than: Callable[[str], Iterable[T]],
    newer_than: Callable[[str], Iterable[T]],
    created: Callable[[T], float],
) -> tuple[list[T], bool]:
    """Return the things of a page and whether there are more beyond it. `older_than` goes on from an id (or
    from the newest) to ever older ones, `newer_than` the other way.
    """
    walk = newer_than(wanted.before) if wanted.before else older_than(wanted.after)
    matching = (one for one in walk if wanted.wants(created(one)))
    found = list(islice(matching, wanted.limit + 1))
    kept, more = found[: wanted.limit], len(found) > wanted.limit
    return (kept[::-1] if wanted.before else kept), more


def within(
    things: Sequence[T], id_of: Callable[[T], str], missing: Callable[[str, str], CallRefusedError]
) -> tuple[Callable[[str], Iterator[T]], Callable[[str], Iterator[T]]]:
    """Return both walks through things that are all at hand, the newest first; an unknown id is refused."""

    def place(id_: str, param: str) -> int:
        for number, one in enumerate(things):
            if id_of(one) == id_:
                return number
        raise missing(id_, param)

    def older_than(id_: str) -> Iterator[T]:
        return iter(things[place(id_, "starting_after") + 1 :] if id_ else things)

    def newer_than(id_: str) -> Iterator[T]:
        return iter(things[: place(id_, "ending_before")][::-1])

    return older_than, newer_than


def listed(url: str, data: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    """Return the object that every list is."""
    return {"object": "list", "url": f"/v1/{url}", "has_more": more, "data": data}
