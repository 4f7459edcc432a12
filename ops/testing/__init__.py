"""The test kit: a bot at work inside of a test, over a real Redis, with Telegram in memory
(`mailroom.testing`).
"""
