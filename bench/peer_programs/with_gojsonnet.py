"""The objects of a mesh by a plain Jsonnet program; `with_gojsonnet.py INPUT.json OUTPUT`."""

import sys
from pathlib import Path

import _gojsonnet

PROGRAM = Path(__file__).with_name("mesh.jsonnet")

mesh = Path(sys.argv[1]).read_text(encoding="utf-8")
out = Path(sys.argv[2])
out.mkdir()
(out / "mesh.json").write_text(_gojsonnet.evaluate_file(str(PROGRAM), tla_codes={"mesh": mesh}))
