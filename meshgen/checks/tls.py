"""The list of the checks of TLS material, in code order; a mesh without any does not load them."""

from ..checking import Check
from . import (
    mg501_tls_file_missing,
    mg502_unreadable_tls_file,
    mg503_key_certificate_mismatch,
    mg504_untrusted_certificate,
    mg505_uncovered_server_name,
    mg506_wrong_key_usage,
    mg507_certificate_not_valid,
    mg508_certificate_expires_soon,
    mg509_outlives_authority,
    mg510_weak_or_mixed_algorithm,
    mg511_config_names_missing_file,
    mg512_unknown_tls_entry,
    mg513_legacy_ca_file,
    mg514_unsealed_key_in_store,
    mg515_missing_recipient,
    mg516_secret_too_large,
    mg517_tampered_seal,
    mg520_unopened_key,
)

TLS_CHECKS = (
    Check(mg501_tls_file_missing.RULE, mg501_tls_file_missing.tls_file_missing),
    Check(mg502_unreadable_tls_file.RULE, mg502_unreadable_tls_file.unreadable_tls_file),
    Check(mg503_key_certificate_mismatch.RULE, mg503_key_certificate_mismatch.key_certificate_mismatch),
    Check(mg504_untrusted_certificate.RULE, mg504_untrusted_certificate.untrusted_certificate),
    Check(mg505_uncovered_server_name.RULE, mg505_uncovered_server_name.uncovered_server_name),
    Check(mg506_wrong_key_usage.RULE, mg506_wrong_key_usage.wrong_key_usage),
    Check(mg507_certificate_not_valid.RULE, mg507_certificate_not_valid.certificate_not_valid),
    Check(mg508_certificate_expires_soon.RULE, mg508_certificate_expires_soon.certificate_expires_soon),
    Check(mg509_outlives_authority.RULE, mg509_outlives_authority.outlives_authority),
    Check(mg510_weak_or_mixed_algorithm.RULE, mg510_weak_or_mixed_algorithm.weak_or_mixed_algorithm),
    Check(mg511_config_names_missing_file.RULE, mg511_config_names_missing_file.config_names_missing_file),
    Check(mg512_unknown_tls_entry.RULE, mg512_unknown_tls_entry.unknown_tls_entry),
    Check(mg513_legacy_ca_file.RULE, mg513_legacy_ca_file.legacy_ca_file),
    Check(mg514_unsealed_key_in_store.RULE, mg514_unsealed_key_in_store.unsealed_key_in_store),
    Check(mg515_missing_recipient.RULE, mg515_missing_recipient.missing_recipient),
    Check(mg516_secret_too_large.RULE, mg516_secret_too_large.secret_too_large),
    Check(mg517_tampered_seal.RULE, mg517_tampered_seal.tampered_seal),
    Check(mg520_unopened_key.RULE, mg520_unopened_key.unopened_key),
)
