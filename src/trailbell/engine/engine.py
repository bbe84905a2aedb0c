"""Many rules on many events."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from trailbell.engine.batch import joined, rules_by_place
from trailbell.engine.counts import EngineCounts
from trailbell.engine.layout import UnexpectedError, head_of, located
from trailbell.engine.literals import Level
from trailbell.engine.places import InRecords
from trailbell.engine.plan import Plan
from trailbell.engine.trail import is_record, looks_compact, records_of, records_up_to
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
        holds nothing that a rule needs is not read to the end, so that a flaw in it goes unseen.
        """
        self.counts.batches += 1
        payload = inflated(unbase64(data), self._cap)
        head = None if self._plan.open else head_of(payload)
        if head is None:
            self.counts.fallbacks += not self._plan.open
            return self._match_payload(payload)
        seen = self._plan.scanner(Level.PAYLOAD).scan(payload)
        if not seen.hits:
            return []
        try:
            events = located(payload, head.start, seen)
        except UnexpectedError:
            self.counts.fallbacks += 1
            return self._match_payload(payload)
        self.counts.located += len(events)
        origin = payload_origin(head.owner, head.log_group, head.log_stream)
        found = []
        for event, rules in events:
            held = self._plan.holding(event.message, rules, self.counts)
            if held:
                found += self._matches(held, payload_event(event, origin))
        return found

    def match_trail_file(self, data: bytes, path: str = "-") -> list[Match]:
        """Return the matches in a CloudTrail file, gzipped or not; a digest file has none.

        ``path`` goes into the origin of the events and into their ids. Raises UnreadableError
        where the file cannot be read; a record that is none, or too deep, is left out and
        counted. What stands behind the last record that holds something that a rule needs is not
        read, so that a flaw in it goes unseen.
        """
        self.counts.batches += 1
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
        last = found.last()
        if not last:
            return []
        records = records_up_to(text, last)
        if records.ends is None:
            self.counts.fallbacks += 1
            return self._match_records(records, path)
        start = records.ends[0] - len(records.texts[0])
        hits = scanner.placed(found, InRecords(text, records.ends, start))
        return self._located_records(records, rules_by_place(hits, records.ends), path)

    def _match_batch(self, events: list[LogEvent]) -> list[Match]:
        self.counts.batches += 1
        found: list[Match] = []
        for place, rules in self._rules_by_place([event.message for event in events]):
            held = self._plan.holding(events[place].message, rules, self.counts)
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
            held = self._plan.holding(messages[place], rules, self.counts)
            if held:
                mended = place in opened.mended
                event = payload_event(payload.log_events[place], origin, mended=mended)
                found += self._matches(held, event)
        return found

    def _match_records(self, records: Records, path: str) -> list[Match]:
        """Match a trail file of which every record is looked at by itself."""
        messages = [bytes(text).decode("utf-8", "replace") for text in records.texts]
        return self._located_records(records, dict(self._rules_by_place(messages)), path)

    def _located_records(self, records: Records, found: dict[int, int], path: str) -> list[Match]:
        matches: list[Match] = []
        for place, rules in found.items():
            text = bytes(records.texts[place])
            if not is_record(text, self._depth, checked=records.checked):
                self.counts.unreadable += 1
                continue
            self.counts.located += 1
            held = self._plan.holding(text, rules, self.counts)
            if held:
                matches += self._matches(held, record_event(text, path, *records.spot(place)))
        return matches

    def _rules_by_place(self, messages: list[str]) -> Iterator[tuple[int, int]]:
        """Give, for each message on which a rule may hold, its place and those rules."""
        if not messages:
            return
        scanner = self._plan.scanner(Level.PLAIN)
        text, ends = joined(messages)
        hits = rules_by_place(scanner.scan(text).hits, ends)
        open_rules = self._plan.open
        for place in range(len(messages)) if open_rules else hits:
            yield place, hits.get(place, 0) | open_rules

    def _matches(self, held: list[int], event: LogEvent) -> list[Match]:
        names: dict[int, str] = {}
        for place, name in map(self._patterns.__getitem__, held):
            # Of the patterns of a rule, the first that holds counts.
            names.setdefault(place, name)
        return [Match(self._rules[place], event, pattern=name) for place, name in names.items()]


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
