"""The C2PA SDK, and the only file that imports it.

It is loaded on first use. Contexts are kept per process, since one made before a fork is dead in
the child. Every error of the SDK leaves here as one of ours. We rely on some of the SDK's behaviour
and work around other; tests/contract/test_sdk_facts.py pins both.
"""

from __future__ import annotations

import io
import json
import os
from functools import lru_cache
from typing import Any

from provenance.containers import STORE_MARK, find_container, is_store
from provenance.errors import ManifestDamagedError, ManifestNotFoundError, ProvenanceError
from provenance.manifest import cbor_limits, jumbf
from provenance.manifest.assertions import PARENT_ID
from provenance.manifest.sdk_errors import (
    is_container_trouble,
    translate_parent_error,
    translate_reading_error,
    translate_signer_error,
    translate_signing_error,
)
from provenance.manifest.trust import Trust, TrustList
from provenance.signers import LocalSigner, Signer

STORE_MIME = "application/c2pa"
"""The type of a manifest store by itself."""

_STORE = "parent.c2pa"  # what a parent's store is called within a definition; any name does
# How the SDK says, instead of giving a report, that it met a box where it wants another kind, and
# that nothing ties a manifest to a file.
_STUMBLED, _UNBOUND = "required JUMBF box not found", "claim missing hard binding"
# How it says that what it signed fails for want of a manifest that the parent builds on.
_PARENT_FAILS = "Verify: manifest failed validation with: failures:\n  ingredient."
# What a file has to hold somewhere if it has a manifest or points to one. The SDK, which reads many
# formats of its own, is not asked about others: some of them cost it a second per megabyte.
_HINTS = (b"c2pa", b"C2PA", STORE_MARK, b"provenance")
_MAX_CONTEXTS = 8  # kept at once: a process has one trust or two, with and without identities


def load() -> None:
    """Load the SDK before it is used; that starts no thread."""
    import c2pa  # noqa: F401


def read(
    data: bytes,
    mime: str,
    trust: Trust,
    store: bytes | None = None,
    *,
    identities: bool = False,
) -> tuple[dict[str, Any], bytes]:
    """Validate the manifest of a file; return the SDK's JSON report, and the manifest store.

    The file may be a manifest store by itself. With ``identities``, what the manifest says about
    people is decoded too, as far as that works without a network.

    Raises
    ------
    ManifestNotFoundError
        There is no manifest.
    ManifestRemoteError
        There is only a pointer to one.
    ManifestDamagedError
        There is one that can't be read.
    """
    import c2pa

    from provenance.imaging import recognise  # with Pillow, which trust alone does not need

    if is_store(data):
        mime = STORE_MIME
    elif store is None and not recognise(data) and not any(each in data for each in _HINTS):
        raise ManifestNotFoundError("Nothing in the file looks like Content Credentials.")
    seen, checked = cbor_limits.check_lengths(data if store is None else store)
    if store is None:
        data, embedded = seen, checked
    else:
        embedded = store
    try:
        return _report(mime, data, embedded, trust, identities)
    except c2pa.C2paError as error:
        if store is not None and is_container_trouble(str(error)):
            # A recovered store is good whatever the SDK thinks of the picture that led to it.
            return read(store, STORE_MIME, trust, identities=identities)
        raise translate_reading_error(str(error), data) from error


def _report(
    mime: str, data: bytes, store: bytes | None, trust: Trust, identities: bool
) -> tuple[dict[str, Any], bytes]:
    """Ask the SDK; where it gives up on what others read, ask again in a way that it can answer."""
    import c2pa

    context = _context(os.getpid(), trust, identities)
    try:
        return _ask(mime, data, store, context)
    except c2pa.C2paError as error:
        message = str(error)
        if _STUMBLED in message and (less := _drop_ignored(data, store)) is not None:
            return _report(mime, data, less, trust, identities)
        if _UNBOUND not in message:
            raise
    unchecked = _context(os.getpid(), trust, identities, validates=False)
    report, raw = _ask(mime, data, store, unchecked)
    address = f"self#jumbf=/c2pa/{report.get('active_manifest')}/"
    missing = {"code": "claim.hardBindings.missing", "url": address}
    found = {"success": [], "informational": [], "failure": [missing]}
    return report | {"validation_results": {"activeManifest": found}}, raw


def _ask(mime: str, data: bytes, store: bytes | None, context: Any) -> tuple[dict[str, Any], bytes]:
    import c2pa

    with c2pa.Reader(mime, io.BytesIO(data), store, context=context) as reader:
        try:
            report = json.loads(reader.json())
        except (ValueError, RecursionError) as error:
            raise ManifestDamagedError("The Content Credentials can't be read as JSON.") from error
        # The address of a manifest gives its store, with the manifests it builds on.
        raw = io.BytesIO()
        reader.resource_to_stream(f"self#jumbf=/c2pa/{report.get('active_manifest')}", raw)
        return report, raw.getvalue()


def _drop_ignored(data: bytes, store: bytes | None) -> bytes | None:
    """Return the store without what the SDK stumbles over, None if there is nothing of the kind."""
    try:
        if store is None:
            container = find_container(data)
            store = data if is_store(data) else container.extract(data) if container else None
        less = None if store is None else jumbf.drop_ignored(store)
    except (ValueError, ProvenanceError):
        return None
    return None if less == store else less


