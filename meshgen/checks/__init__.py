"""The list of all checks, in code order."""

from ..checking import Check
from . import (
    mg201_duplicate_cluster_name,
    mg202_duplicate_cluster_id,
    mg203_overlapping_pod_cidrs,
    mg204_duplicate_node_ip,
    mg205_overlapping_node_cidrs,
    mg206_node_in_pod_cidr,
    mg207_service_ip_in_pod_cidr,
    mg208_duplicate_service_ip,
    mg209_cluster_id_out_of_range,
    mg210_invalid_cluster_name,
    mg211_unsafe_cluster_id,
    mg212_cidr_host_bits,
    mg213_too_many_clusters,
    mg214_mixed_datapath,
    mg215_native_routing_cidr_gap,
    mg216_service_cidr_overlap,
    mg217_unknown_nodes,
    mg218_unusable_address,
    mg219_mixed_encryption,
    mg220_node_ip_outside_node_cidrs,
    mg221_single_cluster,
    mg222_no_service_address,
    mg223_service_ip_in_foreign_node_cidr,
    mg301_unknown_cluster,
    mg302_duplicate_service,
    mg303_empty_selection,
    mg304_service_without_selector,
    mg305_duplicate_service_port,
    mg306_unnamed_service_port,
    mg307_global_service_in_one_cluster,
    mg308_backend_outside_clusters,
    mg601_unsupported_cilium_version,
    mg602_feature_not_in_version,
)

CHECKS = (
    Check(mg201_duplicate_cluster_name.RULE, mg201_duplicate_cluster_name.duplicate_cluster_name),
    Check(mg202_duplicate_cluster_id.RULE, mg202_duplicate_cluster_id.duplicate_cluster_id),
    Check(mg203_overlapping_pod_cidrs.RULE, mg203_overlapping_pod_cidrs.overlapping_pod_cidrs),
    Check(mg204_duplicate_node_ip.RULE, mg204_duplicate_node_ip.duplicate_node_ip),
    Check(mg205_overlapping_node_cidrs.RULE, mg205_overlapping_node_cidrs.overlapping_node_cidrs),
    Check(mg206_node_in_pod_cidr.RULE, mg206_node_in_pod_cidr.node_in_pod_cidr),
    Check(mg207_service_ip_in_pod_cidr.RULE, mg207_service_ip_in_pod_cidr.service_ip_in_pod_cidr),
    Check(mg208_duplicate_service_ip.RULE, mg208_duplicate_service_ip.duplicate_service_ip),
    Check(
        mg209_cluster_id_out_of_range.RULE, mg209_cluster_id_out_of_range.cluster_id_out_of_range
    ),
    Check(mg210_invalid_cluster_name.RULE, mg210_invalid_cluster_name.invalid_cluster_name),
    Check(mg211_unsafe_cluster_id.RULE, mg211_unsafe_cluster_id.unsafe_cluster_id),
    Check(mg212_cidr_host_bits.RULE, mg212_cidr_host_bits.cidr_host_bits),
    Check(mg213_too_many_clusters.RULE, mg213_too_many_clusters.too_many_clusters),
    Check(mg214_mixed_datapath.RULE, mg214_mixed_datapath.mixed_datapath),
    Check(
        mg215_native_routing_cidr_gap.RULE, mg215_native_routing_cidr_gap.native_routing_cidr_gap
    ),
    Check(mg216_service_cidr_overlap.RULE, mg216_service_cidr_overlap.service_cidr_overlap),
    Check(mg217_unknown_nodes.RULE, mg217_unknown_nodes.unknown_nodes),
    Check(mg218_unusable_address.RULE, mg218_unusable_address.unusable_address),
    Check(mg219_mixed_encryption.RULE, mg219_mixed_encryption.mixed_encryption),
    Check(
        mg220_node_ip_outside_node_cidrs.RULE,
        mg220_node_ip_outside_node_cidrs.node_ip_outside_node_cidrs,
    ),
    Check(mg221_single_cluster.RULE, mg221_single_cluster.single_cluster),
    Check(mg222_no_service_address.RULE, mg222_no_service_address.no_service_address),
    Check(
        mg223_service_ip_in_foreign_node_cidr.RULE,
        mg223_service_ip_in_foreign_node_cidr.service_ip_in_foreign_node_cidr,
    ),
    Check(mg301_unknown_cluster.RULE, mg301_unknown_cluster.unknown_cluster),
    Check(mg302_duplicate_service.RULE, mg302_duplicate_service.duplicate_service),
    Check(mg303_empty_selection.RULE, mg303_empty_selection.empty_selection),
    Check(
        mg304_service_without_selector.RULE, mg304_service_without_selector.service_without_selector
    ),
    Check(mg305_duplicate_service_port.RULE, mg305_duplicate_service_port.duplicate_service_port),
    Check(mg306_unnamed_service_port.RULE, mg306_unnamed_service_port.unnamed_service_port),
    Check(
        mg307_global_service_in_one_cluster.RULE,
        mg307_global_service_in_one_cluster.global_service_in_one_cluster,
    ),
    Check(
        mg308_backend_outside_clusters.RULE, mg308_backend_outside_clusters.backend_outside_clusters
    ),
    Check(
        mg601_unsupported_cilium_version.RULE,
        mg601_unsupported_cilium_version.unsupported_cilium_version,
    ),
    Check(mg602_feature_not_in_version.RULE, mg602_feature_not_in_version.feature_not_in_version),
)
