"""The exit statuses of every command, in one place.

Scripts rely on them: see ``docs/commands.md``.
"""

import enum


class Exit(enum.IntEnum):
    """Tell a script how a command ended."""

    OK = 0
    NOTHING_FOUND = 1
    """``match`` found nothing, ``lint`` or ``validate`` did, or a rule failed test or import."""
    WRONG_USAGE = 2
    """An option, a configuration, a pattern or a rule file is wrong; nothing was done."""
    UNREADABLE = 3
    """Something of the input could not be read; the rest was done."""
    OWED = 4
    """Something is still owed to a destination. Goes before 3."""
    INTERNAL = 70
    """A mistake of Trailbell itself."""
    NOT_WRITTEN = 74
    """The output could not be written."""
    INTERRUPTED = 130
    """Stopped from the keyboard; what was matched and not delivered is owed."""