def sign(
    definition: dict[str, Any],
    data: bytes,
    mime: str,
    signer: Signer,
    parent: tuple[bytes, str, bytes | None] | None = None,
    authority: str | None = None,
    *,
    roomy: bool = False,
) -> tuple[bytes, bytes]:
    """Sign ``data`` and verify the result; return the signed file and its manifest store.

    ``parent`` is a file, its type, and its store if that is not in the file. ``authority`` is the
    address that is asked for a time stamp. A ``roomy`` signature has 9 KB of padding. See
    ``writing.sign`` for what is raised.
    """
    import c2pa

    relay = _Relay(signer)
    signed = io.BytesIO()
    context = _context(os.getpid(), Trust.none(), False)
    builder = None
    try:
        builder = _builder(c2pa, context, definition, parent)
        with _native_signer(c2pa, relay, authority, roomy) as native:
            store = bytes(builder.sign(native, mime, io.BytesIO(data), signed))
    except c2pa.C2paError as error:
        if relay.error is not None:
            raise translate_signer_error(relay.error) from relay.error
        if parent is not None and str(error).startswith(_PARENT_FAILS):
            raise translate_parent_error(str(error), mime) from error
        raise translate_signing_error(str(error), mime, signer, authority) from error
    finally:
        if builder is not None:
            builder.close()
    return signed.getvalue(), store


@lru_cache(maxsize=_MAX_CONTEXTS)
def _context(
    process: int,  # noqa: ARG001 - tells a child from its parent
    trust: Trust,
    identities: bool,
    *,
    validates: bool = True,
) -> Any:
    """Make the SDK's settings for one process and trust."""
    import c2pa

    settings = _settings(trust, identities)
    settings["verify"]["verify_after_reading"] = validates
    return c2pa.Context(c2pa.Settings.from_dict(settings))


def _settings(trust: Trust, identities: bool) -> dict[str, Any]:
    ekus = "\n".join(trust.ekus)

    def anchors(kind: str, source: TrustList) -> dict[str, str]:
        return {"trust_anchors": source.pem, "trust_kind": kind, "trust_config": ekus}

    return {
        "core": {
            # An identity assertion may name a web host that the SDK would ask while reading, so the
            # file would choose which hosts this machine talks to. The empty list forbids traffic.
            "decode_identity_assertions": identities,
            "allowed_network_hosts": [],
        },
        "trust": {
            "anchors": [
                *(anchors("manifest", source) for source in trust.anchors),
                *(anchors("manifest", each.source) for each in trust.scoped),
                *(anchors("tsa", source) for source in trust.tsa_anchors),
            ],
            "trust_config": ekus,
        },
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        # A thumbnail takes fifty times as long as signing, and a manifest must not hold pixels.
        # Padding is signed too: the standard does not leave it out, and somebody may fill it later.
        "builder": {
            "thumbnail": {"enabled": False},
            "bmff_hash_exclude_free_and_skip_boxes": False,
        },
    }


def _builder(
    c2pa: Any,
    context: Any,
    definition: dict[str, Any],
    parent: tuple[bytes, str, bytes | None] | None,
) -> Any:
    if parent is None:
        return c2pa.Builder(definition, context)
    data, mime, store = parent
    stated = definition["ingredients"]
    ingredient = next(item for item in stated if item["label"] == PARENT_ID) | {"format": mime}
    others = [item for item in stated if item["label"] != PARENT_ID]
    if store is None:
        builder = c2pa.Builder({**definition, "ingredients": others}, context)
        try:
            builder.add_ingredient(ingredient, mime, io.BytesIO(data))
            return builder
        except c2pa.C2paError as error:
            builder.close()
            if not any(each in str(error) for each in (_STUMBLED, _UNBOUND)):
                raise translate_parent_error(str(error), mime) from error
    # ``read`` gets along with what the SDK gave up on.
    report, raw = read(data, mime, Trust.none(), store)
    ingredient |= {
        "active_manifest": report["active_manifest"],
        "validation_results": report.get("validation_results"),
        "manifest_data": {"format": STORE_MIME, "identifier": _STORE},
    }
    builder = c2pa.Builder({**definition, "ingredients": [ingredient, *others]}, context)
    builder.add_resource(_STORE, io.BytesIO(raw))
    return builder


class _Relay:
    """Passes data to a signer, and keeps the error that the SDK would lose."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.error: Exception | None = None

    def __call__(self, data: bytes) -> bytes:
        try:
            return self.signer.sign(data)
        except Exception as error:  # noqa: BLE001 - raised again by ``sign``
            self.error = error
            return b""


def _native_signer(c2pa: Any, relay: _Relay, authority: str | None, roomy: bool) -> Any:
    """Give the SDK a local key, which makes manifests 9 KB smaller, or else a callback."""
    signer = relay.signer
    if isinstance(signer, LocalSigner) and not roomy:
        info = c2pa.C2paSignerInfo(
            signer.algorithm.encode(),
            signer.certificate_chain,
            signer.private_key_pem(),
            authority.encode() if authority else None,
        )
        return c2pa.Signer.from_info(info)
    algorithm = c2pa.C2paSigningAlg[signer.algorithm.upper()]
    return c2pa.Signer.from_callback(relay, algorithm, signer.certificate_chain.decode(), authority)
