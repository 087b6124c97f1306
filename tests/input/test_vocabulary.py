# ruff: noqa: E501 - a row of a table is one line
"""Every key of mesh.yaml: accepted as documented, refused where misspelt, mistyped or out of place."""

import re
from pathlib import Path
from typing import Any

import pytest
from placed import diagnostics, placed, where

from meshgen.inspection import inspect
from meshgen.location import ROOT, SourcePath, path_text
from meshgen.source import load

EVERY_KEY = (Path(__file__).parent / "every-key.yaml").read_text("utf-8")
SOURCE = load(EVERY_KEY.encode(), "mesh.yaml")
FREE = {"labels", "annotations", "selector", "helmValues"}
NAMED_PORTS = ("workloads", 0, "ports")
"""Mappings whose keys are the user's own."""


def keys(data: Any, path: SourcePath = ROOT) -> list[SourcePath]:
    """The path of every key that is meshgen's own."""
    if isinstance(data, list):
        return [found for index, item in enumerate(data) for found in keys(item, (*path, index))]
    if not isinstance(data, dict) or (path and path[-1] in FREE) or path == NAMED_PORTS:
        return []
    return [found for key, item in data.items() for found in [(*path, key), *keys(item, (*path, key))]]


KEYS = keys(SOURCE.data)
REQUIRED = {
    ("version",), ("name",), ("cilium",), ("cilium", "version"), ("clusters",),
    *(("clusters", 0, key) for key in ("name", "id", "provider", "podCIDRs")),
    ("services", 0, "name"), ("services", 0, "ports"), ("services", 0, "ports", 0, "port"),
    ("workloads", 0, "name"), ("workloads", 1, "name"),
    ("policy", "posture", 0, "close"), ("policy", "rules", 0, "name"), ("policy", "raw", 0, "file"),
    ("policy", "rules", 0, "allow", "from"), ("policy", "rules", 0, "allow", "to"),
    ("policy", "rules", 1, "name"),
    ("policy", "rules", 1, "allow", "from"), ("policy", "rules", 1, "allow", "to"),
    ("expect", 0, "from"), ("expect", 0, "to"), ("expect", 0, "is"),
    ("ignore", 0, "code"), ("ignore", 0, "reason"),
}  # fmt: skip


def shape(content: str) -> list[str]:
    """The findings about the shape of a text."""
    return [one for one in placed(content) if one.startswith(("MG0", "MG1"))]


def with_key(path: SourcePath, new: str) -> str:
    """The whole text with another key at a path."""
    lines = EVERY_KEY.split("\n")
    (line, start), (_, end) = SOURCE.span(path, on_key=True)
    old = lines[line - 1]
    lines[line - 1] = old[: start - 1] + new + old[end - 1 :]
    return "\n".join(lines)


def with_value(path: SourcePath, new: str) -> str:
    """The whole text with another value at a path, on one line."""
    start, end = SOURCE.extent(path)
    text = SOURCE.text.content
    if "\n" in text[start:end]:
        start, end, new = text.rindex(":", 0, start) + 1, text.rindex("\n", 0, end), f" {new}"
    return text[:start] + new + text[end:]


def test_every_documented_key_is_accepted_in_its_documented_form() -> None:
    assert shape(EVERY_KEY) == []
    assert inspect(EVERY_KEY.encode(), "mesh.yaml").sound


@pytest.mark.parametrize("path", KEYS, ids=path_text)
def test_a_key_is_required_or_optional(path: SourcePath) -> None:
    found = diagnostics(with_key(path, "zzzzzzzzzzzzzzzz"))

    missing = [path_text(path)] if path in REQUIRED else []
    assert [one.path for one in found if one.code == "MG102"] == missing
    assert [one.message for one in found if one.code == "MG101"] == [
        "the key 'zzzzzzzzzzzzzzzz' is not known here"
    ]
    accepted = next(one.help or "" for one in found if one.code == "MG101")
    assert accepted.startswith("accepted here: ")
    assert path[-1] in accepted.removeprefix("accepted here: ").split(", ")


