"""Databases with tables, copied from one template."""

from tests.actors.jobs.conftest import jobs_url

__all__ = ["jobs_url"]
