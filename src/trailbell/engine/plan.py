"""Sort rules by how they are found: by what they need of the bytes, or by a look at each event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailbell.engine.guards import GuardIndex, TokenIndex
from trailbell.engine.literals import Level, run_of, weigh
from trailbell.engine.numbers import NumberPlaces
from trailbell.engine.parts import Parts
from trailbell.engine.scanner import Scanner
from trailbell.pattern import Message, nodes
from trailbell.pattern.requires import Literal, Need, NumberAt, Requires, requires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trailbell.engine.counts import EngineCounts
    from trailbell.pattern import Pattern

_FEW = 2
"""So few rules are asked sooner than ruled out."""


class Plan:
    """Know what each of a list of rules needs, and answer for one message with few evaluations.

    A rule stands here with one pattern; one with several stands here several times. A set of rules
    is an integer: the bit ``1 << i`` stands for pattern ``i``. ``open`` are the rules of which
    every event must be asked, since they need nothing that could be looked for.
    """

    def __init__(self, rules: Sequence[Pattern]) -> None:
        self._holds = [rule.holds for rule in rules]
        needed = [requires(rule, weigh) for rule in rules]
        self.open = self._json = self._fields = 0
        self._runs: dict[str, int] = {}
        numbers: dict[NumberAt | None, int] = {}
        for place, found in enumerate(needed):
            self._add(1 << place, found, numbers)
            root = rules[place].root
            self._json |= isinstance(root, nodes.Json) << place
            self._fields |= isinstance(root, nodes.Fields) << place
        self._numbers = NumberPlaces(numbers)
        self._tokens = TokenIndex([found.tokens for found in needed])
        paths = {guard.path for found in needed for guard in found.guards}
        self._parts = Parts([rule.root for rule in rules], paths)
        self._guards = GuardIndex([found.guards for found in needed], self._parts)
        self._all = (1 << len(rules)) - 1
        self._scanners: dict[Level, Scanner] = {}

    def _add(self, rule: int, found: Requires, numbers: dict[NumberAt | None, int]) -> None:
        runs = [_run(need) for need in found.needs] if found.needs is not None else [None]
        if None in runs:
            self.open |= rule
            return
        for run in runs:
            if run:
                self._runs[run] = self._runs.get(run, 0) | rule
            else:
                # Where a rule needs several numbers, one of them is enough to find it.
                number = next(iter(found.tokens.numbers), None)
                numbers[number] = numbers.get(number, 0) | rule

    def scanner(self, level: Level) -> Scanner:
        """Give the scanner for what the rules need; it is made when it is asked for first."""
        found = self._scanners.get(level)
        if found is None:
            hidden = self._all & ~self.open
            found = self._scanners[level] = Scanner(self._runs, self._numbers, hidden, level)
        return found

    def holding(
        self, message: str | bytes, rules: int, counts: EngineCounts
    ) -> tuple[list[int], bool]:
        """Give the places of the rules that hold on a message, of a set of those that may.

        Every rule that is given was confirmed by the plain evaluation. Tells as well whether the
        message is known to be JSON now.
        """
        text = message if isinstance(message, str) else message.decode(errors="replace")
        whole = part = record = None
        cuttable = 0
        if asked := rules & self._json:
            counts.glanced += 1
            if asked.bit_count() <= _FEW and (cuttable := asked & self._parts.cuttable):
                part = self._parts.read_plain(text, cuttable)
            if part is None:
                record = self._parts.decoded(text)
                if record is not None:
                    rules = rules & ~asked | self._guards.survivors(record, asked)
                    cuttable = rules & self._parts.cuttable
                    part = self._parts.read(text, record, cuttable) if cuttable else None
        if (asked := rules & self._fields).bit_count() > _FEW:
            whole = Message(text)
            rules = rules & ~asked | self._tokens.survivors(whole, asked)
        held = []
        while rules:
            lowest = rules & -rules
            place = lowest.bit_length() - 1
            rules ^= lowest
            counts.evaluated += 1
            if part is not None and lowest & cuttable:
                read = part
            else:
                read = whole = whole or Message(text)
            if self._holds[place](read):
                held.append(place)
        counts.parsed += whole is not None and "document" in vars(whole)
        return held, part is not None or record is not None


def _run(need: Need) -> str | None:
    """Give the run of a need, empty for a number, None where it has none that could be found."""
    return run_of(need) if isinstance(need, Literal) else ""
