"""Fuzz the pattern language: no text crashes the parser, no message crashes a pattern.

Needs atheris, which is not among the development dependencies: ``pip install atheris``. Run with
``make fuzz``, or for a number of seconds with ``python fuzz/fuzz_pattern.py --seconds 60``. What
fails is written to a file, whose name libFuzzer prints; ``--reproduce FILE`` runs it again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

TABLES = Path(__file__).parent.parent / "tests" / "pattern"
SPLIT = b"\0\n"
"""What stands between a pattern and a message in the data that is fuzzed."""


def check(language: ModuleType, data: bytes) -> None:
    """Compile the first part of the data, and match the second; raise where a promise is broken."""
    head, _, message = data.partition(SPLIT)
    text = head.decode(errors="replace")
    try:
        pattern = language.compile_pattern(text)
    except language.PatternSyntaxError as error:
        _require(0 <= error.start <= error.end <= len(text), "an error lies within the pattern")
        _require(all(map(str.isprintable, str(error).splitlines())), "an error can be printed")
        return
    _require(language.compile_pattern(str(pattern)) == pattern, "a pattern equals its text's")
    answer = pattern.matches(message)
    read = language.Message(message)
    _require(pattern.matches(read.text) is answer, "text and bytes give one answer")
    _require((pattern.extract(read) is not None) is answer, "what matches can be extracted")
    _require(pattern.explain(read).held is answer, "an explanation gives the answer")
    for finding in language.lint(pattern):
        if finding.suggestion is not None:
            language.compile_pattern(finding.suggestion)


def _require(kept: bool, promise: str) -> None:  # noqa: FBT001 - an answer, not an option
    """Raise where a promise is broken."""
    if not kept:
        raise AssertionError(promise)


def seeds() -> Iterator[bytes]:
    """Give the patterns of the tests' tables, with a message each."""
    for table in sorted(TABLES.rglob("*.toml")):
        for case in tomllib.loads(table.read_text()).get("case", ()):
            messages = [*case.get("yes", ()), *case.get("no", ()), case.get("message", "")]
            yield case["pattern"].encode() + SPLIT + messages[0].encode()


def main() -> None:
    """Fuzz for a while; the exit status is not 0 where a promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="how long (default 60)")
    parser.add_argument("--reproduce", type=Path, metavar="FILE", help="run one input again")
    options = parser.parse_args()
    if options.reproduce:
        import trailbell.pattern as language

        check(language, options.reproduce.read_bytes())
        return
    # It is imported here, so that an input can be run again, and the seeds tested, without it.
    import atheris

    with atheris.instrument_imports(include=["trailbell.pattern"]):
        import trailbell.pattern as language
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            Path(corpus, str(number)).write_bytes(seed)
        found = Path(tempfile.gettempdir(), "trailbell-fuzz-")
        arguments = [f"-max_total_time={options.seconds}", f"-artifact_prefix={found}"]
        atheris.Setup(
            [sys.argv[0], *arguments, "-max_len=4096", "-timeout=10", corpus],
            lambda data: check(language, data),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
