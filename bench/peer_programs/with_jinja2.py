"""The objects of a mesh by a plain Jinja2 + PyYAML script; `with_jinja2.py INPUT.yaml OUTPUT`."""

import sys
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")

mesh = yaml.load(Path(sys.argv[1]).read_bytes(), Loader=yaml.CSafeLoader)
out = Path(sys.argv[2])
environment = Environment(  # noqa: S701 - this writes YAML
    loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
)
per_cluster = {
    "cilium-etcd-external.service.yaml": environment.get_template("service.yaml.j2"),
    "patches/cilium-config.configmap.yaml": environment.get_template("config.yaml.j2"),
    "patches/cilium.daemonset.yaml": environment.get_template("daemonset.yaml.j2"),
    "patches/cilium-operator.deployment.yaml": environment.get_template("operator.yaml.j2"),
}
per_service = environment.get_template("global-service.yaml.j2")

for cluster in mesh["clusters"]:
    folder = out / cluster["name"]
    (folder / "global-services").mkdir(parents=True)
    (folder / "patches").mkdir()
    for name, template in per_cluster.items():
        (folder / name).write_text(template.render(mesh, cluster=cluster))
    for service in mesh["services"]:
        name = f"{service['namespace']}.{service['name']}.service.yaml"
        (folder / "global-services" / name).write_text(per_service.render(mesh, service=service))
