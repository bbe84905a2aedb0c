"""The design in the imports: which way they run, and which room alone may touch the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "trailbell"

DOORS = {"cli", "worker", "aws", "web", "backtest"}
STAGES = {"sources", "decode", "engine", "group", "render", "deliver", "store"}
LAYERS = [
    {"errors"},
    {"pattern"},
    {
        "clock",
        "counts",
        "durations",
        "events",
        "evidence",
        "json_scan",
        "manifest",
        "masking",
        "model",
        "mutes",
        "payload",
        "preview",
        "record",
        "schemas",
        "stories",
        "starter",
        "suppression",
        "toml_files",
        "toml_text",
        "toml_words",
    },
    {"rules", "sigma"},
    {"configuration", "notices"},
    STAGES,
    {"dispatch", "volume"},
    {"suggestion"},
    {"pipeline"},
    DOORS,
]
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
FRONT = ""
"""The package itself, ``trailbell/__init__.py``: its public names."""

NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core"}

# What only some rooms may import, by the first words of the module's name.
ONLY_IN = {
    "http.client": {"deliver", "aws"},
    "urllib.request": {"deliver", "aws"},
    "socket": {"deliver", "aws"},
    "ssl": {"deliver", "aws"},
    "boto3": {"aws"},
    "botocore": {"aws"},
    "slack_sdk": {"deliver"},
    "sigma": {"sigma", "cli"},
    "yaml": {"sigma"},
    "sqlite3": {"store"},
    "click": {"cli"},
    "rich": {"cli", "render", "deliver"},
    "subprocess": set[str](),
    "pickle": set[str](),
}
# What only some rooms may name. The current time is a default at a door.
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
PRINTING = {"print", "click.echo", "click.secho", "sys.stdout", "sys.stderr"}
PRESENT = {
    "time.time",
    "time.time_ns",
    "time.sleep",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.date.today",
}


@dataclass(frozen=True)
class Module:
    """Hold a module of the package, parsed."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the part of the package that the module is of."""
        return room_of(self.name)

    def imports(self) -> Iterator[tuple[str, int]]:
        """Give every module that is imported, wherever in the text, and the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno}: imports are absolute"
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield (whole if whole in modules() else str(node.module)), node.lineno

    def names(self) -> Iterator[tuple[str, int]]:
        """Give every dotted name that is used, and the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                yield ast.unparse(node), node.lineno
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno


def room_of(name: str) -> str:
    """Return the part of the package that a module of it belongs to."""
    return (name + "..").split(".")[1]


def is_own(name: str) -> bool:
    """Tell whether a module is of the package."""
    return f"{name}.".startswith("trailbell.")


@cache
def modules() -> dict[str, Module]:
    """Return the modules of the package by their names."""
    found = {}
    # What is in C has a stub.
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.pyi")]):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text("utf-8")))
    return found


def own_imports() -> Iterator[tuple[Module, str, str]]:
    """Give module, imported module and place for each import within the package."""
    for module in modules().values():
        for name, line in module.imports():
            if is_own(name):
                yield module, name, f"{module.path.relative_to(SOURCE)}:{line}"


def test_every_module_has_its_place() -> None:
    """A new part of the package gets its place in the layers above."""
    rooms = {module.room for module in modules().values()} - {FRONT}
    assert set() == rooms - set(HEIGHT)


def may_import(room: str, other: str) -> bool:
    """Tell whether the design lets a part import another."""
    if room in {FRONT, other}:
        return True
    if other == FRONT:
        # For the version alone, see below.
        return HEIGHT[room] >= HEIGHT["deliver"]
    # The nouns and the small rooms lie beside each other; that none is a cycle is tested below.
    beside = HEIGHT[room] == HEIGHT[other] == HEIGHT["model"]
    return beside or HEIGHT[other] < HEIGHT[room]


def test_imports_run_one_way() -> None:
    """A part imports what lies below it alone: no stage another stage, no door another door."""
    wrong = [
        f"{place}: {module.room} imports {name}"
        for module, name, place in own_imports()
        if not may_import(module.room, room_of(name))
    ]
    assert [] == wrong


def test_only_the_version_is_taken_from_the_front() -> None:
    """Inside the package a name is imported from where it is made, not from the public names."""
    taken = {
        alias.name
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "trailbell"
        for alias in node.names
        if f"trailbell.{alias.name}" not in modules()
    }
    assert {"__version__"} == taken


def test_package_gives_names_of_the_library() -> None:
    """The public names come from below the doors: importing the package opens none."""
    rooms = {room_of(name) for module, name, _ in own_imports() if module.room == FRONT}
    assert rooms
    assert set() == rooms & {*DOORS, "pipeline", "dispatch"}


def test_no_cycle() -> None:
    """No module imports itself, however far round; an import in a function counts too."""
    below: dict[str, set[str]] = {name: set() for name in modules()}
    for module, name, _ in own_imports():
        # A package's front is imported with each of its modules; what it names is what counts.
        if not module.name.startswith(f"{name}."):
            below[module.name].add(name)
    done: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for imported in sorted(below[name]):
            follow(imported, (*trail, name))
        done.add(name)

    for name in below:
        follow(name, ())


def test_no_own_import_in_a_function() -> None:
    """A late import is for what is slow and from outside, not for what would be a cycle."""
    wrong = [
        f"{module.path.relative_to(SOURCE)}:{inner.lineno}"
        for module in modules().values()
        if module.room not in DOORS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if (isinstance(inner, ast.ImportFrom) and is_own(str(inner.module)))
        or (isinstance(inner, ast.Import) and any(is_own(alias.name) for alias in inner.names))
    ]
    assert [] == wrong


@pytest.mark.parametrize(("name", "rooms"), ONLY_IN.items(), ids=ONLY_IN)
def test_only_some_rooms_import(name: str, rooms: set[str]) -> None:
    """The network, AWS, Slack's client, the database and the terminal have one room each."""
    wrong = [
        f"{module.path.relative_to(SOURCE)}:{line}"
        for module in modules().values()
        if module.room not in rooms
        for imported, line in module.imports()
        if f"{imported}.".startswith(f"{name}.")
    ]
    assert [] == wrong


@pytest.mark.parametrize(
    ("names", "rooms"),
    [(ENVIRONMENT, DOORS), (PRINTING, {"cli"}), (PRESENT, {*DOORS, "clock"})],
    ids=["environment", "printing", "present"],
)
def test_only_some_rooms_use(names: set[str], rooms: set[str]) -> None:
    """The environment is read, and the time looked up, at the doors; printing is the command's."""
    wrong = [
        f"{module.path.relative_to(SOURCE)}:{line}: {name}"
        for module in modules().values()
        if module.room not in rooms
        for name, line in module.names()
        if name in names
    ]
    assert [] == wrong


def test_modules_are_named_for_what_they_hold() -> None:
    """No module is called after its being useful."""
    parts = {part for name in modules() for part in name.split(".")}
    assert set() == parts & NO_NAMES


def test_every_module_has_a_docstring() -> None:
    """A module says in its first lines what it is for."""
    bare = [name for name, module in modules().items() if not ast.get_docstring(module.tree)]
    assert [] == bare


def test_rules_of_this_test_see_something() -> None:
    """The walk finds modules, imports and names, so that the tests above can fail."""
    assert {"trailbell", "trailbell.model", "trailbell.cli.run"} <= set(modules())
    found = {(module.name, name) for module, name, _ in own_imports()}
    assert ("trailbell.model", "trailbell.pattern") in found
    used = {name for name, _ in modules()["trailbell.clock"].names()}
    assert {"time.time", "time.sleep"} <= used
