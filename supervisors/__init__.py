if __name__ != "mailroom.supervisors":
    raise ImportError(
        "This is a part of Mailroom: import mailroom.supervisors, not supervisors.", name=__name__
    )
