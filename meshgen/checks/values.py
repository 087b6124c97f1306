"""The list of the checks of `helmValues`, in code order; a mesh without any does not load them."""

from ..checking import Check
from . import (
    mg526_private_key_in_values,
    mg527_secret_in_values,
    mg604_unknown_chart_value,
    mg605_removed_chart_value,
    mg606_chart_value_contradicts_mesh,
    mg607_wrong_chart_value_kind,
    mg612_value_against_mesh,
)

VALUE_CHECKS = (
    Check(mg526_private_key_in_values.RULE, mg526_private_key_in_values.private_key_in_values),
    Check(mg527_secret_in_values.RULE, mg527_secret_in_values.secret_in_values),
    Check(mg604_unknown_chart_value.RULE, mg604_unknown_chart_value.unknown_chart_value),
    Check(mg605_removed_chart_value.RULE, mg605_removed_chart_value.removed_chart_value),
    Check(
        mg606_chart_value_contradicts_mesh.RULE,
        mg606_chart_value_contradicts_mesh.chart_value_contradicts_mesh,
    ),
    Check(mg607_wrong_chart_value_kind.RULE, mg607_wrong_chart_value_kind.wrong_chart_value_kind),
    Check(mg612_value_against_mesh.RULE, mg612_value_against_mesh.value_against_mesh),
)
