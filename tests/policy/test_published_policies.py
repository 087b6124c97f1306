"""No policy that has the published shape is refused, but where Cilium's own code does not take it."""

import pytest
from definitions import FOLDER
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from published import block, faults, policies

from meshgen.engine.cilium_policies import Context
from meshgen.engine.objects import read
from meshgen.engine.semantics import semantics

KINDS = ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy")
VERSIONS = ("1.14.19", "1.15.13", "1.16.6", "1.16.7", "1.17.0", "1.18.3", "1.19.4", "1.20.0")


@pytest.mark.skipif(not FOLDER.exists(), reason="MESHGEN_CRDS names a folder with the published definitions")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_what_is_refused_is_what_cilium_does_not_take(kind: str, version: str, data: st.DataObject) -> None:
    minor, patch = map(int, version.split(".")[1:])
    policy = data.draw(policies(kind, block(kind, version.rpartition(".")[0])))
    expected = sorted(set(faults(policy, minor, patch)))
    for fault in expected:
        event(fault)

    found = read(policy, Context("east", semantics(version), {})).refusals

    assert bool(found) is bool(expected), (found, expected)
