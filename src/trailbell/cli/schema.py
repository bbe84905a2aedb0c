"""The command that prints the schemas."""

from __future__ import annotations

from typing import cast

import click

from trailbell.schemas import DRAFTS, NAMES, Draft, SchemaName, schema_text


@click.command(short_help="Print the JSON Schemas of subscription events.")
@click.argument("name", type=click.Choice(NAMES))
@click.option(
    "--draft",
    type=click.Choice([str(draft) for draft in DRAFTS]),
    default="7",
    show_default=True,
    help="The draft of JSON Schema; API Gateway's request validators want 4.",
)
def schema(name: str, draft: str) -> None:
    """Print the JSON Schema of a subscription event (envelope), or of what is in it (payload).

    \b
    Example:
      trailbell schema payload > payload.schema.json
    """
    click.echo(schema_text(cast("SchemaName", name), cast("Draft", int(draft))), nl=False)
