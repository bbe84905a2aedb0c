"""Draw the picture of the README: an alert of the demo, as Slack would show it.

    .venv/bin/python tools/make_picture.py [--dark] [FILE]

Needs a Chromium or Chrome on the path. Run it when the looks of messages have changed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from trailbell.cli.demo import Stage, tell_story
from trailbell.render.page import page

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "alert.png"
# The first critical one: the trail is stopped.
CHOSEN = ":rotating_light:"
WIDTH, HEIGHT = 880, 1140
SCALE = 1.4
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
    "--hide-scrollbars",
    f"--force-device-scale-factor={SCALE}",
    f"--window-size={WIDTH},{HEIGHT}",
)


def main(arguments: list[str]) -> None:
    """Draw the picture."""
    dark = "--dark" in arguments
    names = [argument for argument in arguments if not argument.startswith("--")]
    picture = Path(names[0]) if names else PICTURE
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"no browser found; install one of {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as folder:
        html = Path(folder) / "alert.html"
        html.write_text(page([chosen_message()], about=False), encoding="utf-8")
        command = [
            browser,
            *FLAGS,
            *(["--blink-settings=preferredColorScheme=0"] if dark else []),
            f"--user-data-dir={folder}/browser",
            f"--screenshot={picture.resolve()}",
            html.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603  our own flags
    print(f"{picture}: {picture.stat().st_size:,} bytes")


def chosen_message() -> Mapping[str, Any]:
    """Return the Slack message of the demo that makes the picture."""
    stage = Stage(Console(quiet=True))
    tell_story(stage, records=False)
    return next(
        message
        for message in stage.slack_messages
        if message["blocks"][0]["text"]["text"].startswith(CHOSEN)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
