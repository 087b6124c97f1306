"""Names and patterns mean in the engine what a plain look at each rule says."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.comparison import Kind, differences, parts
from meshgen.engine.domains import contains, covers, domain, overlaps
from meshgen.engine.entries import Direction
from meshgen.engine.labels import BLURRED, indexes_of, pod
from meshgen.engine.ports import point
from meshgen.engine.semantics import semantics
from meshgen.engine.universe import Outside, universe

WEB = pod("web", cluster="east", namespace="shop", labels={"app": "api"})

labels = st.sampled_from(["a", "b", "aa", "ab", "ba", "a-b", "_a"])
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
pieces = st.sampled_from(["a", "b", "*", "**", "a*", "*a", "*b*", "a**b", "ab"])
texts = st.tuples(st.lists(pieces, min_size=1, max_size=3).map(".".join), st.sampled_from(["", "", "."])).map(
    "".join
)
versions = st.sampled_from(["1.10.20", "1.17.9", "1.18.3", "1.19.0", "1.20.0"])


def as_cilium_has_it(pattern: str, version: str) -> re.Pattern[str]:
    """ToAnchoredRegexp of Sanitize, before 1.19 and from then on."""
    label = "[-a-zA-Z0-9_]"
    every = f"({label}+[.])+"
    pattern = pattern.lower()
    new = semantics(version).deep_domains
    if pattern == "*" or (new and re.fullmatch(r"[*]+[.]?", pattern)):
        return re.compile(every)
    pattern = pattern.removesuffix(".") + "."
    front = re.match(r"[*]{2,}[.]", pattern) if new else None
    rest = pattern[front.end() :] if front else pattern
    rest = re.sub(r"[*]+", "STAR", rest).replace(".", "[.]").replace("STAR", f"{label}*")
    return re.compile((f"({label}+([.]{label}+)*)[.]" if front else "") + rest)


@given(texts, names, versions)
def test_a_pattern_covers_the_names_that_it_covers_in_cilium(text: str, name: str, version: str) -> None:
    read = domain(text, deep=semantics(version).deep_domains)

    assert covers(read, name) is bool(as_cilium_has_it(text, version).fullmatch(f"{name}."))


@pytest.mark.parametrize(
    ("pattern", "name", "old", "new"),
    [
        ("*.Stripe.com.", "api.stripe.com", True, True),
        ("*.stripe.com", "stripe.com", False, False),
        ("*.stripe.com", "a.api.stripe.com", False, False),
        ("**.stripe.com", "api.stripe.com", True, True),
        ("**.stripe.com", "a.api.stripe.com", False, True),
        ("**.stripe.com", "stripe.com", False, False),
        ("a.**.com", "a.b.c.com", False, False),
        ("api-*.stripe.com", "api-.stripe.com", True, True),
        ("api.*.com", "api.a_b.com", True, True),
        ("*", "a.b.c", True, True),
        ("**", "a.b.c", False, True),
        ("*.", "a.b.c", False, True),
        ("*.", "a", True, True),
        ("a.b", "axb", False, False),
    ],
)
def test_what_patterns_cover(pattern: str, name: str, *, old: bool, new: bool) -> None:
    assert covers(domain(pattern, deep=False), name) is old
    assert covers(domain(pattern, deep=True), name) is new


def egress(**rule: Any) -> dict[str, Any]:
    """A policy for all pods of a namespace with one rule."""
    return {
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "p", "namespace": "shop"},
        "spec": {"endpointSelector": {}, "egress": [rule]},
    }


def allowing(rules: list[str], version: str = "1.19.4") -> Applied:
    """One rule for each name or pattern, each at a port of its own."""
    given = [
        egress(
            toFQDNs=[{"matchPattern" if "*" in text else "matchName": text}],
            toPorts=[{"ports": [{"port": str(1000 + number), "protocol": "TCP"}]}],
        )
        for number, text in enumerate(rules)
    ]
    return Applied(Setting("east", semantics(version), given))


def told(analysis: Analysis, rules: list[str], name: str) -> list[Verdict]:
    """What becomes of calls to a name at the ports of the rules."""
    [index] = indexes_of(analysis.universe.named(name))
    found = [
        analysis.judge(0, index, point(1000 + number, "TCP"), Direction.EGRESS)
        for number in range(len(rules))
    ]
    return [judged.verdict for judged in found if judged]


@settings(deadline=None)
@given(st.lists(texts | names, min_size=1, max_size=5), st.lists(names, max_size=3), versions)
def test_every_name_has_the_verdict_that_each_rule_gives_it(
    rules: list[str], asked: list[str], version: str
) -> None:
    applied = allowing(rules, version)
    analysis = Analysis(universe([WEB], [[applied]], {}, Outside(domains=tuple(asked))), [applied])

    for name in [*asked, *(rule.removesuffix(".") for rule in rules if "*" not in rule)]:
        assert told(analysis, rules, name) == [
            Verdict.ALLOWED if as_cilium_has_it(rule, version).fullmatch(f"{name}.") else Verdict.DENIED
            for rule in rules
        ]


SHORT = [
    name
    for length in range(1, 9)
    for name in map("".join, product("ab.", repeat=length))
    if all(name.split("."))
]
short = st.lists(st.text("aa*.", min_size=1, max_size=4), min_size=1, max_size=3).map(
    lambda found: tuple({domain(text, deep=True): None for text in found if all(text.split("."))})
)


@settings(deadline=None, max_examples=60)
@given(short)
def test_the_parts_of_patterns_are_those_that_names_show(patterns: tuple[str, ...]) -> None:
    shown = {frozenset(each for each in patterns if covers(each, name)) for name in SHORT}

    assert set(overlaps(patterns) or ()) == shown - {frozenset()}


@settings(deadline=None)
@given(texts, texts)
def test_a_text_contains_another_one_if_it_covers_all_of_its_names(one: str, other: str) -> None:
    wide, narrow = (domain(text, deep=True) for text in (one, other))

    assert contains(wide, narrow) is all(covers(wide, name) for name in SHORT if covers(narrow, name))


def outside(rules: list[str], *asked: str) -> set[str]:
    found = universe([], [[allowing(rules)]], {}, Outside(domains=asked))
    return {found.endpoints[index].name for index in indexes_of(found.domains)}


@pytest.mark.parametrize(
    ("rules", "called"),
    [
        (["*.x.com"], {"fqdn:*.x.com"}),
        (["*.x.com", "a.x.com"], {"fqdn:a.x.com", "other names of fqdn:*.x.com"}),
        (["*.x.com", "a.y.com"], {"fqdn:a.y.com", "fqdn:*.x.com"}),
        (["**.x.com", "*.x.com"], {"fqdn:*.x.com", "other names of fqdn:**.x.com"}),
        (
            ["a*.x", "*b.x"],
            {"other names of fqdn:a*.x", "other names of fqdn:*b.x", "names of fqdn:*b.x and fqdn:a*.x"},
        ),
        (
            ["*", "a*.x", "*b.x"],
            {
                "other names of fqdn:*",
                "other names of fqdn:a*.x",
                "other names of fqdn:*b.x",
                "names of fqdn:*b.x and fqdn:a*.x",
            },
        ),
    ],
)
def test_names_that_rules_tell_apart_have_names(rules: list[str], called: set[str]) -> None:
    assert outside(rules) == called


TANGLED = [f"*{letter}*.x" for letter in "abcdefghijklmnopqrst"]


@pytest.mark.parametrize("every", [[], ["*"]])
def test_where_too_many_patterns_overlap_nobody_knows(every: list[str]) -> None:
    rules = [*TANGLED, "z.y", *every]
    applied = allowing(rules)
    analysis = Analysis(universe([WEB], [[applied]], {}, Outside(domains=("cat.x",))), [applied])
    rest = analysis.universe.blurred("*a*.x")
    [index] = indexes_of(rest)

    assert told(analysis, rules, "cat.x")[:4] == [Verdict.ALLOWED, Verdict.DENIED] * 2
    assert analysis.universe.domain(BLURRED) == rest
    assert analysis.universe.named("*a*.x") == rest | analysis.universe.named("cat.x")
    assert analysis.universe.named("c*.x") == rest | analysis.universe.named("cat.x")
    found: list[Any] = [
        analysis.judge(0, index, point(1000 + number, "TCP"), Direction.EGRESS)
        for number in range(len(rules))
    ]
    unknown = [Verdict.UNKNOWN] * len(TANGLED)
    assert [judged.verdict for judged in found] == [
        *unknown,
        Verdict.DENIED,
        *([Verdict.ALLOWED] * len(every)),
    ]
    assert "too many patterns of names overlap" in found[0].half.doubts[0]


def changed(before: list[str], after: list[str], *versions: str) -> dict[Kind, set[str]]:
    """What a change of rules at one port does, by kind, and to which names."""
    old, new = versions or ("1.19.4", "1.19.4")
    sides = [
        Applied(
            Setting("east", semantics(version), [egress(toFQDNs=[{"matchPattern": text} for text in rules])])
        )
        for rules, version in ((before, old), (after, new))
    ]
    joint = universe([WEB], [[side] for side in sides], {})
    found: dict[Kind, set[str]] = {}
    for each in differences(*(Analysis(joint, [side]) for side in sides)):
        for part in parts(each):
            called = {joint.endpoints[index].name for index in indexes_of(each.targets)}
            found.setdefault(part.kind, set()).update(called)
    return found


def test_a_pattern_that_is_narrowed_opens_nothing() -> None:
    assert changed(["*.x.com"], ["a.x.com"]) == {Kind.CUT: {"other names of fqdn:*.x.com"}}
    assert changed(["a.x.com"], ["*.x.com"]) == {Kind.OPENED: {"other names of fqdn:*.x.com"}}
    assert changed(["*.x.com"], ["*.x.com", "a.x.com"]) == {}
    assert changed(["a*.x"], ["*b.x"]) == {
        Kind.CUT: {"other names of fqdn:a*.x"},
        Kind.OPENED: {"other names of fqdn:*b.x"},
    }


def test_an_upgrade_to_1_19_opens_names_of_any_depth() -> None:
    assert changed(["**.x"], ["**.x"], "1.18.3", "1.19.4") == {Kind.OPENED: {"other names of fqdn:**.x"}}
