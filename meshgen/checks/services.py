"""The list of the checks of services alone, in code order; a mesh without any does not load them."""

from ..checking import Check
from . import (
    mg302_duplicate_service,
    mg304_service_without_selector,
    mg305_duplicate_service_port,
    mg306_unnamed_service_port,
    mg307_global_service_in_one_cluster,
    mg308_backend_outside_clusters,
    mg310_shared_target_port,
    mg311_handwritten_mesh_annotation,
)

SERVICE_CHECKS = (
    Check(mg302_duplicate_service.RULE, mg302_duplicate_service.duplicate_service),
    Check(mg304_service_without_selector.RULE, mg304_service_without_selector.service_without_selector),
    Check(mg305_duplicate_service_port.RULE, mg305_duplicate_service_port.duplicate_service_port),
    Check(mg306_unnamed_service_port.RULE, mg306_unnamed_service_port.unnamed_service_port),
    Check(
        mg307_global_service_in_one_cluster.RULE,
        mg307_global_service_in_one_cluster.global_service_in_one_cluster,
    ),
    Check(mg308_backend_outside_clusters.RULE, mg308_backend_outside_clusters.backend_outside_clusters),
    Check(mg310_shared_target_port.RULE, mg310_shared_target_port.shared_target_port),
    Check(
        mg311_handwritten_mesh_annotation.RULE, mg311_handwritten_mesh_annotation.handwritten_mesh_annotation
    ),
)
