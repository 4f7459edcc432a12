if __name__ != "mailroom.actors":
    raise ImportError("This is a part of Mailroom: import mailroom.actors, not actors.", name=__name__)
