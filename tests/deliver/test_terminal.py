"""The terminal: what it shows, and what it does where nobody reads."""

from __future__ import annotations

import io
import os
import time

from rich.console import Console
from rich.text import Text

from trailbell.deliver import Delivery, Terminal, Verdict


def shown(text: str, encoding: str = "utf-8") -> str:
    """Return what the terminal prints for a text."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding)
    delivery = Terminal(Console(file=file, width=40)).send(Text(text))
    assert Delivery(Verdict.DELIVERED, "shown") == delivery
    return raw.getvalue().decode(encoding)


def test_shows_without_trailing_blanks() -> None:
    """What is printed ends where its text ends, on every line."""
    assert "one\n\n  two\n" == shown("one   \n    \n  two ")


def test_colours_are_for_terminals() -> None:
    """Outside a terminal nothing but the text is printed."""
    file = io.StringIO()
    Terminal(Console(file=file)).send(Text("red", "red"))
    assert "red\n" == file.getvalue()
    coloured = io.StringIO()
    Terminal(Console(file=coloured, force_terminal=True, color_system="standard")).send(
        Text("red", "red")
    )
    assert "\x1b[31mred\x1b[0m\n" == coloured.getvalue()


def test_what_the_encoding_lacks_is_replaced() -> None:
    """A character that the output cannot show is no reason to fail."""
    assert "caf? ? x\n" == shown("café – x", "ascii")
    assert "café ? x\n" == shown("café – x", "latin-1")


def test_closed_pipe_stops_it() -> None:
    """A reader that went away is an outcome without a retry, and no exception."""
    reading, writing = os.pipe()
    os.close(reading)
    file = os.fdopen(writing, "w")
    delivery = Terminal(Console(file=file)).send(Text("nobody reads this"))
    assert Verdict.MISCONFIGURED is delivery.verdict
    assert "the output cannot be written: broken pipe" == delivery.reason
    # What could not be written is still in the buffer, and would fail once more.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, file.fileno())
    os.close(null)
    file.close()


def test_blanks_by_the_megabyte_take_no_time() -> None:
    """A line of blanks is trimmed in one pass, however long it is."""
    begun = time.process_time()
    file = io.StringIO()
    Terminal(Console(file=file, width=400_000)).send(Text(" " * 300_000 + "x"))
    assert " " * 300_000 + "x\n" == file.getvalue()
    assert time.process_time() - begun < 10
