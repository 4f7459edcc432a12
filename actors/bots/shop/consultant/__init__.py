"""The consultant: a language model that answers customers in words, and knows prices only by asking the view.

talk.py       one message: what it is about, rounds of questions to the model and of its tools, the answer
prompt.py     what the models are told          tools.py    what they may ask for
facts.py      what the view said in this turn   guard.py    nothing else gets into an answer
answer.py     the message that a customer sees  draft.py    the same message while it is being written
context.py    what was said before              budget.py   what it may cost
"""
