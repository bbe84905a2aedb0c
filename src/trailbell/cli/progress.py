"""Progress of long work, on standard error and only where a person looks at it."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

PATIENCE = 1.0
"""Seconds of work after which a bar is worth its line."""


class Bar:
    """Draw a bar once work takes long; draw nothing where standard error is no terminal."""

    def __init__(self, console: Console, *, counted_in: ProgressColumn, label: str) -> None:
        self._progress = Progress(
            TextColumn(label),
            BarColumn(),
            counted_in,
            TimeRemainingColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,  # Alerts and the report are no part of the bar's console.
        )
        self._task = self._progress.add_task(label, total=None)
        self._begun = time.monotonic()
        self._shown = False
        self._drawable = console.is_terminal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hide()

    def hide(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._progress.stop()
            self._shown = False

    def advance(self, amount: float) -> None:
        """Note that so much more is done."""
        self._progress.advance(self._task, amount)
        self._show_when_due()

    def update(self, done: float, total: float | None) -> None:
        """Note how much is done, and of how much."""
        self._progress.update(self._task, completed=done, total=total)
        self._show_when_due()

    def _show_when_due(self) -> None:
        due = time.monotonic() - self._begun > PATIENCE
        if due and self._drawable and not self._shown:
            self._progress.start()
            self._shown = True


def reading_bar(console: Console, total: int | None) -> Bar:
    """Return a bar over bytes; ``total`` is None where it is not known, as for stdin."""
    bar = Bar(console, counted_in=DownloadColumn(), label="reading")
    bar.update(0, total)
    return bar


def delivering_bar(console: Console) -> Bar:
    """Return a bar over alerts."""
    return Bar(console, counted_in=MofNCompleteColumn(), label="delivering")
