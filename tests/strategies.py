"""
Hypothesis strategies for meshes: valid ones, and the same with something wrong.

A new key of mesh.yaml is added here, so that every law covers it.
"""

import json
from copy import deepcopy
from typing import Any

from builders import mesh
from hypothesis import strategies as st


def flow(data: Any) -> bytes:
    """
    Plain data as a mesh.yaml in flow style.

    NOTE: PyYAML writes YAML 1.1, in which 1e3 is text; JSON is YAML 1.2.
    """
    text = json.dumps(data, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in text).encode()


PROVIDERS = [
    "gcp", "aws", "azure", "oracle", "ibm", "alibaba", "openstack", "digitalocean", "metallb", "lb-ipam",
    "generic",
]  # fmt: skip
# Names that are harmless to Kubernetes and something else to some reader of YAML.
NAMES = ["no", "y", "on", "1e3", "0x1f", "017", "null", "east", "west-2", "a", "c" * 32, "true", "2027-01-31"]
VALUES = ["", "prod", "1_000", "no", "017", "1e3", "0o7", "a.b_c-d", "x" * 63, "null", "12"]

label_keys = st.sampled_from(["env", "tier", "no", "1", "example.com/on", "app.kubernetes.io/name"])
labels = st.dictionaries(label_keys, st.sampled_from(VALUES), max_size=3)
annotations = st.dictionaries(
    label_keys | st.just("Example.com/Owner"),
    st.sampled_from(["~", "12:30:45", "010", " x ", "a\nb", "\u2028", "é 😀", "{}"]) | st.text(max_size=5),
    max_size=3,
)
dns_labels = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
service_names = st.sampled_from(["no", "y", "rebel-base", "a"]) | st.from_regex(
    r"[a-z][a-z0-9]{0,8}", fullmatch=True
)


def v4_pods(number: int) -> st.SearchStrategy[str]:
    """A PodCIDR that no other cluster has."""
    return st.sampled_from([f"10.{number}.0.0/16", f"10.{number}.128.0/17", f"10.{number}.64.0/18"])


@st.composite
def clusters(draw: st.DrawFn, number: int, name: str) -> dict[str, Any]:
    """Cluster `number` (1 to 200), which overlaps with no other."""
    made: dict[str, Any] = {
        "name": name,
        "id": number,
        "provider": draw(st.sampled_from([name for name in PROVIDERS if name != "lb-ipam"])),
        "podCIDRs": [draw(v4_pods(number)), *draw(st.sampled_from([[], [f"fd00:{number}::/64"]]))],
        "nodeCIDRs": [f"192.168.{number}.0/24"],
        "serviceIPs": [f"172.16.{number}.{last}" for last in draw(st.sampled_from([[10], [10, 11], [9]]))],
    }
    if draw(st.booleans()):
        made["nodeIPs"] = [f"192.168.{number}.{last}" for last in draw(st.sampled_from([[4], [5, 4, 200]]))]
    if draw(st.booleans()):
        made["serviceCIDRs"] = [f"172.{20 + number}.0.0/16"]
    optional = {
        "region": st.sampled_from(["us-west1", "no", "1"]),
        "labels": labels,
        "context": st.sampled_from(["admin@a", "arn:aws:eks:eu:1:cluster/a"]),
        "service": st.fixed_dictionaries(
            {},
            optional={
                "annotations": annotations,
                "labels": labels,
                "sourceRanges": st.just(["192.168.0.0/16", "10.0.0.0/8"]),
                "selector": labels,
                "port": st.sampled_from([2379, 12379]),
            },
        ),
        "cilium": st.fixed_dictionaries(
            {},
            optional={
                "namespace": st.sampled_from(["kube-system", "cilium", "on"]),
                "ipam": st.sampled_from(["cluster-pool", "kubernetes"]),
                "extraHostAliases": st.just(
                    [{"ip": "10.250.0.5", "hostnames": ["b.example.com", "a.example.com"]}]
                ),
            },
        ),
    }
    return made | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def services(draw: st.DrawFn, name: str, names: list[str]) -> dict[str, Any]:
    """A global service in some of the clusters."""
    named = {"name": "http", "port": 80, "targetPort": draw(st.sampled_from([8080, "http", "1-a"]))}
    made: dict[str, Any] = {
        "name": name,
        "ports": draw(
            st.sampled_from([[80], [named], [named, {"name": "y", "port": 53, "protocol": "UDP"}]])
        ),
        "selector": draw(labels.filter(bool)),
    }
    some = st.lists(st.sampled_from(names), min_size=2, unique=True)
    members = draw(st.just("all") | some)
    chosen = names if members == "all" else members
    optional = {
        "namespace": st.sampled_from(["default", "no", "1"]),
        "clusters": st.just(members),
        "backends": st.just("all") | st.lists(st.sampled_from(chosen), min_size=1, unique=True),
        "manage": st.sampled_from(["object", "annotation"]),
        "labels": labels,
        "annotations": annotations,
    }
    made |= draw(st.fixed_dictionaries({}, optional=optional))
    if made.get("backends", "all") != "all":
        made["clusters"] = members
    return made


