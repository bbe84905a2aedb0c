"""Rules, records and payloads for trying the engine against the plain evaluation."""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from trailbell import LogEvent, Match, Pattern, Rule
from trailbell.rules.load import load_rules, pack_names

SHARED = Path(__file__).parents[1] / ".." / "shared" / "data"
ODD = "\u2028 é \U0001f514 <&> 'x' \\ \" \t \u007f"


def story_records() -> list[str]:
    """Give the records of the project's demo, as they are written."""
    text = resources.files("trailbell").joinpath("story/takeover.json").read_text()
    return [compact(record) for record in json.loads(text)["Records"]]


def shared_messages() -> list[str]:
    """Give the records and the log lines that may lie beside the project."""
    paths = sorted(SHARED.glob("records/*.jsonl")) + sorted(SHARED.glob("logs/*.log"))
    return [line for path in paths for line in path.read_text().splitlines() if line.strip()]


def shipped_rules() -> list[Rule]:
    """Give every rule of every pack."""
    packs = load_rules(tuple(pack_names()), Path())
    return [rule for pack in packs for rule in pack.rules]


def seeded(seed: int) -> random.Random:
    """Make a source of choices that are the same in every run."""
    return random.Random(seed)  # noqa: S311  nothing here is secret


def compact(value: object) -> str:
    """Write JSON as CloudTrail does."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def payload(messages: Iterable[str], stream: str = "111122223333_CloudTrail_eu-west-1") -> str:
    """Write a payload as CloudWatch Logs does."""
    events = [
        {"id": f"{3_700_000 + number:056}", "timestamp": 1_700_000_000_000, "message": message}
        for number, message in enumerate(messages)
    ]
    return compact(
        {
            "messageType": "DATA_MESSAGE",
            "owner": "111122223333",
            "logGroup": "trail",
            "logStream": stream,
            "subscriptionFilters": ["all"],
            "logEvents": events,
        }
    )


def trail_file(records: Iterable[str]) -> bytes:
    """Write a trail file as CloudTrail does, but for its being gzipped."""
    return f'{{"Records":[{",".join(records)}]}}'.encode()


def packed(text: str | bytes) -> str:
    """Make the value of ``awslogs.data`` of a payload."""
    data = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(gzip.compress(data, 1, mtime=0)).decode()


def compiled(rules: Iterable[Rule]) -> list[Pattern]:
    """Return the patterns of rules as a plan takes them."""
    return [one.compiled for rule in rules for one in rule.any_of]


def plain_matches(rules: Iterable[Rule], events: Iterable[LogEvent]) -> list[Match]:
    """Ask every rule of every event, one at a time."""
    rules = tuple(rules)
    return [
        Match(rule, event, pattern=held.name)
        for event in events
        for rule in rules
        if (held := rule.holding(event.message))
    ]


# --- The same record in other words --------------------------------------------------------------


def reworded(message: str, rng: random.Random) -> str:
    """Write the JSON of a message with other spaces, another order, escapes and duplicate keys."""
    write: Callable[[Any], str] = rng.choice([_escaped, _spaced, _shuffled(rng), _doubled(rng)])
    return write(json.loads(message))


def _escaped(value: object) -> str:
    return "".join(
        f"\\u{ord(sign):04x}" if sign.isalpha() and number % 3 == 0 and in_text else sign
        for number, (sign, in_text) in enumerate(_signs(compact(value).replace("/", "\\/")))
    )


def _signs(text: str) -> Iterator[tuple[str, bool]]:
    """Say of each character whether it can be escaped: in a string, behind no backslash."""
    in_text = escaped = False
    hexes = 0
    for sign in text:
        yield sign, in_text and not escaped and sign != '"' and not hexes
        hexes = max(0, hexes - 1)
        if escaped and sign == "u":
            hexes = 4
        if sign == '"' and not escaped:
            in_text = not in_text
        escaped = sign == "\\" and not escaped


def _spaced(value: object) -> str:
    return json.dumps(value, indent="\t", separators=(" ,", " : "))


def _shuffled(rng: random.Random) -> Callable[[Any], str]:
    def shuffled(value: Any) -> Any:  # noqa: ANN401  any JSON
        if isinstance(value, dict):
            items = [(name, shuffled(inner)) for name, inner in value.items()]
            return dict(rng.sample(items, len(items)))
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    return lambda value: compact(shuffled(value))


def _doubled(rng: random.Random) -> Callable[[Any], str]:
    def doubled(value: dict[str, Any]) -> str:
        name = rng.choice(list(value))
        other = compact({name: rng.choice(["x", 1, None, {"y": "z"}, ["x"]])})[1:-1]
        own = compact(value)[1:-1]
        return f"{{{other},{own}}}" if rng.random() < 0.5 else f"{{{own},{other}}}"

    return doubled


# --- Rules out of records ------------------------------------------------------------------------


def made_rules(messages: list[str], count: int, seed: int) -> list[Rule]:
    """Make rules of all kinds, of which many hold on some of the messages and many on none."""
    rng = seeded(seed)
    makers = [_json] * 6 + [_terms, _space, _regex]
    patterns = (rng.choice(makers)(rng, rng.choice(messages)) for _ in range(count))
    return [Rule(f"rule-{number}", pattern) for number, pattern in enumerate(patterns)]


def _leaves(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        for name, inner in value.items():
            step = f".{name}" if name.replace("_", "a").isalnum() and name.isascii() else ""
            if step:
                yield from _leaves(inner, path + step)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def _json(rng: random.Random, message: str) -> str:
    if not message.startswith("{"):
        return _terms(rng, message)
    leaves = list(_leaves(json.loads(message))) or [("$.x", "y")]
    clauses = [_clause(rng, *rng.choice(leaves)) for _ in range(rng.choice([1, 1, 2, 2, 3, 4]))]
    text = clauses[0]
    for clause in clauses[1:]:
        text = f"({text}) {rng.choice(['&&', '&&', '||'])} {clause}"
    return f"{{ {text} }}"


def _clause(rng: random.Random, path: str, value: object) -> str:
    kind = rng.random()
    if kind < 0.06:
        return f"{path} NOT EXISTS"
    if kind < 0.12:
        return f"{path} IS {rng.choice(['NULL', 'TRUE', 'FALSE'])}"
    if kind < 0.2 and path.endswith("]"):
        path = path[: path.rindex("[")] + "[*]"
    sign = "!=" if rng.random() < 0.15 else "="
    if isinstance(value, bool) or value is None:
        return f"{path} IS {'NULL' if value is None else str(value).upper()}"
    if isinstance(value, int | float):
        return f"{path} {rng.choice(['=', '!=', '<', '<=', '>', '>='])} {abs(value)}"
    text = "".join(c for c in str(value) if c.isascii() and c.isprintable() and c not in '"\\*%')
    text = text[: rng.choice([3, 8, 20, 60])] or "x"
    if rng.random() < 0.1:
        text = text[::-1]
    start, end = rng.choice([("", ""), ("", ""), ("", "*"), ("*", ""), ("*", "*")])
    if rng.random() < 0.08 and len(word := "".join(c for c in text if c.isalnum())) > 5:
        return f"{path} {sign} %^{word[:6]}.*[a-z]?{word[5:9]}+%"
    return f'{path} {sign} "{start}{text}{end}"'


def _words(message: str) -> list[str]:
    found = ["".join(c for c in word if c.isalnum() or c in "_./") for word in message.split('"')]
    return [word[:24] for word in found if word] or ["word"]


def _terms(rng: random.Random, message: str) -> str:
    words = rng.sample(_words(message) * 3, 3)
    signs = rng.choice([["", "", "-"], ["", "", ""], ["?", "?", "?"], ["-"], [""], ["?", ""]])
    return " ".join(f'{sign}"{word}"' for sign, word in zip(signs, words, strict=False))


def _space(rng: random.Random, message: str) -> str:
    words = [word.strip('"[]') or "x" for word in message.split()] or ["x"]
    fields = []
    for number in range(rng.randint(1, min(8, len(words) + 2))):
        name, word = f"w{number}", rng.choice(words)[:16]
        word = "".join(c for c in word if c.isascii() and c.isprintable() and c not in '"\\%')
        condition = rng.choice(
            ["", "", "", f'="{word}"', f'="*{word[:5]}*"', f'!="{word}"', ">400", "=200", "<=1.5"]
        )
        fields.append(f"{name}{condition}")
    if rng.random() < 0.4:
        fields.insert(rng.randint(0, len(fields)), "...")
    return f"[{', '.join(fields)}]"


def _regex(rng: random.Random, message: str) -> str:
    word = "".join(c for c in rng.choice(_words(message)) if c.isalnum() and c.isascii()) or "x"
    return f"%{word[:7]}.?[A-Za-z0-9]*{rng.choice(['', word[7:11], '|' + word[::-1]])}%"
