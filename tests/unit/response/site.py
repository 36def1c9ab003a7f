"""A producer's registry with one record, and the keys that its directory entry binds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from provenance.accounts import AccountKey
from provenance.certificates import (
    describe,
    encode_public_key,
    hash_certificate,
    load_pem_chain,
)
from provenance.directory import (
    CertificateBinding,
    Directory,
    DirectoryProducer,
    KeyUse,
    bind_keys,
)
from provenance.registry import Registry, open_registry
from provenance.response import Responder
from provenance.signers import LogKey, Signer, development, pem_file
from provenance.stamp_id import StampId
from tests.unit.registry.records import record as make_record

NOW = datetime.now(UTC)
NUMBER = 524_289
STORE = b"a manifest store"


@dataclass(frozen=True)
class Site:
    """A producer that answers."""

    signer: Signer
    responder: Signer
    anchors: tuple[x509.Certificate, ...]
    registry: Registry
    entry: DirectoryProducer
    account_key: AccountKey
    known: StampId
    unknown: StampId

    @property
    def directory(self) -> Directory:
        return Directory([self.entry])

    def answers(self, *requesters: x509.Certificate) -> Responder:
        return Responder(self.registry, requesters, self.account_key)


def open_site(folder: Path) -> Site:
    keys = development.create("Example AI")
    log = LogKey.generate()
    (folder / "log.pem").write_bytes(log.to_pem())
    registry = open_registry("sqlite:///stamps.db", folder / "log.pem", create=True, base=folder)
    record = replace(make_record(1), stamp_id=StampId(f"1{NUMBER:05x}{1:018x}"))
    account_key = AccountKey.generate()
    sealed = account_key.seal("jane@example.org", record.stamp_id)
    registry.append(record, STORE, sealed)
    signer = pem_file.load(keys.signer, keys.signer)
    responder = pem_file.load(keys.responder, keys.responder)
    leaf = load_pem_chain(signer.certificate_chain)[0]
    entry = DirectoryProducer(
        NUMBER,
        "Example AI",
        "abuse@example.com",
        CertificateBinding(hash_certificate(leaf)),
        NOW - timedelta(days=30),
    )
    present = {
        KeyUse.LOG: log.public.spki,
        KeyUse.RESPONSE: encode_public_key(load_pem_chain(responder.certificate_chain)[0]),
    }
    unknown = StampId(record.stamp_id[:-4] + "ffff")
    anchors = load_pem_chain(keys.authority)
    assert describe(load_pem_chain(signer.certificate_chain), anchors).anchored
    bound = bind_keys(entry, present, NOW)
    return Site(signer, responder, anchors, registry, bound, account_key, record.stamp_id, unknown)
