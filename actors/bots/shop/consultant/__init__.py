"""The consultant: a language model that answers customers in words, and knows prices only by asking the view.

talk.py       one message: what it is about, rounds of questions to the model and of its tools, the answer
prompt.py     what the models are told          tools.py    what they may ask for
facts.py      what the view said in this turn   blocks.py   what an answer is made of
prose.py      what of it may be shown: by its letters (form.py), its names (names.py, mentions.py), and by
              what it means (judge/)
writing.py    facts become text                 answer.py   the message that a customer sees
draft.py      the same message while it is being written
context.py    what was said before              budget.py   what it may cost
"""
