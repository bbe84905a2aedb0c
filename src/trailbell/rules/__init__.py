"""Rule files: load and validate; the packs that ship stand in ``packs/``."""

from trailbell.rules.load import DEFAULT_PACK, load_file, load_rules, pack_names, rule_paths
from trailbell.rules.pack import Entry, Invalid, Pack, RuleTest, Sample
from trailbell.rules.shapes import DESTINATION_NAME, ExceptTable
from trailbell.rules.tables import exception_of
from trailbell.rules.tailored import AddedException, Tailoring

__all__ = [
    "DEFAULT_PACK",
    "DESTINATION_NAME",
    "AddedException",
    "Entry",
    "ExceptTable",
    "Invalid",
    "Pack",
    "RuleTest",
    "Sample",
    "Tailoring",
    "exception_of",
    "load_file",
    "load_rules",
    "pack_names",
    "rule_paths",
]
