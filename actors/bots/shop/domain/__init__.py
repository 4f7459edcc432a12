"""The shop's rules: what is bought at which price, and what an owner's words mean. They are functions of what
they are handed: no store, no clock, no chance, no framework (`mailroom.testing.check_room`).
"""
