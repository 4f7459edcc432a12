"""Somebody is forgotten: all that the platform knows of a person of a bot."""

from mailroom.storage.postgres import (
    codes,
    console_people,
    deeds,
    files,
    grants,
    proofs,
    sessions,
    subscriptions,
)
from mailroom.storage.postgres.outbox.connection import Connection


async def forget_person(connection: Connection, bot: str, person: str) -> None:
    """Forget what they have proved, the browsers they are known in, the links that were made for them, the
    codes that are under way to them, where notices are shown to them, their files, where they are logged in
    at the console, and that it was they who did what is noted. Whoever proves one of their addresses
    afterwards is somebody new.
    """
    addresses = await proofs.forget(connection, bot, person)
    await codes.forget(connection, bot, addresses)
    for address in {person, *addresses}:
        await console_people.end_sessions_of(connection, address)
    await sessions.end_all(connection, bot, person)
    await subscriptions.forget(connection, bot, person)
    await grants.forget(connection, bot, person)
    await files.forget(connection, bot, person)
    await deeds.forget(connection, bot, person)
