"""Messages to HTTP endpoints, published and delivered as QStash does: what the protocol says of them.

Protocol facts are those of Upstash's OpenAPI document and of its clients for Python and TypeScript.
"""
