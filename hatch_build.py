"""What a wheel carries beside the package: the course, which `mktlab lab` lays out for its reader.

The project's own folder has it, so that an editable install carries nothing.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COURSE = (
    "datasets/solane",
    "docs",
    "exercises",
    "notebooks",
    "solutions",
    "README.md",
    "requirements.lock",
)


class Carry(BuildHookInterface[Any]):
    """Puts the course into the wheel, below mktlab/carried."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what is carried; nothing where the package is installed in place."""
        if version == "standard":
            build_data["force_include"] |= {place: f"mktlab/carried/{place}" for place in COURSE}
