"""Packs as a configuration wants them: rules switched off, exceptions added."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import structs

from trailbell.errors import ConfigurationError, PatternSyntaxError
from trailbell.model import RuleException
from trailbell.preview import preview
from trailbell.rules.pack import Entry, Pack
from trailbell.suppression import fits_text
from trailbell.toml_words import close_matches


class AddedException(msgspec.Struct, frozen=True):
    """Hold an exception that a configuration adds, and the names of the rules it is for.

    ``place`` says where it stands, for an error.
    """

    rules: tuple[str, ...]
    exception: RuleException
    place: str


class Tailoring(msgspec.Struct, frozen=True):
    """Say what a configuration changes of the rules that it loads.

    ``disabled`` are names of rules, in which ``*`` stands for any text. ``published`` asks for the
    published patterns.
    """

    disabled: tuple[str, ...] = ()
    exceptions: tuple[AddedException, ...] = ()
    published: bool = False

    def check(self, packs: Sequence[Pack], place: str) -> None:
        """Raise ConfigurationError where a name that a change is for is that of no rule.

        ``place`` is the file of the configuration. Where a rule could not be read as far as its
        name, each may be that of it, and nothing is raised.
        """
        if any(not one.rule for pack in packs for one in pack.invalid):
            return
        names = [entry.rule.name for pack in packs for entry in pack.entries]
        names += [one.rule for pack in packs for one in pack.invalid]
        _check_names(self.disabled, names, f'{place}: key "disabled"')
        for one in self.exceptions:
            _check_names(one.rules, names, f'{one.place}: key "rule"')

    def applied(self, packs: Sequence[Pack]) -> tuple[Pack, ...]:
        """Return packs with these changes.

        Raises ConfigurationError where a rule has an exception of the same name.
        """
        return tuple(
            msgspec.structs.replace(pack, entries=tuple(map(self._changed, pack.entries)))
            for pack in packs
        )

    def _changed(self, entry: Entry) -> Entry:
        """Return a rule with what is changed of it."""
        rule = entry.rule
        added = [one for one in self.exceptions if is_named(rule.name, one.rules)]
        taken = {one.name for one in rule.exceptions}
        for one in added:
            if one.exception.name in taken:
                raise ConfigurationError(
                    f'{one.place}: the rule "{rule.name}" has an exception of this name already;'
                    " rename it"
                )
            taken.add(one.exception.name)
        if added:
            exceptions = (*rule.exceptions, *(one.exception for one in added))
            rule = structs.replace(rule, exceptions=exceptions)
        if self.published and entry.published_pattern:
            # What is no legal pattern runs in CloudWatch neither: that rule keeps its own.
            with contextlib.suppress(PatternSyntaxError):
                rule = structs.replace(rule, pattern=entry.published_pattern, patterns=())
        enabled = entry.enabled and not is_named(rule.name, self.disabled)
        return msgspec.structs.replace(entry, rule=rule, enabled=enabled)


def _check_names(asked: Iterable[str], known: Sequence[str], key: str) -> None:
    """Raise ConfigurationError where a name fits no rule: it is spelled wrongly, or out of date."""
    for one in asked:
        if not any(fits_text(name, one) for name in known):
            near = close_matches(one, known)
            advice = f"did you mean {near}?" if near else "see: trailbell rules list"
            raise ConfigurationError(f"{key}: no rule is called {preview(one)}; {advice}")


def is_named(name: str, asked: Iterable[str]) -> bool:
    """Tell whether a rule's name is among those that are asked for; these may hold ``*``."""
    return any(fits_text(name, one) for one in asked)
