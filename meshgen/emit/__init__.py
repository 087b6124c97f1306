"""The list of all emitters; each turns the plan into documents."""

from collections.abc import Callable, Iterator

from ..plan.types import MeshPlan
from .agent_config import agent_config
from .agent_hosts import agent_hosts
from .apiserver_hosts import apiserver_hosts
from .argocd import argocd
from .ca_bundle import ca_bundle
from .certificates import certificates
from .chart_values import chart_values
from .document import Document
from .flux import flux
from .global_services import global_services
from .guides.gitops_guide import gitops_guide
from .guides.rollout_guide import rollout_guide
from .guides.verify_guide import verify_guide
from .helm_release import helm_release
from .kustomizations import kustomizations
from .mesh_service import mesh_service
from .namespaces import namespaces
from .operator_restart import operator_restart
from .peer_configs import peer_configs
from .policies import policies
from .remote_users import remote_users
from .script.apply_script import apply_script
from .sops_rules import sops_rules
from .tls_secrets import clear_tls_secrets, sealed_tls_secrets

Emitter = Callable[[MeshPlan], Iterator[Document]]

EMITTERS: tuple[Emitter, ...] = (
    mesh_service,
    global_services,
    policies,
    sealed_tls_secrets,
    sops_rules,
    peer_configs,
    remote_users,
    ca_bundle,
    certificates,
    kustomizations,
    agent_config,
    agent_hosts,
    apiserver_hosts,
    namespaces,
    operator_restart,
    chart_values,
    apply_script,
    verify_guide,
    rollout_guide,
    helm_release,
    argocd,
    flux,
    gitops_guide,
)
"""What the output tree is made of."""

SECRET_EMITTERS: tuple[Emitter, ...] = (clear_tls_secrets,)
"""What is written beside mesh.yaml and never into the output tree."""
