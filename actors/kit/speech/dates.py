"""Days and moments as people read them, by UTC: the zone that days are counted in."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from babel.dates import format_date as by_cldr

from mailroom.actors.kit.speech.locales import locale_of

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def format_day(day: date, language: str) -> str:
    """Write a day as the language does: `31.12.2026`, `31 December 2026`, `31. Dezember 2026`."""
    if (locale := locale_of(language)) is not None:
        return by_cldr(day, "long", locale)
    if language == "ru":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_date(moment: datetime, language: str) -> str:
    """The day of a moment."""
    return format_day(moment.astimezone(UTC).date(), language)


def format_moment(moment: datetime, language: str, zone: tzinfo | None = UTC) -> str:
    """A moment, to the minute: `31.12.2026, 14:05`, `31 December 2026, 14:05`."""
    there = moment.astimezone(zone)
    return f"{format_day(there.date(), language)}, {there:%H:%M}"


def last_day(end: datetime) -> date:
    """The last day on which something counts that counts no more at `end`: it was said as that day, and is
    shown as that day, wherever it is read.
    """
    return (end.astimezone(UTC) - timedelta(microseconds=1)).date()
