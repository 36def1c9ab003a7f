"""Scopes: what a key or token allows."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One thing that callers may do; the values are part of the interface."""

    VERIFY = "verify"
    STAMP = "stamp"
    RESPONSES = "responses"
    TRACE = "trace"
    ACCOUNTS = "accounts"
    MANIFESTS = "fetch:manifests"  # the name in C2PA's Soft Binding Resolution API
    METRICS = "metrics"


FOR_ALL = frozenset({Scope.VERIFY, Scope.RESPONSES, Scope.MANIFESTS, Scope.METRICS})
"""Scopes that may be given to everybody, without a key; the others write or tell of persons."""
