"""Show messages in a terminal, or wherever standard output leads."""

from __future__ import annotations

import re

from rich.console import Console, RenderableType

from trailbell.deliver.outcome import Delivery, Verdict
from trailbell.preview import lowered

# Rich fills lines up to the width; in a file or a copied text that is noise.
_TRAILING = re.compile(r"(?<! ) +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


class Terminal:
    """Print messages to a console; a pipe that nobody reads any more stops it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def send(self, message: RenderableType) -> Delivery:
        """Print a message."""
        # A name or a quote in the alert must not fail on an output that is not UTF-8.
        encoding = getattr(self._console.file, "encoding", None) or "utf-8"
        try:
            with self._console.capture() as captured:
                self._console.print(message)
            text = _TRAILING.sub(r"\1", captured.get())
            self._console.file.write(text.encode(encoding, "replace").decode(encoding))
            self._console.file.flush()
        except OSError as error:
            reason = (
                f"the output cannot be written: {lowered(error.strerror or type(error).__name__)}"
            )
            return Delivery(Verdict.MISCONFIGURED, reason)
        return Delivery(Verdict.DELIVERED, "shown")
