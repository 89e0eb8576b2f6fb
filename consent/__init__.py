"""Recorded, scoped, revocable consent, and the proof of it in every output."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consent.challenge import Challenge as Challenge
    from consent.core import Policy as Policy
    from consent.core import Status as Status
    from consent.errors import ConsentError as ConsentError
    from consent.errors import ConsentRefused as ConsentRefused
    from consent.errors import ProvenanceError as ProvenanceError
    from consent.errors import RegistryDamaged as RegistryDamaged
    from consent.errors import RegistryError as RegistryError
    from consent.lease import PermitLease as PermitLease
    from consent.permit import Permit as Permit
    from consent.provenance import sign_output as sign_output
    from consent.record import DEFAULT_PURPOSES as DEFAULT_PURPOSES
    from consent.record import Check as Check
    from consent.record import ConsentRecord as ConsentRecord
    from consent.record import Kind as Kind
    from consent.record import Purpose as Purpose
    from consent.registry import Registry as Registry
    from consent.registry import Subject as Subject
    from consent.sequence import sign_sequence as sign_sequence
    from consent.verification import Verification as Verification
    from consent.verification import VerificationState as VerificationState
    from consent.verification import verify_output as verify_output

_HOMES = {
    "Challenge": "challenge",
    "Check": "record",
    "ConsentError": "errors",
    "ConsentRecord": "record",
    "ConsentRefused": "errors",
    "DEFAULT_PURPOSES": "record",
    "Kind": "record",
    "Permit": "permit",
    "PermitLease": "lease",
    "Policy": "core",
    "ProvenanceError": "errors",
    "Purpose": "record",
    "Registry": "registry",
    "RegistryDamaged": "errors",
    "RegistryError": "errors",
    "Status": "core",
    "Subject": "registry",
    "Verification": "verification",
    "VerificationState": "verification",
    "sign_output": "provenance",
    "sign_sequence": "sequence",
    "verify_output": "verification",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import a public name where it lives, when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'consent' has no attribute {name!r}")
    return getattr(importlib.import_module(f"consent.{_HOMES[name]}"), name)
