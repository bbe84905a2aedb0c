"""Measure one thing against another in turns, and what a fresh interpreter takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ROUNDS_OF_IMPORTS = 5

_MEMORY = """
import json, sys
def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
bare = peak()
sys.path.insert(0, sys.argv[1])
from rules import made_rules
from trailbell import Engine
names = json.loads(sys.argv[2])
engine = Engine(made_rules(1000, names))
for line in sys.stdin:
    engine.match_subscription(line.strip())
print((peak() - bare) / 1024)
"""
_BUILD = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from rules import made_rules
from trailbell import Engine
from trailbell.engine.literals import Level
rules = [(r.name, r.pattern) for r in made_rules(1000, json.loads(sys.argv[2]))]
from trailbell.model import Rule, _compiled
made = [Rule(name, pattern) for name, pattern in rules]
started = time.perf_counter()
engine = Engine(made)
engine._plan.scanner(Level.PAYLOAD)
print((time.perf_counter() - started) * 1000)
"""


def in_turns(
    rounds: int, ways: Mapping[str, Callable[[], object]], advance: Callable[[], object] = int
) -> dict[str, float]:
    """Run each way once a round, and give the least time of each in seconds.

    The ways take turns, so that what else the machine does hits all of them alike. ``advance`` is
    called after each round.
    """
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            least[name] = min(least[name], time.perf_counter() - started)
        advance()
    return least


def peak_memory(bench: str, names: Mapping[str, int], payloads: list[str]) -> float:
    """Give the peak memory of 1,000 rules on payloads, in MB over the bare interpreter.

    Linux alone tells it.
    """
    return _fresh(_MEMORY, bench, json.dumps(names), payloads="\n".join(payloads))


def build_time(bench: str, names: Mapping[str, int]) -> float:
    """Give the milliseconds that building an engine of 1,000 compiled rules takes, scanner too."""
    return min(_fresh(_BUILD, bench, json.dumps(names)) for _ in range(3))


def import_time() -> float:
    """Give the milliseconds that importing the package takes over the bare interpreter."""

    def started_for(code: str) -> float:
        def run() -> None:
            subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  own code

        return in_turns(_ROUNDS_OF_IMPORTS, {"run": run})["run"] * 1000

    return started_for("import trailbell") - started_for("pass")


def _fresh(code: str, *arguments: str, payloads: str = "") -> float:
    done = subprocess.run(  # noqa: S603  own code
        [sys.executable, "-c", code, *arguments],
        input=payloads,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)
