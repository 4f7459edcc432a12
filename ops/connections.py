"""How many connections to Postgres this process may have, and whether that is enough for its queues."""

from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import Settings
from mailroom.storage.postgres.division import ALONE, Division, divided, least, wanted


def connections_of(settings: Settings, queues: int) -> int:
    """The number that was set, or the one that goes without saying. Raises `ConfigurationError` for one that
    is too small.
    """
    if settings.database_connections is None:
        return wanted(queues)
    enough = least(queues)
    if settings.database_connections < enough:
        fault = (
            f"database_connections: {queues} queues need at least {enough}, and it is"
            f" {settings.database_connections}; leave it out to have as many as are needed"
        )
        raise ConfigurationError([fault])
    return settings.database_connections


def division_of(settings: Settings, queues: int, *, working: bool) -> Division:
    """How they are divided; a process that works no jobs has no queues. Raises `ConfigurationError`."""
    return divided(connections_of(settings, queues if working else 0), queues, working=working)


def most_of(division: Division) -> int:
    """All of them."""
    return ALONE + division.general + division.claims + division.outcomes + division.work
