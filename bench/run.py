"""Measure the engine against what cannot be avoided, as ratios within one run.

    python bench/run.py --mb 50

Reads the corpus in bench/data, where there is one that was made from real records, and makes a
synthetic one. Prints a table and writes it to bench/data/result.json.
"""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import deflate
import pybase64
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from corpus import Corpus, resampled, synthetic
from measure import build_time, import_time, in_turns, peak_memory
from rules import made_rules
from trailbell import Engine, Rule
from trailbell.engine.bytescan import KERNELS
from trailbell.pattern import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
RULES = (10, 100, 1000)
_FEW = 10
"""Payloads for what is slow enough for a part of the corpus."""

_KEYS = ("what", "corpus", "figure", "target", "unit")
Row = tuple[str, str, float, float, str]
"""What was measured, on which corpus, this run's figure, its target, and their unit."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mb", type=float, default=50, help="size of the synthetic corpus")
    parser.add_argument("--rounds", type=int, default=15, help="turns, of which the least counts")
    parser.add_argument("--quick", action="store_true", help="5 MB, 3 turns")
    options = parser.parse_args()
    if options.quick:
        options.mb, options.rounds = 5, 3
    return options


def measured(corpus: Corpus, rounds: int, advance: Callable[[], object]) -> list[Row]:
    """Measure one corpus, all ways in turns."""
    sets = {count: made_rules(count, corpus.names) for count in RULES}
    engines = {count: Engine(rules) for count, rules in sets.items()}
    with_open = Engine([*sets[100], Rule("open", "-DeleteTrail")])
    ways: dict[str, Callable[[], object]] = {
        "payloads": _each(_inflated, corpus.payloads),
        "payloads open": _each(with_open.match_subscription, corpus.payloads[:_FEW]),
        "payloads few": _each(_inflated, corpus.payloads[:_FEW]),
        "files": _each(deflate.gzip_decompress, corpus.files),
        "files 100": _each(engines[100].match_trail_file, corpus.files),
    }
    for count, engine in engines.items():
        ways[f"payloads {count}"] = _each(engine.match_subscription, corpus.payloads)
    times = in_turns(rounds, ways, advance)
    # The slow way is slow enough for a part of the corpus and a single turn.
    part = corpus.payloads[: max(1, len(corpus.payloads) // 20)]
    slow = in_turns(1, {"closures": lambda: _closures(sets[100], part)})["closures"]
    share = sum(map(len, part)) / sum(map(len, corpus.payloads))
    base = times["payloads"]
    asked_of_all = times["payloads open"] / times["payloads few"]
    name = corpus.name
    return [
        ("100 rules, against base64 and gunzip", name, times["payloads 100"] / base, 1.45, "x"),
        ("1,000 rules, likewise", name, times["payloads 1000"] / base, 1.8, "x"),
        ("101 rules, 1 to ask of every event", name, asked_of_all, 0, "x"),
        ("10 rules, likewise", name, times["payloads 10"] / base, 0, "x"),
        ("1,000 against 10", name, times["payloads 1000"] / times["payloads 10"], 1.3, "x"),
        ("json and closures, 100 rules", name, slow / share / times["payloads 100"], 30, ">"),
        ("trail files, 100 rules, gunzip", name, times["files 100"] / times["files"], 1.9, "x"),
    ]  # fmt: skip


def process_rows(corpus: Corpus) -> list[Row]:
    """Measure what a fresh interpreter takes."""
    memory = peak_memory(str(HERE), corpus.names, corpus.payloads)
    build = build_time(str(HERE), corpus.names)
    return [
        ("peak memory, 1,000 rules, 1 MB payloads", corpus.name, memory, 60, "MB"),
        ("building the engine, 1,000 rules", "", build, 150, "ms"),
        ("importing the package", "", import_time(), 80, "ms"),
    ]


def _each(do: Callable[[Any], object], pieces: Sequence[object]) -> Callable[[], None]:
    """Do something with each piece, and keep nothing of it."""

    def run() -> None:
        for piece in pieces:
            do(piece)

    return run


def _inflated(data: str) -> bytearray:
    return deflate.gzip_decompress(pybase64.b64decode(data, validate=True))


def _closures(rules: list[Rule], payloads: list[str]) -> int:
    """Read everything with ``json``, each message once, and ask a closure per rule of each."""
    asked = [one.compiled.matches for rule in rules for one in rule.any_of]
    return sum(
        matches(message)
        for data in payloads
        for event in json.loads(_inflated(data))["logEvents"]
        for message in (Message(event["message"]),)
        for matches in asked
    )


def table_of(rows: list[Row]) -> Table:
    """Lay the rows out for people."""
    table = Table("what", "corpus", "this run", "target")
    for what, corpus, figure, target, unit in rows:
        shown = f"{figure:.2f}" if unit in "x>" else f"{figure:.0f} {unit}"
        met = figure >= target if unit == ">" else figure <= target
        limit = f"{'at least' if unit == '>' else 'at most'} {target:g}" if target else ""
        table.add_row(what, corpus, f"[{'green' if met or not target else 'red'}]{shown}", limit)
    return table


def main() -> None:
    """Measure everything, print it and write it down."""
    options = arguments()
    console = Console()
    rows: list[Row] = []
    with Progress(console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("making the synthetic corpus", total=None)
        progress.refresh()
        corpora = [synthetic(options.mb)]
        if (DATA / "manifest.json").exists():
            corpora.insert(0, resampled(DATA))
        progress.update(task, total=options.rounds * len(corpora) + 1)
        for corpus in corpora:
            progress.update(task, description=f"measuring the {corpus.name} corpus")
            rows += measured(
                corpus, options.rounds, lambda: progress.update(task, advance=1, refresh=True)
            )
        progress.update(task, description="starting fresh interpreters")
        rows += process_rows(corpora[0])
    console.print(table_of(rows))
    result: dict[str, Any] = {
        "machine": f"{platform.machine()} with {KERNELS[0]}, Python {platform.python_version()}",
        "rows": [
            dict(zip(("what", "corpus", "figure", "target", "unit"), r, strict=True)) for r in rows
        ],
    }
    DATA.mkdir(exist_ok=True)
    (DATA / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
