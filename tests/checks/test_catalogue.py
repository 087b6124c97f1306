"""The catalogue of codes: what other tools and people rely on, and what each code has to bring along."""

import re
from pathlib import Path

import click
import pytest
from cases import HERE

from meshgen import checks
from meshgen.catalogue import ALL_CHECKS, RULES
from meshgen.checking import Check
from meshgen.checks import CHECKS
from meshgen.checks.policies import ENFORCEMENT_CHECKS, VOCABULARY_CHECKS
from meshgen.checks.services import SERVICE_CHECKS
from meshgen.checks.tls import TLS_CHECKS
from meshgen.checks.values import VALUE_CHECKS
from meshgen.cli.run import Commands
from meshgen.devtools import generated
from meshgen.diagnostics import Rule

ERROR, WARNING, INFO = "error", "warning", "info"

# Codes are stable: a name or a severity here changes only with a release that says so.
CODES = {
    "MG001": ("yaml-syntax", ERROR),
    "MG002": ("duplicate-key", ERROR),
    "MG003": ("unsupported-yaml", ERROR),
    "MG004": ("unusable-file", ERROR),
    "MG101": ("unknown-key", ERROR),
    "MG102": ("missing-key", ERROR),
    "MG103": ("wrong-type", ERROR),
    "MG104": ("bad-value", ERROR),
    "MG105": ("unsupported-format-version", ERROR),
    "MG201": ("duplicate-cluster-name", ERROR),
    "MG202": ("duplicate-cluster-id", ERROR),
    "MG203": ("overlapping-pod-cidrs", ERROR),
    "MG204": ("duplicate-node-ip", ERROR),
    "MG205": ("overlapping-node-cidrs", ERROR),
    "MG206": ("node-in-pod-cidr", ERROR),
    "MG207": ("service-ip-in-pod-cidr", ERROR),
    "MG208": ("duplicate-service-ip", ERROR),
    "MG209": ("cluster-id-out-of-range", ERROR),
    "MG210": ("invalid-cluster-name", ERROR),
    "MG211": ("unsafe-cluster-id", ERROR),
    "MG212": ("cidr-host-bits", ERROR),
    "MG213": ("too-many-clusters", ERROR),
    "MG214": ("mixed-datapath", ERROR),
    "MG215": ("native-routing-cidr-gap", ERROR),
    "MG216": ("service-cidr-overlap", ERROR),
    "MG217": ("unknown-nodes", WARNING),
    "MG218": ("unusable-address", ERROR),
    "MG219": ("mixed-encryption", ERROR),
    "MG220": ("node-ip-outside-node-cidrs", WARNING),
    "MG221": ("single-cluster", WARNING),
    "MG222": ("no-service-address", ERROR),
    "MG223": ("service-ip-in-foreign-node-cidr", ERROR),
    "MG224": ("moving-service-address", WARNING),
    "MG225": ("public-load-balancer", WARNING),
    "MG226": ("node-port-out-of-range", ERROR),
    "MG227": ("session-affinity-on-aws", WARNING),
    "MG228": ("tunnel-with-cloud-ipam", WARNING),
    "MG301": ("unknown-cluster", ERROR),
    "MG302": ("duplicate-service", ERROR),
    "MG303": ("empty-selection", ERROR),
    "MG304": ("service-without-selector", ERROR),
    "MG305": ("duplicate-service-port", ERROR),
    "MG306": ("unnamed-service-port", ERROR),
    "MG307": ("global-service-in-one-cluster", WARNING),
    "MG308": ("backend-outside-clusters", ERROR),
    "MG309": ("duplicate-name", ERROR),
    "MG310": ("shared-target-port", WARNING),
    "MG311": ("handwritten-mesh-annotation", WARNING),
    "MG401": ("rejected-policy", ERROR),
    "MG402": ("unknown-workload", ERROR),
    "MG403": ("l7-parser-conflict", ERROR),
    "MG404": ("vulnerable-semantics", ERROR),
    "MG405": ("empty-list-opens", ERROR),
    "MG406": ("empty-ports-allow-nothing", ERROR),
    "MG407": ("peer-without-cluster", WARNING),
    "MG408": ("peer-without-namespace", WARNING),
    "MG409": ("wrong-kind-of-peer", WARNING),
    "MG410": ("dns-cut", ERROR),
    "MG411": ("implicit-isolation", WARNING),
    "MG412": ("dead-allow", ERROR),
    "MG413": ("halves-disagree", WARNING),
    "MG414": ("selects-nothing", WARNING),
    "MG415": ("allow-without-effect", INFO),
    "MG416": ("shadowed-rule", WARNING),
    "MG417": ("over-broad-peer", WARNING),
    "MG418": ("ambiguous-named-port", WARNING),
    "MG419": ("service-port-is-not-target-port", INFO),
    "MG420": ("l7-across-clusters-in-tunnel", WARNING),
    "MG421": ("host-network-workload", WARNING),
    "MG422": ("cluster-wide-subject", WARNING),
    "MG423": ("namespace-not-global", WARNING),
    "MG424": ("expired-rule", WARNING),
    "MG425": ("invalid-metadata", ERROR),
    "MG426": ("failed-expectation", ERROR),
    "MG427": ("deny-closes-direction", WARNING),
    "MG428": ("service-partly-reachable", WARNING),
    "MG429": ("unusable-policy-file", ERROR),
    "MG501": ("tls-file-missing", ERROR),
    "MG502": ("unreadable-tls-file", ERROR),
    "MG503": ("key-certificate-mismatch", ERROR),
    "MG504": ("untrusted-certificate", ERROR),
    "MG505": ("uncovered-server-name", ERROR),
    "MG506": ("wrong-key-usage", ERROR),
    "MG507": ("certificate-not-valid", ERROR),
    "MG508": ("certificate-expires-soon", WARNING),
    "MG509": ("outlives-authority", WARNING),
    "MG510": ("weak-or-mixed-algorithm", ERROR),
    "MG511": ("config-names-missing-file", ERROR),
    "MG512": ("unknown-tls-entry", WARNING),
    "MG513": ("legacy-ca-file", ERROR),
    "MG514": ("unsealed-key-in-store", ERROR),
    "MG515": ("missing-recipient", ERROR),
    "MG516": ("secret-too-large", ERROR),
    "MG517": ("tampered-seal", ERROR),
    "MG518": ("sops-with-argocd", ERROR),
    "MG519": ("seal-needed", ERROR),
    "MG520": ("unopened-key", WARNING),
    "MG521": ("unpinned-authority", WARNING),
    "MG522": ("hubble-outside-bundle", WARNING),
    "MG523": ("incomplete-gitops", WARNING),
    "MG524": ("unused-tls-key", WARNING),
    "MG525": ("certificates-by-hook", WARNING),
    "MG526": ("private-key-in-values", ERROR),
    "MG527": ("secret-in-values", WARNING),
    "MG528": ("shared-key-path", WARNING),
    "MG601": ("unsupported-cilium-version", ERROR),
    "MG602": ("feature-not-in-version", ERROR),
    "MG603": ("feature-removed", ERROR),
    "MG604": ("unknown-chart-value", ERROR),
    "MG605": ("removed-chart-value", ERROR),
    "MG606": ("chart-value-contradicts-mesh", ERROR),
    "MG607": ("wrong-chart-value-kind", ERROR),
    "MG608": ("version-skew", WARNING),
    "MG609": ("incompatible-versions", ERROR),
    "MG610": ("auth-mode-mismatch", ERROR),
    "MG611": ("name-misread-by-chart", WARNING),
    "MG612": ("value-against-mesh", WARNING),
    "MG701": ("foreign-output", ERROR),
    "MG702": ("hand-edited-output", ERROR),
    "MG703": ("cluster-removal-not-allowed", ERROR),
    "MG704": ("private-key-in-output", ERROR),
    "MG901": ("ignored-finding-expired", WARNING),
}
GENERATED = dict(generated())
SECTIONS = ["Why it matters", "How to fix"]
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_each_code_has_the_name_and_the_severity_that_it_has_always_had() -> None:
    assert {rule.code: (rule.name, rule.severity) for rule in RULES} == CODES


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]

    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_each_file_of_checks_is_listed_in_order_of_codes() -> None:
    files = sorted(path.stem for path in Path(checks.__file__).parent.glob("mg*.py"))
    lists = (CHECKS, SERVICE_CHECKS, VOCABULARY_CHECKS, ENFORCEMENT_CHECKS, TLS_CHECKS, VALUE_CHECKS)
    listed = [[check.find.__module__.rpartition(".")[2] for check in some] for some in lists]

    assert listed == [sorted(names) for names in listed]
    assert sorted(name for names in listed for name in names) == files


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.rule.code)
def test_a_check_its_file_and_its_function_have_one_name(check: Check) -> None:
    rule, find, _ = check

    assert find.__name__ == rule.name.replace("-", "_")
    assert find.__module__ == f"meshgen.checks.{rule.code.lower()}_{find.__name__}"


