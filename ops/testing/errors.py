"""What the kit tells a test that went another way than its author thought."""


class KitError(AssertionError):
    """Something about the bot, or about the test, is not as the test has it."""


class MessageDiedError(KitError):
    """The handler of a message has failed at every attempt: in production it is a dead letter, and whoever
    wrote it gets an apology. The handler's error is the cause of this one.
    """


class JobDiedError(KitError):
    """A job has failed for good: in production it is a dead letter, which on-call is told of."""


class NotSettledError(KitError):
    """Something goes on for longer than the kit waits."""


class NoButtonError(KitError):
    """There is no such button to tap."""


class NothingThereError(KitError):
    """What the test wants to do something with is not there: a message, an invoice, a payment."""


class OutageNeverStruckError(KitError):
    """Nothing in the block was touched by the outage, so that the test shows nothing."""
