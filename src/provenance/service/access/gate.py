"""The gate: who asks, whether they may, and whether they asked too often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provenance.errors import ConfigError
from provenance.service.access.caller import Caller, name_network
from provenance.service.access.keys import PREFIX, ApiKeys
from provenance.service.access.rates import Rates
from provenance.service.access.scopes import FOR_ALL, Scope
from provenance.service.refusals import ForbiddenError, UnauthenticatedError

if TYPE_CHECKING:
    from provenance.config import ServiceSection
    from provenance.service.access.tokens import Tokens


class Gate:
    """Admits callers by the section ``[service]`` of a config.

    Raises
    ------
    ConfigError
        A scope does not exist, or may not be given to everybody.
    """

    def __init__(self, section: ServiceSection) -> None:
        self._section = section
        self.public = _read_scopes(section.public)
        self._keys = ApiKeys(section.keys) if section.keys else None
        self._tokens = _open_tokens(section)
        self._rates = Rates()

    @property
    def offers_keys(self) -> bool:
        """Whether anybody can have a key or token."""
        return self._keys is not None or self._tokens is not None

    def admit(self, authorization: str | None, host: str | None, scope: Scope) -> Caller:
        """Return who asks, if they may.

        Raises
        ------
        UnauthenticatedError
            A key or token is needed, or does not count.
        ForbiddenError
            It does not allow this.
        RateError
            They asked too often.
        """
        network = name_network(host)
        caller = Caller("everybody", self.public)
        if authorization is not None:
            caller = self._identify(authorization, network)
        if scope not in caller.scopes | self.public:
            if caller.known:
                raise ForbiddenError(f"This key does not have the scope {scope}: ask for one.")
            raise UnauthenticatedError(f"This needs a key or token with the scope {scope}.")
        self._count(caller, network)
        return caller

    def _identify(self, authorization: str, network: str) -> Caller:
        scheme, _, credential = authorization.partition(" ")
        credential = credential.strip()
        found: Caller | None = None
        if scheme.lower() == "bearer" and credential.startswith(f"{PREFIX}_"):
            found = self._keys.find(credential, datetime.now(UTC)) if self._keys else None
        elif scheme.lower() == "bearer":
            found = self._tokens.find(credential) if self._tokens else None
        if not found:
            self._rates.take(f"refused {network}", self._section.anonymous_per_minute)
            raise UnauthenticatedError("The key or token does not count: get a new one.")
        return found

    def _count(self, caller: Caller, network: str) -> None:
        section = self._section
        if caller.known:
            self._rates.take(caller.name, section.key_per_minute)
        else:
            self._rates.take(network, section.anonymous_per_minute)


def _read_scopes(names: Iterable[str]) -> frozenset[Scope]:
    allowed = {scope.value: scope for scope in FOR_ALL}
    for name in names:
        if name not in allowed:
            raise ConfigError(
                f"The key public of [service] can't have {name!r}; use any of "
                f"{', '.join(sorted(allowed))}."
            )
    return frozenset(allowed[name] for name in names)


def _open_tokens(section: ServiceSection) -> Tokens | None:
    keys = section.oidc_keys or section.oidc_keys_address
    issuer, audience = section.oidc_issuer, section.oidc_audience
    if not any((keys, issuer, audience)):
        return None
    if not issuer or not audience or not keys:
        raise ConfigError(
            "Tokens need service.oidc_issuer, service.oidc_audience and one of service.oidc_keys "
            "and service.oidc_keys_address: set all three."
        )
    from provenance.service.access.tokens import Tokens

    return Tokens(issuer, audience, keys)
