"""Who asks: somebody with a key or a token, or somebody from an address."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from provenance.service.access.scopes import Scope

IPV6_NETWORK = 64
"""Bits: a household or server is given a network of this size, and chooses addresses in it."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as logs name it, and what is allowed; ``known`` is false without a key or token."""

    name: str
    scopes: frozenset[Scope] = field(default=frozenset())
    known: bool = False


def name_network(host: str | None) -> str:
    """Return what stands for an address where requests are counted."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)
