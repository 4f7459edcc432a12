"""Real stores for a machine that has none: Postgres and Redis as child processes over one data directory.

They are the same programs as in production, with the same durability, reached over Unix sockets inside the
data directory: no port to collide on, no password to leak, and nobody else on the machine can connect.
"""
