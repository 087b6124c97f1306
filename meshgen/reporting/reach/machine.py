"""Who can reach whom as JSON, `meshgen.reach/v1`."""

import json
from typing import Any

from ... import __version__
from ...engine.labels import Bits, Universe, indexes_of
from ...reachability.reach import Reach

SCHEMA = "meshgen.reach/v1"


def render(reach: Reach) -> str:
    """One JSON object; every endpoint of each row is listed."""
    universe = reach.analysis.universe
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": "meshgen", "version": __version__},
        "mesh": reach.mesh,
        "rows": [
            {
                "from": {"told": list(row.source_names), "endpoints": _endpoints(universe, row.sources)},
                "to": {"told": list(row.target_names), "endpoints": _endpoints(universe, row.targets)},
                "ports": list(row.ports),
                "verdict": "unknown" if row.doubts else "allowed",
                "doubts": list(row.doubts),
            }
            for row in reach.rows
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _endpoints(universe: Universe, bits: Bits) -> list[str]:
    return [universe.endpoints[index].name for index in indexes_of(bits)]
