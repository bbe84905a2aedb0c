"""``trailbell manifest``: the Slack app to create."""

from __future__ import annotations

import click

from trailbell.manifest import creation_link, read_manifest, to_json, to_yaml

FORMATS = {"yaml": to_yaml, "json": to_json, "url": creation_link}


@click.command(short_help="Print the Slack app to create.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="yaml",
    show_default=True,
    help="A text to paste, or the link that creates the app.",
)
@click.option("--original", is_flag=True, help="The app's first manifest, as it was.")
def manifest(form: str, *, original: bool) -> None:
    """Print the manifest of the Slack app 'AWS Log Alert'.

    Open the link (--format url) and choose a workspace, or paste the text at
    https://api.slack.com/apps under Create New App, From a manifest. Then install the app, choose
    the channel for its alerts, and put the webhook URL that Slack shows into SLACK_WEBHOOK_URL.

    \b
    Example:
      trailbell manifest --format url
    """
    click.echo(FORMATS[form](read_manifest(original=original)))
