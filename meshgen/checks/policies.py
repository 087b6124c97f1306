"""The lists of the checks of policies, in code order; a mesh without any does not load them."""

from collections.abc import Callable, Iterator

from ..checking import Check
from ..diagnostics import Problem, Rule
from ..survey import Survey
from . import (
    mg309_duplicate_name,
    mg401_rejected_policy,
    mg402_unknown_workload,
    mg403_l7_parser_conflict,
    mg404_vulnerable_semantics,
    mg405_empty_list_opens,
    mg406_empty_ports_allow_nothing,
    mg407_peer_without_cluster,
    mg408_peer_without_namespace,
    mg409_wrong_kind_of_peer,
    mg410_dns_cut,
    mg411_implicit_isolation,
    mg412_dead_allow,
    mg413_halves_disagree,
    mg414_selects_nothing,
    mg415_allow_without_effect,
    mg416_shadowed_rule,
    mg417_over_broad_peer,
    mg418_ambiguous_named_port,
    mg419_service_port_is_not_target_port,
    mg420_l7_across_clusters_in_tunnel,
    mg421_host_network_workload,
    mg422_cluster_wide_subject,
    mg423_namespace_not_global,
    mg424_expired_rule,
    mg425_invalid_metadata,
    mg426_failed_expectation,
    mg427_deny_closes_direction,
    mg428_service_partly_reachable,
    mg429_unusable_policy_file,
)


def _of_policies(rule: Rule, find: Callable[[Survey], Iterator[Problem]]) -> Check:
    return Check(rule, find, of_policies=True)


VOCABULARY_CHECKS = (
    _of_policies(mg309_duplicate_name.RULE, mg309_duplicate_name.duplicate_name),
    Check(mg402_unknown_workload.RULE, mg402_unknown_workload.unknown_workload),
    Check(mg424_expired_rule.RULE, mg424_expired_rule.expired_rule),
    Check(mg425_invalid_metadata.RULE, mg425_invalid_metadata.invalid_metadata),
    Check(mg429_unusable_policy_file.RULE, mg429_unusable_policy_file.unusable_policy_file),
)
"""What can be said of policies as they are written; without them nothing can be compiled."""

ENFORCEMENT_CHECKS = (
    _of_policies(mg401_rejected_policy.RULE, mg401_rejected_policy.rejected_policy),
    _of_policies(mg403_l7_parser_conflict.RULE, mg403_l7_parser_conflict.l7_parser_conflict),
    _of_policies(mg404_vulnerable_semantics.RULE, mg404_vulnerable_semantics.vulnerable_semantics),
    _of_policies(mg405_empty_list_opens.RULE, mg405_empty_list_opens.empty_list_opens),
    _of_policies(
        mg406_empty_ports_allow_nothing.RULE, mg406_empty_ports_allow_nothing.empty_ports_allow_nothing
    ),
    _of_policies(mg407_peer_without_cluster.RULE, mg407_peer_without_cluster.peer_without_cluster),
    _of_policies(mg408_peer_without_namespace.RULE, mg408_peer_without_namespace.peer_without_namespace),
    _of_policies(mg409_wrong_kind_of_peer.RULE, mg409_wrong_kind_of_peer.wrong_kind_of_peer),
    _of_policies(mg410_dns_cut.RULE, mg410_dns_cut.dns_cut),
    _of_policies(mg411_implicit_isolation.RULE, mg411_implicit_isolation.implicit_isolation),
    _of_policies(mg412_dead_allow.RULE, mg412_dead_allow.dead_allow),
    _of_policies(mg413_halves_disagree.RULE, mg413_halves_disagree.halves_disagree),
    _of_policies(mg414_selects_nothing.RULE, mg414_selects_nothing.selects_nothing),
    _of_policies(mg415_allow_without_effect.RULE, mg415_allow_without_effect.allow_without_effect),
    _of_policies(mg416_shadowed_rule.RULE, mg416_shadowed_rule.shadowed_rule),
    _of_policies(mg417_over_broad_peer.RULE, mg417_over_broad_peer.over_broad_peer),
    _of_policies(mg418_ambiguous_named_port.RULE, mg418_ambiguous_named_port.ambiguous_named_port),
    _of_policies(
        mg419_service_port_is_not_target_port.RULE,
        mg419_service_port_is_not_target_port.service_port_is_not_target_port,
    ),
    _of_policies(
        mg420_l7_across_clusters_in_tunnel.RULE,
        mg420_l7_across_clusters_in_tunnel.l7_across_clusters_in_tunnel,
    ),
    _of_policies(mg421_host_network_workload.RULE, mg421_host_network_workload.host_network_workload),
    _of_policies(mg422_cluster_wide_subject.RULE, mg422_cluster_wide_subject.cluster_wide_subject),
    _of_policies(mg423_namespace_not_global.RULE, mg423_namespace_not_global.namespace_not_global),
    _of_policies(mg426_failed_expectation.RULE, mg426_failed_expectation.failed_expectation),
    _of_policies(mg427_deny_closes_direction.RULE, mg427_deny_closes_direction.deny_closes_direction),
    _of_policies(
        mg428_service_partly_reachable.RULE, mg428_service_partly_reachable.service_partly_reachable
    ),
)
"""What becomes of policies as Cilium enforces them."""
