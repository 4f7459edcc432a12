"""What comes in from outside: webhooks, polling, health, metrics."""

if __name__ != "mailroom.ingress":
    raise ImportError("This is a part of Mailroom: import mailroom.ingress, not ingress.", name=__name__)