@EACH_RULE
def test_each_code_has_a_failing_and_a_passing_example_and_its_report(rule: Rule) -> None:
    names = {path.name for path in (HERE / rule.code).iterdir()}

    assert {"fail.yaml", "fail"} & names
    assert {"pass.yaml", "pass"} & names
    assert "fail.txt" in names


def test_each_folder_of_examples_is_of_a_code() -> None:
    assert {path.name for path in HERE.iterdir() if re.fullmatch(r"MG\d+", path.name)} == set(CODES)


@EACH_RULE
def test_each_page_has_its_sections_in_order(rule: Rule) -> None:
    headings = re.findall(r"^## (.*)$", rule.doc, re.MULTILINE)
    parts = [part.strip() for part in re.split(r"^## .*$", rule.doc, flags=re.MULTILINE)]

    assert headings == SECTIONS
    assert all(parts)


@EACH_RULE
def test_each_summary_is_one_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"\S[^\n]*[^.\n]\.", rule.summary)
    assert ". " not in rule.summary


@EACH_RULE
def test_each_page_has_one_sentence_a_line(rule: Rule) -> None:
    for line in rule.doc.strip().splitlines():
        assert not re.search(r"[a-z)`]\. [A-Z]", line), line


@EACH_RULE
def test_each_page_is_complete_and_shows_the_example_with_its_report(rule: Rule, root: Path) -> None:
    page = (root / "docs" / "checks" / f"{rule.code}.md").read_text()
    report = (HERE / rule.code / "fail.txt").read_text().rstrip().splitlines()

    assert page.startswith(f"# {rule.code}: {rule.name}\n\n{rule.summary}\n")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [SECTIONS[0], "Fails", "Passes", SECTIONS[1]]
    assert report[0] in page
    assert ("cannot be ignored" in page.split("##")[0]) is not rule.ignorable


@EACH_RULE
def test_a_page_that_says_that_a_finding_cannot_be_ignored_is_right(rule: Rule) -> None:
    if "this finding cannot be ignored" in rule.doc:
        assert not rule.ignorable


@pytest.mark.parametrize("path", GENERATED, ids=str)
def test_each_generated_file_is_fresh(root: Path, path: Path) -> None:
    assert (root / path).read_text() == GENERATED[path], "run: make docs"


def test_there_is_no_page_without_a_code(root: Path) -> None:
    pages = {*(root / "docs" / "checks").glob("MG*.md"), *(root / "meshgen" / "pages").glob("MG*.md")}

    assert {path.stem for path in pages} == set(CODES)


@pytest.mark.parametrize("name", list(Commands.HELP))
def test_each_command_stands_in_the_reference_with_its_examples(root: Path, name: str) -> None:
    group = Commands(name="meshgen")
    command = group.get_command(click.Context(group), name)
    assert command is not None
    reference = (root / "docs" / "reference" / "cli.md").read_text()
    section = reference.split(f"## meshgen {name}\n")[1].split("\n## ")[0]

    assert f"Usage: meshgen {name} " in section
    assert "Examples:" in section
    assert all(
        option in section
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    )
