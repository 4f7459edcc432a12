"""Friends: the referral link and what has come of it; and the best customers of the month."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

from mailroom.actors.bots.shop.customers import Friends
from mailroom.actors.bots.shop.keyboards import ways_out
from mailroom.actors.bots.shop.leaderboard import Rank
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import copying, keyboard, link
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent

SHARE_URL = "https://t.me/share/url"
"""https://core.telegram.org/widgets/share"""
NAME_CHARS_MAX = 20
"""Of a first name that others see."""
MEDALS = ("🥇", "🥈", "🥉")


def friends(
    texts: Texts,
    referral_url: str,
    bonus_percents: Sequence[int],
    circle: Friends,
    balances: Mapping[str, int],
) -> Screen:
    """The link, how many have come by it, what that has earned, and what is on the balance."""
    own = texts.friends
    if bonus_percents:
        promise = own.bonus(percent=format_percent(bonus_percents[0], texts.language))
        if further := bonus_percents[1:]:
            promise += " " + own.bonus_further(
                percents=", ".join(format_percent(one, texts.language) for one in further)
            )
    else:
        promise = own.no_bonus
    levels = max(len(bonus_percents), 1)
    counts = [*circle.count_by_level, *([0] * levels)][:levels]
    rows = [
        own.level_row(name=texts.friends.level(level), count=count)
        for level, count in enumerate(counts, start=1)
    ]
    if bonus_percents or circle.earned_minor:
        rows.append(own.earned(amount=_amounts(texts, circle.earned_minor) or own.nothing))
    has = _amounts(texts, balances)
    rows.append(own.balance(amount=has) if has else own.balance_empty)
    text = "\n\n".join([own.title, promise, own.link(link=escape(referral_url)), "\n".join(rows)])
    share = f"{SHARE_URL}?{urlencode({'url': referral_url, 'text': own.share})}"
    buttons = [link(own.button_share, share)], [copying(own.button_copy, referral_url)], ways_out(texts)
    return Screen(text, keyboard(*buttons))


def leaderboard(
    texts: Texts,
    month: date,
    boards: Sequence[tuple[str, Sequence[Rank], Rank | None]],
    user_id: int,
) -> Screen:
    """Who has bought most this month: a board for each currency, with the rank of whoever looks."""
    own = texts.friends
    parts = [own.top(month=own.month(month.month))]
    for currency, ranks, mine in boards:
        rows = [_rank(texts, rank, currency, mine=rank.user_id == user_id) for rank in ranks]
        if mine is not None and all(rank.user_id != user_id for rank in ranks):
            rows.append(own.top_outside(place=mine.place, **_bought(texts, mine, currency)))
        parts.append("\n".join(rows))
    if not boards:
        parts.append(own.top_empty)
    return Screen("\n\n".join(parts), keyboard(ways_out(texts)))


def short_name(name: str) -> str:
    """A name that others may see: the first name, and the first letter of the last one."""
    first, *others = name.split() or [""]
    last = f" {others[-1][0]}." if others else ""
    return first[:NAME_CHARS_MAX] + last


def _rank(texts: Texts, rank: Rank, currency: str, *, mine: bool) -> str:
    place = MEDALS[rank.place - 1] if rank.place <= len(MEDALS) else f"{rank.place}."
    name = escape(short_name(rank.name)) or texts.friends.nobody
    row = texts.friends.top_row(place=place, name=name, **_bought(texts, rank, currency))
    return texts.friends.top_mine(row=row) if mine else row


def _bought(texts: Texts, rank: Rank, currency: str) -> dict[str, str]:
    return {
        "spent": format_money(rank.spent_minor, currency, texts.language),
        "orders": texts.friends.orders(count=rank.orders),
    }


def _amounts(texts: Texts, by_currency: Mapping[str, int]) -> str:
    amounts = [
        format_money(minor, currency, texts.language) for currency, minor in by_currency.items() if minor
    ]
    return ", ".join(amounts)
