"""The objects of a mesh by a Helm chart, a release for each cluster; `with_helm.py INPUT.json OUTPUT`."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from helm_python import Chart

CHART = Path(__file__).with_name("chart")

out = Path(sys.argv[2])
out.mkdir()
with tempfile.TemporaryDirectory() as made:
    # What holds for every cluster is the chart's own values: JSON is YAML.
    folder = shutil.copytree(CHART, Path(made, "mesh"))
    shutil.copyfile(sys.argv[1], folder / "values.yaml")
    chart = Chart.load(folder)
for cluster in json.loads(Path(sys.argv[1]).read_bytes())["clusters"]:
    rendered = chart.render({"cluster": cluster}, name=cluster["name"], namespace="kube-system")
    text = "\n---\n".join(manifest for path, manifest in rendered.items() if path.endswith(".yaml"))
    (out / f"{cluster['name']}.yaml").write_text(text)
