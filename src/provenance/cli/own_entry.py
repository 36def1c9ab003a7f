"""A producer's own directory entry, from its config: number, keys, models, and who certified it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provenance.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.config import Config
    from provenance.directory import DirectoryModel, DirectoryProducer, KeyUse
    from provenance.manifest import Trust


def find(config: Config) -> DirectoryProducer:
    """Return the entry in the config's directory, or a new one, with the present models and keys.

    Raises
    ------
    ConfigError
        The config names no producer.
    """
    from provenance.directory import bind_keys

    entry = replace(_find_entry(config), models=_list_models(config))
    return bind_keys(entry, _list_keys(config), datetime.now(UTC))


def _list_keys(config: Config) -> dict[KeyUse, bytes]:
    """List the keys that sign the log and the responses now."""
    from provenance.certificates import encode_public_key, load_pem_chain
    from provenance.directory import KeyUse

    log, responder = config.load_log_key(), config.open_responder()
    found = {KeyUse.LOG: log.spki} if log else {}
    if responder is not None:
        leaf = load_pem_chain(responder.certificate_chain)[0]
        found[KeyUse.RESPONSE] = encode_public_key(leaf)
    return found


def _find_entry(config: Config) -> DirectoryProducer:
    """Return the producer's entry in the config's directory, or begin one."""
    if config.producer is None:
        raise ConfigError(
            "The config has no [producer], so there is no entry to publish: add that section."
        )
    from provenance.certificates import load_pem_chain

    chain = load_pem_chain(config.open_signer().certificate_chain)
    trust, known = config.load_trust(), config.load_directory()
    own = known and known.find_bound(
        config.producer.number, trust.describe(chain, datetime.now(UTC))
    )
    if own:
        return _bring_authority(own.entry, (*chain, *trust.certificates))
    return _begin_entry(chain, trust, config.producer.name, config.producer.number)


def _begin_entry(
    chain: Sequence[Certificate], trust: Trust, name: str, number: int
) -> DirectoryProducer:
    """Begin an entry, bound to whatever the signer's authority issues to this name.

    Without a known authority it is bound to the one certificate.
    """
    from provenance.directory import CertificateBinding, DirectoryProducer, IssuerBinding

    described = trust.describe(chain, datetime.now(UTC))
    subject = chain[0].subject.rfc4514_string()
    binding = (
        IssuerBinding(described.issuers[0], subject)
        if described.issuers
        else CertificateBinding(described.sha256)
    )
    begins = chain[0].not_valid_before_utc
    entry = DirectoryProducer(number, name, "none given", binding, valid_from=begins)
    return _bring_authority(entry, (*chain, *trust.certificates))


def _bring_authority(
    entry: DirectoryProducer, certificates: Iterable[Certificate]
) -> DirectoryProducer:
    """Put the authority that an entry binds into it, if it is one of these certificates."""
    from provenance.certificates import hash_certificate, to_pem
    from provenance.directory import IssuerBinding

    if entry.authority or not isinstance(entry.binding, IssuerBinding):
        return entry
    issuer = entry.binding.sha256
    found = (to_pem(each).decode() for each in certificates if hash_certificate(each) == issuer)
    return replace(entry, authority=next(found, None))


def _list_models(config: Config) -> tuple[DirectoryModel, ...]:
    """List the models that the registry has numbered."""
    from provenance.directory import DirectoryModel

    number = config.producer.number if config.producer else 0
    with config.open_registry(read_only=True) as registry:
        known = registry.models(number)
    return tuple(DirectoryModel(model.number, model.model, model.version) for model in known)
