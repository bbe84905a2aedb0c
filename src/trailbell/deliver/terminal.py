"""Show messages in a terminal, or wherever standard output leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailbell.deliver.outcome import Delivery, Verdict

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class Terminal:
    """Print messages to a console; a pipe that nobody reads any more stops it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def send(self, message: RenderableType) -> Delivery:
        """Print a message."""
        try:
            self._console.print(message)
            self._console.file.flush()
        except OSError as error:
            reason = f"the output cannot be written: {error.strerror or type(error).__name__}"
            return Delivery(Verdict.MISCONFIGURED, reason)
        return Delivery(Verdict.DELIVERED, "shown")