@pytest.mark.parametrize("path", KEYS, ids=path_text)
@pytest.mark.parametrize(
    "misspell",
    [
        pytest.param(lambda key: key[:-1], id="last letter forgotten"),
        pytest.param(lambda key: key[0] + key, id="first letter doubled"),
        pytest.param(str.upper, id="all capitals"),
        pytest.param(lambda key: re.sub("([A-Z]+)", r"_\1", key).lower() + "_", id="with underscores"),
        pytest.param(lambda key: re.sub("([A-Z]+)", r"-\1", key).lower() + "-", id="with hyphens"),
    ],
)
def test_a_misspelt_key_is_one_finding_that_names_the_right_one(path: SourcePath, misspell: Any) -> None:
    key = str(path[-1])
    wrong = misspell(key)
    content = with_key(path, wrong)

    found = [one for one in diagnostics(content) if one.code.startswith("MG1")]
    (line, column), _ = SOURCE.span(path, on_key=True)
    assert [(one.code, where(one), one.help) for one in found] == [
        ("MG101", f"{line}:{column}-{line}:{column + len(wrong)}", f"did you mean {key!r}?")
    ]


TEXT, NUMBER, LIST, MAPPING, CHOICE = "text", "a whole number", "a list", "a mapping", "one of"
SWITCH = "true or false"
WRONG = {
    TEXT: ["1", "1.20", "1e3", "true", "[a]", "{a: b}"],
    NUMBER: ['"1"', "'1'", "yes", "1_000", "1.5", "1e2", ".inf", "true", "[1]", "{a: 1}"],
    LIST: ["10.0.0.0/8", "1", "true", "null", "~", "", "{a: b}", '"[]"'],
    MAPPING: ["a", "1", "true", "null", "", "[]", "[{a: b}]"],
    CHOICE: ["1", "1.5", "false", "[a]", "{a: b}"],
    SWITCH: ["1", '"true"', "yes", "[true]", "{a: b}"],
}
KINDS: dict[str, list[str]] = {
    TEXT: [
        "name", "domain", "cilium.version", "cilium.namespace", "cilium.datapath.nativeRoutingCIDR",
        "clusters[0].name", "clusters[0].region", "clusters[0].context", "clusters[0].service.hostname",
        "clusters[0].podCIDRs[0]", "clusters[0].serviceCIDRs[0]", "clusters[0].nodeCIDRs[0]",
        "clusters[0].nodeIPs[1]", "clusters[0].serviceIPs[0]", "clusters[0].labels.env",
        "services[0].name", "services[0].namespace", "services[0].ports[0].name", "services[0].selector.name",
        "workloads[0].name", "workloads[0].namespace", "workloads[0].serviceAccount", "workloads[0].labels.name",
        "policy.dns.namespace", "policy.dns.labels.k8s-app", "policy.posture[0].namespaces[0]",
        "policy.posture[0].workloads[0]", "policy.rules[0].name", "policy.rules[0].why",
        "policy.rules[0].owner", "policy.rules[0].expires", "policy.rules[0].allow.from",
        "policy.rules[0].allow.to", "policy.rules[1].allow.http[0].method",
        "policy.rules[1].allow.http[0].headers[0]", "policy.raw[0].file", "expect[0].from", "expect[0].to",
        "ignore[0].code", "ignore[0].at", "ignore[0].reason", "ignore[0].until",
    ],
    NUMBER: ["version", "clusters[0].id", "clusters[0].service.port", "services[0].ports[0].port",
        "workloads[0].ports.http", "policy.dns.ports[0]",
    ],
    LIST: [
        "cilium.extraHostAliases", "clusters", "clusters[0].podCIDRs", "clusters[0].serviceCIDRs",
        "clusters[0].nodeCIDRs", "clusters[0].nodeIPs", "clusters[0].serviceIPs",
        "clusters[0].service.sourceRanges", "services", "services[0].ports", "workloads", "expect", "ignore",
        "policy.dns.ports", "policy.posture", "policy.posture[0].namespaces", "policy.posture[0].close",
        "policy.rules",
        "policy.rules[0].isolate", "policy.raw",
    ],
    MAPPING: [
        "cilium", "cilium.datapath", "clusterDefaults", "clusters[0].labels",
        "clusters[0].service", "clusters[0].service.annotations", "clusters[0].service.labels",
        "clusters[0].service.selector", "clusters[0].cilium", "clusters[0].helmValues",
        "services[0].selector", "services[0].labels", "services[0].annotations", "policy", "tls", "secrets",
        "gitops", "workloads[0].labels", "workloads[0].ports", "policy.dns", "policy.dns.labels",
        "policy.raw[0]", "expect[0]",
        "clusters[0].policy", "clusters[0].policy.dns",
    ],
    CHOICE: [
        "cilium.datapath.mode", "cilium.datapath.tunnelProtocol", "cilium.ipam", "cilium.chaining",
        "cilium.encryption", "cilium.delivery", "clusters[0].provider", "clusters[0].service.type",
        "services[0].ports[0].protocol", "services[0].affinity", "services[0].manage",
        "policy.posture[0].close[0]", "policy.rules[0].isolate[0]", "expect[0].is",
    ],
    SWITCH: ["workloads[0].hostNetwork", "policy.dns.nodeLocal", "policy.posture[0].intraNamespace"],
}  # fmt: skip


