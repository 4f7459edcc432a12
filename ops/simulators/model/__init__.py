"""A model endpoint on the loopback, as OpenAI and OpenRouter speak, with a script in the place of a model.

Started by `python -m mailroom.ops.simulators.model --port N`. It takes any model's name, says in every answer
that it is `scripted-demo`, and answers the same to the same. Reading order:

    chat, choices    what a request says; what it becomes, and what a script is: `actors/kit/scripted`
    plain            what is said where nobody has brought a script; a room's is in its `demo/model`
    must             a tool that has to be called
    faults, hostile  misbehaviour on demand; `strict` is what OpenAI itself refuses
    wire             answers as JSON, and as a stream
    controls         how tests steer it, and look
    server, serving  from an HTTP request to the above
"""
