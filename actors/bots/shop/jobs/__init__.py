"""What the shop guarantees after a payment. Each job may be run any number of times, and has its effect once.

`kinds.py` says what jobs there are, `handlers.py` who does them, `purpose.py` what payments mean.
"""
