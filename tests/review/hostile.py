"""Names, labels and texts that would be more than text, if somebody let them."""

from typing import Any

from reviewed import changed, mesh, scene

from meshgen.engine.labels import pod
from meshgen.policy.objects import PolicyObject
from meshgen.review.files import file_changes
from meshgen.review.gates import Reason
from meshgen.review.located import Located
from meshgen.review.report import RefusedObject, review

IMAGE = "<img src=x onerror=boom()>"
SCRIPT = "</script><script>boom()</script>"
LINK = "javascript:boom()//[x](javascript:boom())"
QUOTES = "\" onmouseover='boom()' `${boom()}` <!-- --> &lt;b&gt; \u202e\u2028\x07"
HOSTILE = (IMAGE, SCRIPT, LINK, QUOTES)


def hostile() -> Located:
    """A review in which everything that can be named is hostile."""
    (base, base_places), (head, head_places) = scene(mesh()), scene(changed())
    for each in (base, head):
        for name, endpoint in list(each.pods.items()):
            each.pods[name] = endpoint._replace(name=f"{name}{IMAGE}{SCRIPT}")
        made = pod(LINK, cluster="cluster1", namespace=f"shop{IMAGE}", labels={SCRIPT: IMAGE})
        each.pods[LINK] = made._replace(name=LINK)
    for number, text in enumerate(HOSTILE):
        head.objects["cluster1"].append(_policy(text, number))
    files = file_changes({}, {f"cluster1/{IMAGE}": 1, SCRIPT: 2})
    found = review(base, head, names=(IMAGE, SCRIPT), files=files)
    refused = tuple(RefusedObject(each.place, text) for each in found.refused for text in HOSTILE)
    told = found._replace(mesh=SCRIPT, refused=(*found.refused, *refused), incomplete=IMAGE)
    failed = tuple(Reason(text, text) for text in HOSTILE)
    return Located(told, base_places, head_places, ("opened",), failed)


def _policy(text: str, number: int) -> PolicyObject:
    """An object with a hostile name, selector and requests."""
    rule: dict[str, Any] = {"fromEndpoints": [{"matchLabels": {"app": "web", f"k{text}": text}}]}
    if number % 2:
        path = {"http": [{"path": text}]}
        rule["toPorts"] = [{"ports": [{"port": "8081", "protocol": "TCP"}], "rules": path}]
    manifest = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": text, "namespace": "shop"},
        "spec": {"description": text, "endpointSelector": {"matchLabels": {"app": "api"}}, "ingress": [rule]},
    }
    return PolicyObject("cluster1", manifest, ("policy", "rules", 0), text, "raw")
