"""A model endpoint on the loopback, as OpenAI and OpenRouter speak, with a script in the place of a model.

Started by `python -m mailroom.ops.simulators.model --port N`. It takes any model's name, says in every answer
that it is `scripted-demo`, and answers the same to the same. Reading order:

    chat             what a request says, and what an answer is
    words, shelf     which words mean the same, and which products of a prompt they are about
    patterns         how people buy, agree, haggle, ask for prices
    texts            the sentences of the script, in Russian and in English
    script           the shop consultant: which tools to call, and what to say of their results
    chores           the small requests: what a message is about, what a talk was about
    faults, hostile  misbehaviour on demand
    wire             answers as JSON, and as a stream
    levers           how tests steer it, and look
    server, serving  from an HTTP request to the above
"""
