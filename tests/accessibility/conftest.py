"""A browser, and axe to look through it."""

from tests.accessibility.axe import axe_fixture, sight  # noqa: F401 - fixtures
from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture
