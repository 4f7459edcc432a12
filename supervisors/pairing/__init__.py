"""Two stores that must fit together: Postgres and Redis remember of each other how far they had come.

`judgement.py` is the table of what can be found and what is done about it, `check.py` one beat, `guard.py`
its life in the tree and the hold; `kept.py` is what Postgres keeps of it, `words.py` what on-call reads.
"""