def steps(text: str) -> SourcePath:
    """The path that a text means."""
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", text))


@pytest.mark.parametrize(
    ("kind", "path", "wrong"),
    [
        pytest.param(kind, path, wrong, id=f"{path}: {wrong}")
        for kind, paths in KINDS.items()
        for path in paths
        for wrong in WRONG[kind]
    ],
)
def test_a_value_of_the_wrong_type_is_one_finding_at_that_value(kind: str, path: str, wrong: str) -> None:
    content = with_value(steps(path), wrong)
    key_line, *_ = SOURCE.span(steps(path))[0]

    (found,) = [one for one in diagnostics(content) if one.code.startswith("MG1")]
    (line, start), (end_line, end) = found.span
    assert (found.code, found.path) == ("MG103", path)
    assert f"{path} takes {kind}" in found.message
    assert (line, end_line) == (key_line, key_line)
    assert content.split("\n")[line - 1][start - 1 : end - 1] == wrong


NULLABLE = {
    "cilium.datapath.nativeRoutingCIDR", "cilium.delivery", "clusters[0].region", "clusters[0].context",
    "clusters[0].service.hostname", "services[0].affinity", "services[0].ports[0].name",
    "services[0].ports[0].targetPort", "ignore[0].at", "ignore[0].until",
    "policy.rules[0].why", "policy.rules[0].owner", "policy.rules[0].expires", "policy.rules[0].deny",
    "policy.rules[0].allow.ports", "policy.rules[1].allow.http",
    *(f"policy.rules[1].allow.http[0].{key}" for key in ("method", "path", "host")),
}  # fmt: skip
"""What may be written as null, which is the same as leaving it out."""

PAIRED = {
    ("policy", "rules", 0, "allow"), ("policy", "rules", 1, "allow"), ("policy", "rules", 1, "allow", "ports"),
}  # fmt: skip
"""What may be null, where something else then takes its place."""


@pytest.mark.parametrize("path", [path for path in KEYS if path not in PAIRED], ids=path_text)
def test_null_stands_for_nothing_where_there_may_be_nothing(path: SourcePath) -> None:
    found = [one for one in diagnostics(with_value(path, "null")) if one.code.startswith("MG1")]

    told = [] if path_text(path) in NULLABLE else [("MG103", path_text(path))]
    assert [(one.code, one.path) for one in found] == told
    assert all(one.message.endswith(", not nothing") for one in found)