WORKLOADS: list[dict[str, Any]] = [
    {"name": "no", "labels": {"name": "no"}},
    {"name": "web", "labels": {"name": "web", "no": "1"}, "ports": {"http": 8080, "sql": 5432}},
    {"name": "web-2", "labels": {"name": "web"}},
    {"name": "db", "namespace": "data", "serviceAccount": "db", "ports": {"http": 80, "sql": 5432}},
    {"name": "1", "namespace": "1", "labels": {"example.com/on": "true"}, "serviceAccount": "a.b"},
]
SPACES = ["default", "data", "1"]
directions = st.lists(st.sampled_from(["ingress", "egress"]), min_size=1, unique=True)


@st.composite
def references(draw: st.DrawFn, names: list[str]) -> str:
    """A reference to pods; `same` is not among them, since it needs another one beside it."""
    who = draw(
        st.sampled_from([one["name"] for one in WORKLOADS])
        | st.sampled_from([f"namespace:{space}" for space in SPACES])
        | st.just("any")
    )
    return f"{who}@{draw(st.sampled_from(['*', *names]))}"


@st.composite
def rules(draw: st.DrawFn, names: list[str], *, old: bool) -> dict[str, Any]:
    """A rule without a name, such as all versions of Cilium know, or also what only new ones do."""
    deny = not old and draw(st.booleans())
    outside = ["entity:world", "entity:cluster", "cidr:192.0.2.1/24", "cidr:2001:db8::/32"]
    targets = outside + ([] if deny else ["fqdn:example.com", "fqdn:*.example.com"])
    kind = draw(st.sampled_from(["pods", "pods", "pods", "out", "in", "same"]))
    source = draw(st.sampled_from(outside)) if kind == "in" else draw(references(names))
    target = draw(st.sampled_from(targets)) if kind == "out" else draw(references(names))
    if kind == "same":
        target = target.partition("@")[0] + "@same"
    intent: dict[str, Any] = {"from": source, "to": target}
    ports = [80, "53/UDP", "443/TCP"] + ([] if old else ["8000-8100", "7/SCTP"])
    if target.startswith(("web@", "db@")):
        ports.append("sql")
    if not (old and source.startswith("cidr:")) and draw(st.booleans()):
        intent["ports"] = draw(st.lists(st.sampled_from(ports), min_size=1, unique=True))
    elif kind not in {"in", "out"} and not deny and draw(st.booleans()):
        intent |= {"ports": [80], "http": [{"method": "GET", "path": "/v1/.*"}, {"headers": ["a: b"]}]}
    made: dict[str, Any] = {"deny" if deny else "allow": intent}
    if not deny:
        made["isolate"] = [
            way
            for way, who in (("egress", source), ("ingress", target))
            if "@" in who and not who.startswith("any@") and draw(st.booleans())
        ]
    return made | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "why": st.sampled_from(["no", "because: of\nthis"]),
                "owner": st.just("team"),
                "expires": st.just("2027-01-31"),
            },
        )
    )


