"""A standard output that nobody reads any more."""

from __future__ import annotations

import os
import sys


def release_stdout() -> None:
    """Write out what is left for the standard output, and let go of it where that fails.

    Python would fail over a closed pipe once more when it ends:
    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
