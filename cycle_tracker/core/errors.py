"""What went wrong, in words that can be shown to a person."""


class RuleBroken(Exception):
    """A rule of the cycle says no. The message is for a person; `field` names the input it belongs beside."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class IllegalTransition(RuleBroken):
    """The milestone is not in a state from which this can be done."""


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved a change first, so this one was not made."""


class TemplateError(ValueError):
    """A cycle template says something that cannot be read as an entry or a date rule."""


class NotAllowed(Exception):
    """The person may see this, and may not do what they asked for. Anything they may not see is not found instead."""
