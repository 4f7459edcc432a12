"""What on-call can see and do, once, for all three interfaces: the command line, `/ops` and `/console`.

`oncall.py` puts the parts together: `looking.py`, `acting.py`, `letters.py` and so on, over `context.py`.
`targets.py` finds out what a name means, `reports.py` is the shape of what is shown, `outcomes.py` says what
came of an action. Word between processes: `registry.py` who is there, `orders.py` the words, `rpc.py` the
asker, `listener.py` the one who is asked; `node.py` carries orders out, on the tree and the chats as
`handles.py` wants them.
"""
