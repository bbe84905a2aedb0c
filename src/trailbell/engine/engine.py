"""Many rules on many events."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from trailbell.engine.borders import joined
from trailbell.engine.counts import EngineCounts
from trailbell.engine.layout import head_of, located
from trailbell.engine.literals import Level
from trailbell.engine.plan import Plan
from trailbell.engine.trail import borders_of, is_json, is_object, looks_compact, records_of
from trailbell.engine.unpack import inflated
from trailbell.errors import UnreadableError
from trailbell.events import payload_event, payload_origin, record_event
from trailbell.model import LogEvent, Match, Rule
from trailbell.payload import GZIP_MAGIC, read_payload, unbase64

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trailbell.engine.trail import Records

_CAP = 256 * 1024 * 1024
_DEPTH = 200
_BATCH = 1_000
_BATCH_CHARACTERS = 4 * 1024 * 1024


class Engine:
    """Find the rules that hold on events; what rules do not need is not even parsed.

    The matches are those of the plain evaluation, ``rule.holding(event.message)``, in the order of
    the events, and of the rules within an event. ``cap`` is the most bytes that a
    payload or a file may inflate to, ``depth`` how deep a record of a trail file may be nested.
    ``counts`` says how much work was done. An engine never changes otherwise, and threads can
    share it.
    """

    def __init__(self, rules: Iterable[Rule], *, cap: int = _CAP, depth: int = _DEPTH) -> None:
        self.counts = EngineCounts()
        self._rules = tuple(rules)
        found = [(place, one) for place, rule in enumerate(self._rules) for one in rule.any_of]
        self._patterns = [(place, one.name) for place, one in found]
        self._plan = Plan([one.compiled for _, one in found])
        self._cap = cap
        self._depth = depth

    def match(self, events: Iterable[LogEvent]) -> list[Match]:
        """Return the matches of events, of which no more than a batch is looked at at once."""
        return list(self.matches(events))

    def matches(self, events: Iterable[LogEvent]) -> Iterator[Match]:
        """Give the matches of events, batch by batch, so that no more than one is in memory."""
        return chain.from_iterable(map(self._match_batch, _batches(events)))

    def match_subscription(self, data: str | bytes) -> list[Match]:
        """Return the matches in the value of ``awslogs.data``: base64 of gzip of a payload.

        A control message has none. Raises UnreadableError where the payload cannot be read; what
        holds nothing that a rule needs is not decoded, so that a flaw in it goes unseen.
        """
        with self._counted():
            return self._match_subscription(data)

    def _match_subscription(self, data: str | bytes) -> list[Match]:
        payload = inflated(unbase64(data), self._cap)
        head = None if self._plan.open else head_of(payload)
        if head is None:
            self.counts.fallbacks += not self._plan.open
            return self._match_payload(payload)
        scanner = self._plan.scanner(Level.PAYLOAD)
        seen = scanner.find(payload)
        if seen.nothing:
            return []
        # There is one list of objects. In another might stand what looks like an event.
        hits = scanner.placed(payload, seen)
        events = located(payload, head.start, hits) if seen.lists == 1 else None
        if events is None:
            self.counts.fallbacks += 1
            return self._match_payload(payload)
        self.counts.located += len(events)
        origin = payload_origin(head.owner, head.log_group, head.log_stream)
        found = []
        for event, rules in events:
            held, _ = self._plan.holding(event.message, rules, self.counts)
            if held:
                found += self._matches(held, payload_event(event, origin))
        return found

    def match_trail_file(self, data: bytes, path: str = "-") -> list[Match]:
        """Return the matches in a CloudTrail file, gzipped or not; a digest file has none.

        ``path`` goes into the origin of the events and into their ids. Raises UnreadableError
        where the file cannot be read; a record that is none, or too deep, is left out and
        counted. Of a record that holds nothing that a rule needs, only the brackets are read: a
        flaw in it goes unseen.
        """
        with self._counted():
            return self._match_trail_file(data, path)

    def _match_trail_file(self, data: bytes, path: str) -> list[Match]:
        if data.startswith(GZIP_MAGIC):
            text = inflated(data, self._cap)
        elif len(data) > self._cap:
            raise UnreadableError(f"is longer than {self._cap:,} bytes")
        else:
            text = data
        if self._plan.open or not looks_compact(text):
            self.counts.fallbacks += not self._plan.open
            return self._match_records(records_of(text), path)
        scanner = self._plan.scanner(Level.PLAIN)
        found = scanner.find(text)
        if found.nothing:
            return []
        borders = borders_of(text)
        if borders is None:
            self.counts.fallbacks += 1
            return self._match_records(records_of(text), path)
        matches: list[Match] = []
        hits = scanner.placed(text, found, borders)
        for place, rules in borders.rules_by_place(hits).items():
            start, end = borders.span(place)
            record = bytes(text[start:end])
            matches += self._match_record(record, rules, path, (1, place + 1), checked=False)
        return matches

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count a batch, and one that cannot be read."""
        self.counts.batches += 1
        try:
            yield
        except UnreadableError:
            self.counts.unreadable += 1
            raise

    def _match_batch(self, events: list[LogEvent]) -> list[Match]:
        self.counts.batches += 1
        found: list[Match] = []
        for place, rules in self._rules_by_place([event.message for event in events]):
            held, _ = self._plan.holding(events[place].message, rules, self.counts)
            if held:
                found += self._matches(held, events[place])
        return found

    def _match_payload(self, data: bytes | bytearray) -> list[Match]:
        """Match a payload of which every event is decoded."""
        opened = read_payload(bytes(data))
        payload = opened.payload
        if payload.message_type == "CONTROL_MESSAGE":
            return []
        origin = payload_origin(payload.owner, payload.log_group, payload.log_stream)
        found: list[Match] = []
        messages = [event.message for event in payload.log_events]
        for place, rules in self._rules_by_place(messages):
            held, _ = self._plan.holding(messages[place], rules, self.counts)
            if held:
                mended = place in opened.mended
                event = payload_event(payload.log_events[place], origin, mended=mended)
                found += self._matches(held, event)
        return found

    def _match_records(self, records: Records, path: str) -> list[Match]:
        """Match a trail file of which every record is looked at by itself."""
        messages = [bytes(text).decode("utf-8", "replace") for text in records.texts]
        matches: list[Match] = []
        for place, rules in self._rules_by_place(messages):
            text, spot = bytes(records.texts[place]), records.spots[place]
            matches += self._match_record(text, rules, path, spot, checked=records.checked)
        return matches

    def _match_record(
        self, text: bytes, rules: int, path: str, spot: tuple[int, int], *, checked: bool
    ) -> list[Match]:
        if not is_object(text, self._depth):
            self.counts.unreadable += 1
            return []
        held, known_as_json = self._plan.holding(text, rules, self.counts)
        if not (checked or known_as_json or is_json(text)):
            self.counts.unreadable += 1
            return []
        self.counts.located += 1
        return self._matches(held, record_event(text, path, *spot)) if held else []

    def _rules_by_place(self, messages: list[str]) -> Iterator[tuple[int, int]]:
        """Give, for each message on which a rule may hold, its place and those rules."""
        if not messages:
            return
        scanner = self._plan.scanner(Level.PLAIN)
        text, borders = joined(messages)
        hits = borders.rules_by_place(scanner.placed(text, scanner.find(text), borders))
        open_rules = self._plan.open
        for place in range(len(messages)) if open_rules else hits:
            yield place, hits.get(place, 0) | open_rules

    def _matches(self, held: list[int], event: LogEvent) -> list[Match]:
        names: dict[int, str] = {}
        for place, name in map(self._patterns.__getitem__, held):
            # Of the patterns of a rule, the first that holds counts.
            names.setdefault(place, name)
        rules = self._rules
        return [Match(rules[place], event, (), name) for place, name in names.items()]


def _batches(events: Iterable[LogEvent]) -> Iterator[list[LogEvent]]:
    """Cut events into batches that are scanned at once."""
    batch: list[LogEvent] = []
    characters = 0
    for event in events:
        batch.append(event)
        characters += len(event.message)
        if len(batch) >= _BATCH or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    yield batch