@st.composite
def policies(draw: st.DrawFn, names: list[str], *, old: bool = True) -> dict[str, Any]:
    """`workloads`, `policy` and `expect` for clusters of these names."""
    closed = draw(st.lists(st.sampled_from(SPACES), unique=True, max_size=3))
    posture = [
        {
            "namespaces": [space],
            "clusters": draw(st.just("all") | st.lists(st.sampled_from(names), min_size=1, unique=True)),
            "close": draw(directions),
            "intraNamespace": draw(st.booleans()),
        }
        for space in closed
    ]
    workloads = draw(st.lists(st.sampled_from(["no", "web", "db"]), unique=True, max_size=2))
    if workloads:
        posture.append({"workloads": workloads, "close": draw(directions)})
    called = draw(st.lists(st.sampled_from(["a", "no", "1", "to-db", "x" * 63]), unique=True, max_size=4))
    dns = st.fixed_dictionaries(
        {},
        optional={
            "namespace": st.sampled_from(["dns", "no"]),
            "ports": st.just([5353, 53]),
            "nodeLocal": st.booleans(),
        },
    )
    return {
        "workloads": WORKLOADS,
        "policy": {
            "posture": posture,
            "rules": [{"name": name, **draw(rules(names, old=old))} for name in called],
            **draw(st.fixed_dictionaries({}, optional={"dns": dns})),
        },
        "expect": [{"from": "entity:host", "to": "db@*:sql", "is": "allow"}],
    }


@st.composite
def meshes(draw: st.DrawFn) -> dict[str, Any]:
    """A mesh that builds: without any finding of severity error."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    made = mesh(*[draw(clusters(number, name)) for number, name in enumerate(names, 1)])
    called = draw(st.lists(service_names, max_size=3, unique=True))
    made["services"] = [draw(services(name, names)) for name in called]
    made |= draw(st.just({}) | policies(names))
    return made | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["rebel-alliance", "no", "1e3"]),
                "domain": st.sampled_from(["mesh.cilium.io", "on", "1.2"]),
                "clusterDefaults": st.fixed_dictionaries(
                    {}, optional={"labels": labels, "region": st.just("eu-west-1"), "service": st.just({})}
                ),
                "ignore": st.just([{"code": "MG224", "reason": "known"}]),
            },
        )
    )


WRONG = [
    None, True, False, 0, -1, 1, 255, 256, 511, 65536, 2**63, 10**400, 0.5, 1.2, "", "1", "no", "all",
    "a b", "../../etc", "\0", "x" * 300, "世界", "10.0.0.0/8", "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104",
    "10.0.0.0/-1", "010.0.0.0/8", "10.1.0.1", "2027-01-31", "1.20", [], {}, [[]], [None], [""], {"": ""},
    {"labels": {}}, [{}], {"a": 1},
]  # fmt: skip
"""Values that are wrong nearly everywhere."""


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every `(container, key or index)` of nested data."""
    below = (
        list(data.items())
        if isinstance(data, dict)
        else list(enumerate(data))
        if isinstance(data, list)
        else []
    )
    return [place for key, item in below for place in [(data, key), *places(item)]]


@st.composite
def mutated(draw: st.DrawFn, original: st.SearchStrategy[Any], most: int = 1) -> Any:
    """Data of the strategy with up to `most` values replaced, removed, doubled or renamed."""
    data = deepcopy(draw(original))
    for _ in range(draw(st.integers(1, most))):
        everywhere = places(data)
        container, key = everywhere[draw(st.integers(0, len(everywhere) - 1))]
        kind = draw(st.sampled_from(["replace", "replace", "remove", "double", "rename"]))
        if kind == "replace":
            container[key] = deepcopy(draw(st.sampled_from(WRONG)))
        elif kind == "double" and isinstance(container, list):
            container.append(deepcopy(container[key]))
        elif kind == "rename" and isinstance(container, dict):
            container[draw(st.sampled_from(["", "x", f"{key}s", str(key).upper(), "labels", "<<"]))] = (
                container.pop(key)
            )
        else:
            del container[key]
        if not places(data):
            break
    return data
