"""How many connections to Postgres this process has, and how many it may have at most."""

from prometheus_client import Gauge

from mailroom.storage.postgres.opening import held

CONNECTIONS = Gauge("mailroom_database_connections", "Connections to Postgres that this process has open")
CONNECTIONS_MOST = Gauge(
    "mailroom_database_connections_max", "Connections to Postgres that this process opens at most"
)

CONNECTIONS.set_function(held)
