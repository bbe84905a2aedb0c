"""Rule files: load and validate; the packs that ship stand in ``packs/``."""

from trailbell.rules.load import (
    DEFAULT_PACK,
    DESTINATION_NAME,
    Pack,
    load_file,
    load_rules,
    pack_names,
)

__all__ = ["DEFAULT_PACK", "DESTINATION_NAME", "Pack", "load_file", "load_rules", "pack_names"]
