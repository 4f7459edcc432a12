"""The statements of the shop's jobs."""

from pathlib import Path

from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("jobs.sql"))