@pytest.mark.parametrize(
    ("path", "written", "message", "way_out"),
    [
        ("cilium.version", "1.20", "cilium.version takes text, not the number 1.2", 'write it in quotes: "1.20"'),
        ("cilium.version", "&v 1.20", "cilium.version takes text, not the number 1.2", 'write it in quotes: "1.20"'),
        ("name", "017", "name takes text, not the number 17", 'write it in quotes: "017"'),
        ("name", "1e3", "name takes text, not the number 1000.0", 'write it in quotes: "1e3"'),
        ("name", "true", "name takes text, not the boolean true", 'write it in quotes: "true"'),
        ("name", "7" * 41, f"name takes text, not the number {'7' * 41}", None),
        ("name", "[]", "name takes text, not a list", None),
        ("clusters[0].id", '"1"', "clusters[0].id takes a whole number, not the text '1'", "write it without quotes: 1"),
        ("clusters[0].id", "yes", "clusters[0].id takes a whole number, not the text 'yes'", None),
        ("clusters[0].id", "1.0", "clusters[0].id takes a whole number, not the number 1.0", None),
        ("clusters[0].id", "{a: 1}", "clusters[0].id takes a whole number, not a mapping", None),
        ("clusters[0].podCIDRs", "10.1.0.0/16", "clusters[0].podCIDRs takes a list, not the text '10.1.0.0/16'", "write it in brackets: [10.1.0.0/16]"),
        ("clusters[0].nodeIPs[0]", "1", "clusters[0].nodeIPs[0] takes text, not the number 1", 'write it in quotes: "1"'),
        ("services[0].ports[0]", "[80]", "services[0].ports[0] takes a port number or a mapping with port, not a list", None),
        ("services[0].ports[0]", '"80"', "services[0].ports[0] takes a port number or a mapping with port, not the text '80'", None),
        ("services[0].ports[0].targetPort", "1.5", "services[0].ports[0].targetPort takes a port number or a port name, not the number 1.5", None),
        ("services[0].clusters", "1", "services[0].clusters takes all, a list of cluster names, or a mapping with labels, not the number 1", None),
        ("services[0].backends", "true", "services[0].backends takes all, a list of cluster names, or a mapping with labels, not the boolean true", None),
        ("services[0].clusters", "[1]", "services[0].clusters[0] takes text, not the number 1", 'write it in quotes: "1"'),
        ("services[0].clusters", "{labels: {env: 1}}", "services[0].clusters.labels.env takes text, not the number 1", 'write it in quotes: "1"'),
        ("cilium.maxConnectedClusters", '"255"', "cilium.maxConnectedClusters takes one of 255 or 511, not the text '255'", None),
        ("cilium.ipam", "1", "cilium.ipam takes one of 'cluster-pool', 'kubernetes', 'crd', 'eni', 'azure', 'alibabacloud', 'delegated-plugin' or 'multi-pool', not the number 1", None),
        ("clusters", "[1]", "clusters[0] takes a mapping, not the number 1", None),
        ("services", "[~]", "services[0] takes a mapping, not nothing", None),
        ("ignore", "[MG216]", "ignore[0] takes a mapping, not the text 'MG216'", None),
    ],
)  # fmt: skip
def test_a_wrong_type_is_told_with_a_way_out(
    path: str, written: str, message: str, way_out: str | None
) -> None:
    (found,) = [one for one in diagnostics(with_value(steps(path), written)) if one.code.startswith("MG1")]

    assert (found.code, found.message, found.help) == ("MG103", message, way_out)


@pytest.mark.parametrize("content", ["1\n", "text\n", "[]\n", "- version: 1\n"])
def test_a_file_that_is_no_mapping_is_one_finding(content: str) -> None:
    (found,) = diagnostics(content)

    assert found.code == "MG103"
    assert found.message.startswith("the file takes a mapping, not ")
