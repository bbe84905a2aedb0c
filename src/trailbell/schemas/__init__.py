"""The published shapes of the subscription format, as JSON Schema.

``envelope`` is what a function receives, ``payload`` what the data in it decodes to. Both exist
for draft-07; draft-04, which request validators of API Gateway want, has no ``contentEncoding``.
The files ship beside this module, as ``<name>-draft-0<draft>.json``.
"""

from importlib.resources import files
from typing import Literal

SchemaName = Literal["envelope", "payload"]
Draft = Literal[4, 7]

NAMES: tuple[SchemaName, ...] = ("envelope", "payload")
DRAFTS: tuple[Draft, ...] = (4, 7)


def schema_text(name: SchemaName, draft: Draft = 7) -> str:
    """Return a schema as it ships: JSON, indented, with a newline at its end."""
    return files(__name__).joinpath(f"{name}-draft-0{draft}.json").read_text("utf-8")
