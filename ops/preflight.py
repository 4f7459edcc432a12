"""What has to be there before the service starts, tried out, so that its absence is one line."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import asyncpg

from mailroom.ops.demo import missing_store
from mailroom.ops.faults import CannotStartError, ConfigurationError
from mailroom.ops.schemas import histories_of
from mailroom.ops.settings import ENVIRONMENT, Settings
from mailroom.storage.postgres.migrate import MigrationError, migrate, pending

ANSWER_SECONDS_MAX = 5.0
"""A Redis that takes longer to answer PING is not one to serve from."""


def require(settings: Settings, command: str, *keys: str) -> None:
    """Refuse to go on without settings that only this command cannot do without."""
    names = {key: name for name, key in ENVIRONMENT.items()}
    missing = [key for key in keys if getattr(settings, key) is None]
    if missing:
        raise ConfigurationError(f"{names[key]}: {missing_store(command)}" for key in missing)


def migrated(settings: Settings) -> list[str]:
    """Bring the database up to date, for the platform and its bots; also the first contact with it."""
    database_url = _database_of(settings)
    try:
        return migrate(database_url, histories_of(settings))
    except MigrationError as error:
        raise CannotStartError(str(error)) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unreachable("DATABASE_URL", database_url, error) from None


def require_migrated(settings: Settings) -> None:
    """Refuse a database that lacks tables; whoever serves from several processes migrates in the release."""
    database_url = _database_of(settings)
    try:
        missing = pending(database_url, histories_of(settings))
    except MigrationError as error:
        raise CannotStartError(str(error)) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise unreachable("DATABASE_URL", database_url, error) from None
    if missing:
        raise CannotStartError(f"The database lacks {', '.join(missing)}: run `mailroom migrate` first.")


def _database_of(settings: Settings) -> str:
    assert settings.database_url is not None, "asked for before"
    return settings.database_url


def require_redis(redis_url: str) -> None:
    """Refuse a Redis that does not answer, a URL that says what cannot be honoured, and an ACL under which
    something would fail later.
    """
    from redis.asyncio import Redis
    from redis.backoff import NoBackoff
    from redis.exceptions import NoPermissionError, RedisError
    from redis.retry import Retry

    from mailroom.storage.redis.permissions import refused
    from mailroom.storage.redis.tls import TlsOptionError, context_of, read_url

    async def ping() -> None:
        retry: Retry = Retry(NoBackoff(), 0)
        async with Redis.from_url(redis_url, retry=retry, single_connection_client=True) as client:
            await asyncio.wait_for(client.ping(), ANSWER_SECONDS_MAX)

    async def look() -> str:
        options = read_url(redis_url)
        if redis_url.startswith("rediss:"):
            context_of(options)
        with suppress(NoPermissionError):  # named below, with all others
            await ping()
        return await refused(redis_url)

    try:
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            lacking = runner.run(look())
    except TlsOptionError as error:
        raise CannotStartError(f"REDIS_URL: {error}") from None
    except (OSError, RedisError, ValueError) as error:
        raise unreachable("REDIS_URL", redis_url, error) from None
    if lacking:
        user = urlsplit(redis_url).username or "default"
        raise CannotStartError(
            f"REDIS_URL: the ACL does not let the user {user} do all that Mailroom does:"
            f" ACL SETUSER {user} {lacking}"
        )


def unreachable(name: str, url: str, error: BaseException) -> CannotStartError:
    """The one line about a store that cannot be used; it shows where, and never the password."""
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    reason = " ".join(str(error).split()) or f"no answer ({type(error).__name__})"
    return CannotStartError(f"{name}: cannot use {where}: {reason}")
