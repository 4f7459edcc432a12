"""Supervision as in Erlang/OTP, on Trio: child specs, strategies, restart limits, ordered start and stop.

`spec.py` is what one writes down, `supervisor.py` what works it, `strategies.py` whom a child takes along,
`child.py` one running child. The words are OTP's (Design Principles, "Supervisor Behaviour"), and so is what
happens, statement by statement (`tests/supervisors/otp`). Where a Trio task is no Erlang process we differ,
and say so:

- E1 A supervisor may wait between restarts (`backoff`); its child is shown as `restarting` with the moment.
- E2 It may park a child that crashes too often instead of giving up itself (`give_up="park"`).
- E4 `shutdown` cancels the child's scope; a child with `traps_exit` is asked by an event and has its shutdown
  time to finish, then it is cancelled, which is our `kill`. A task that shields itself against that cannot be
  killed: it is reported as `stuck` and not started again while it lives. A child that returns after it was
  asked to shut down has ended with `shutdown`, not `normal` (D4 is therefore no error here). The order to
  stop goes before restarts that wait in the inbox: a start may take for ever, a stop must not.
- E5 On-call may suspend a child: it is stopped, and neither started again alone nor with its group until
  resumed. Under rest_for_one the children after it wait with it, under one_for_all every other one does.
"""
