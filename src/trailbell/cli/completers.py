"""What a shell may complete beside commands and options: packs, rules and mutes.

Nothing here fails: who presses a key while a rule file is half written wants no error.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from trailbell.clock import SystemClock
from trailbell.configuration import find_configuration
from trailbell.errors import TrailbellError
from trailbell.rules import Pack, load_rules, pack_names
from trailbell.store import Store


def complete_packs(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete packs, and let the shell complete files."""
    del context, parameter
    return [CompletionItem(begun, type="file"), *_beginning(begun, pack_names())]


def complete_rules(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the rules that are configured, and those of every pack that ships."""
    del parameter
    return _beginning(begun, _names([*_configured(context), *load_rules(pack_names(), Path())]))


def complete_configured(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the rules that are configured: those that ring."""
    del parameter
    return _beginning(begun, _names(_configured(context)))


def complete_muted(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the rules that are muted, and the ids of mutes."""
    del parameter
    try:
        with Store(context.params["store"], SystemClock(), readonly=True) as store:
            holding = store.mutes.holding()
    except (TrailbellError, OSError, KeyError):
        return []
    return _beginning(begun, [name for mute in holding for name in (mute.rule, mute.id) if name])


def _configured(context: click.Context) -> tuple[Pack, ...]:
    """Load the rules that run, none where the configuration is wrong."""
    try:
        configuration = find_configuration(context.params.get("config"), Path())
        return configuration.load_rules(context.params.get("rules") or (), skip_invalid=True)
    except (TrailbellError, OSError):
        return ()


def _names(packs: Iterable[Pack]) -> list[str]:
    """Return the names of rules in the order of their files, each once."""
    return list(dict.fromkeys(entry.rule.name for pack in packs for entry in pack.entries))


def _beginning(begun: str, names: Iterable[str]) -> list[CompletionItem]:
    """Offer the names that begin as the word does."""
    return [CompletionItem(name) for name in names if name.startswith(begun)]
