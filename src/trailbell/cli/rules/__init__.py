"""``trailbell rules``: what rules there are, what they ask, and whether they do as they should."""

from __future__ import annotations

import click

from trailbell.cli import LazyGroup

__all__ = ["rules"]


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "trailbell.cli.rules.listing:list_rules",
        "show": "trailbell.cli.rules.show:show_rule",
        "test": "trailbell.cli.rules.testing:check_tests",
        "validate": "trailbell.cli.rules.validate:validate_rules",
        "import-sigma": "trailbell.cli.import_sigma:import_sigma",
    },
    short_help="List, show, test and check the rules.",
)
def rules() -> None:
    """List the rules that there are, show what one of them asks, test and check them.

    \b
    Example:
      trailbell rules list
    """
