"""`mailroom migrate`: the release step."""

import json

from mailroom.ops.cli.options import Config, Json


def migrate(config: Config = None, *, as_json: Json = False) -> None:
    """Bring the tables of DATABASE_URL up to date; safe to run at any time, and by several at once."""
    from mailroom.ops import configuration, logs
    from mailroom.ops.preflight import migrated, require

    settings = configuration.load(config)
    logs.configure(settings.log, level=settings.log_level)
    require(settings, "migrate", "database_url")
    applied = migrated(settings)
    if as_json:
        print(json.dumps({"applied": applied}))
    else:
        print(
            "\n".join(f"applied {name}" for name in applied) or "Nothing to do: the database is up to date."
        )
