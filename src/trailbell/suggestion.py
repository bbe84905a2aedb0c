"""An exception for what rings most, to be read, completed and pasted by a person."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trailbell.model import Rule, Severity
from trailbell.preview import UNPRINTABLE, one_line
from trailbell.toml_text import table_text
from trailbell.volume import FACETS, NONE, Sight, Volume

REASON = "say here why this is expected"
"""What a suggested exception has in the place of a reason: only a person can know it."""
DAYS = 90
"""Days after which a suggested exception ends, so that it is looked at again."""
LONGEST_NAME = 60

# In what of a match an exception is looked for, by the names of exceptions.
_SOUGHT = {"actor": "actor", "source_ip": "source address"}
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Hold an exception for a rule, as ``[[except]]`` of a configuration, and what it is worth.

    ``matches`` and ``alerts`` are those that it would suppress, of ``of_matches`` and
    ``of_alerts`` that the rule has.
    """

    rule: Rule
    facet: str
    value: str
    text: str
    matches: int
    of_matches: int
    alerts: int
    of_alerts: int

    @property
    def facet_words(self) -> str:
        """Return what people call the facet."""
        return _SOUGHT[self.facet]


def suggestion_for(volume: Volume, today: date) -> Suggestion | None:
    """Suggest an exception for the rule with the most matches that ring.

    What rang once is passed over, since that may be the night for which the rule was written, and
    so is a rule of which no actor and no address makes half; rules of severity critical come last.
    None where nothing is left.
    """
    ringing: dict[str, list[Sight]] = defaultdict(list)
    for sight in volume.sights:
        if sight.cause is None:
            ringing[sight.rule.name].append(sight)
    for sights in sorted(ringing.values(), key=_loudness):
        if len({sight.alert for sight in sights}) == 1:
            continue
        for name, facet in _SOUGHT.items():
            value, number = _most_frequent(sights, FACETS.index(facet))
            if number >= len(sights) * _LEAST_SHARE and _can_stand(value):
                return _suggested(sights, name, value, today)
    return None


def _loudness(sights: Sequence[Sight]) -> tuple[bool, int, str]:
    """Order rules by what should be made quieter first."""
    rule = sights[0].rule
    return rule.severity is Severity.CRITICAL, -len(sights), rule.name


def _most_frequent(sights: Sequence[Sight], place: int) -> tuple[str, int]:
    """Return the value that most matches have, and how many have it."""
    counts = Counter(sight.values[place] for sight in sights)
    return min(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _can_stand(value: str) -> bool:
    """Tell whether an exception may name a value that stands in a log.

    An asterisk would stand for any text, and whoever writes the log would widen the exception.
    """
    return value != NONE and "*" not in value and not UNPRINTABLE.search(value)


def _suggested(sights: Sequence[Sight], name: str, value: str, today: date) -> Suggestion:
    """Make the suggestion."""
    rule = sights[0].rule
    place = FACETS.index(_SOUGHT[name])
    held = [sight for sight in sights if sight.values[place] == value]
    left = {sight.alert for sight in sights if sight.values[place] != value}
    every = {sight.alert for sight in sights}
    text = table_text(
        "[[except]]",
        [
            ("rule", [rule.name]),
            ("name", _free_name(value, rule)),
            ("reason", REASON),
            ("values", {name: [value]}),
            ("until", today + timedelta(days=DAYS)),
        ],
    )
    return Suggestion(
        rule, name, value, text, len(held), len(sights), len(every - left), len(every)
    )


def _free_name(value: str, rule: Rule) -> str:
    """Name an exception after the end of its value, unless the rule has one of that name."""
    shown = (one_line(text, LONGEST_NAME) for text in (value.rpartition("/")[2], value))
    named = next(filter(None, shown), "blank")
    taken = {one.name for one in rule.exceptions}
    numbered = (f"{named} {number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([named], numbered) if name not in taken)
