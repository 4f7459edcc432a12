"""Pykka on Trio, Trio on uvloop.

To read: `host.py` starts both loops in one thread (`pump.py` keeps Trio going, `signals.py` hears Ctrl-C);
`bridge.py` has the calls between them (`service.py` is where calls into Trio run). `actor.py` is the actor;
`system.py` is where actors live, `ref.py` how one speaks to them, `future.py` how one awaits their answers,
`inbox.py`, `life.py` and `waiting.py` are the parts they are made of. How it differs from Pykka is said in
`actor.py`, and held by Pykka's own tests (`tests/compat/foreign`).
"""
