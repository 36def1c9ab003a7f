"""What each validation code means, in one sentence.

The codes are those of the C2PA specification (validation status codes), of CAWG's identity
assertion, of the SDK's own for it, and ours for what the SDK does not check.
"""

from __future__ import annotations

UNKNOWN_CODE = "This version has no sentence for this code; see the C2PA specification."
"""Said of a code that is not in ``SENTENCES``: specifications grow."""

UNCHECKED_TIME = "The time stamp is of an old kind, whose authority was not checked."
"""Said instead of ``timeStamp.trusted`` for manifests of the first C2PA version, since the SDK
trusts every authority that stamped one."""

# The claim, its signature and its signer.
_SIGNATURE = {
    "claimSignature.validated": "The signature over the claim is that of the certificate with it.",
    "claimSignature.insideValidity": "The claim was signed while the certificate was valid.",
    "claimSignature.outsideValidity": "The claim was signed while the certificate was not valid.",
    "claimSignature.mismatch": "The signature does not fit the claim: one of them was changed.",
    "claimSignature.missing": "The claim has no signature.",
    "claim.missing": "The manifest has no claim.",
    "claim.multiple": "The manifest has more than one claim.",
    "claim.cbor.invalid": "The claim is not well-formed.",
    "claim.malformed": "The claim lacks something that it must have, or has it in a wrong form.",
    "claim.hardBindings.missing": "Nothing ties the manifest to any file's bytes.",
    "claim.required.missing": "The claim lacks a required field.",
    "signingCredential.trusted": "The signer's certificate leads to an authority that is trusted.",
    "signingCredential.untrusted": "The signer's certificate does not lead to an authority that is "
    "trusted here; anyone can make such a certificate in any name.",
    "signingCredential.invalid": "The signer's certificate may not be used for this, or breaks the "
    "rules for such certificates.",
    "signingCredential.expired": "The signer's certificate has expired, and nothing proves that "
    "the signature is older.",
    "signingCredential.revoked": "The signer's certificate was revoked.",
    "signingCredential.ocsp.skipped": "The issuer was not asked whether the certificate is "
    "revoked; nobody is asked over the network.",
    "signingCredential.ocsp.notRevoked": "The issuer said that the certificate was not revoked.",
    "signingCredential.ocsp.revoked": "The issuer said that the certificate was revoked.",
    "signingCredential.ocsp.unknown": "The issuer does not know the certificate.",
    "signingCredential.ocsp.inaccessible": "The issuer could not be asked about revocation.",
    "provenance.dataHash.exclusions": "The hash that should tie it to the file holds, but leaves "
    "out more of the file than C2PA allows, so it does not count; others call that a changed file.",
    "provenance.signingCredential.unanchored": "By our own check the signer's certificate does not "
    "lead to an authority that is trusted for signers.",
    "provenance.signingCredential.revoked": "The signer's certificate, or one that it comes "
    "from, is on the user's list of revoked certificates.",
    "provenance.signingCredential.expired": "The signer's certificate has expired, and the "
    "user does not trust the authority whose time stamp would make up for that.",
    "algorithm.unsupported": "An algorithm is used that is not supported.",
    "algorithm.deprecated": "An algorithm is used that should no longer be used.",
}

# When the signature was there.
_TIME = {
    "timeStamp.validated": "A time-stamp authority attests when the signature was there.",
    "timeStamp.trusted": "The time-stamp authority is trusted.",
    "timeStamp.untrusted": "The time-stamp authority is not trusted here, so its time proves "
    "nothing.",
    "timeStamp.mismatch": "The time stamp belongs to another signature.",
    "timeStamp.malformed": "The time stamp can't be read.",
    "timeStamp.outsideValidity": "The time stamp was made while its authority's certificate was "
    "not valid.",
}

# What each of C2PA's hard bindings ties a manifest to.
_BINDINGS = {
    "dataHash": "The file's bytes",
    "bmffHash": "The file's boxes",
    "boxesHash": "The file's boxes",
    "collectionHash": "The collection's files",
}

# What the manifest states, and what it builds on.
_CONTENT = {
    "assertion.hashedURI.match": "An assertion is as it was when it was signed.",
    "assertion.hashedURI.mismatch": "An assertion was changed after signing.",
    "hashedURI.match": "Something referred to is as it was when it was signed.",
    "hashedURI.mismatch": "Something referred to was changed after signing.",
    "hashedURI.missing": "Something referred to is gone.",
    "assertion.missing": "An assertion that the claim lists is gone.",
    "assertion.required.missing": "Something that the manifest must have is missing, or it could "
    "not be loaded.",
    "assertion.undeclared": "There is an assertion that the claim does not list.",
    "assertion.inaccessible": "An assertion lies elsewhere and was not fetched.",
    "assertion.notRedacted": "An assertion that was to be removed is still there.",
    "assertion.selfRedacted": "The manifest claims to have removed an assertion of its own.",
    "assertion.outsideManifest": "The claim lists an assertion of another manifest.",
    "assertion.cbor.invalid": "An assertion is not well-formed.",
    "assertion.json.invalid": "An assertion is not well-formed.",
    "assertion.multipleHardBindings": "The manifest is tied to a file's bytes in two ways, where "
    "only one may be.",
    "provenance.action.when.unusable": "An action states a time that has no zone or can't be read.",
    "provenance.action.digitalSourceType.unknown": "An action states a kind of source that is in "
    "neither IPTC's vocabulary nor C2PA's.",
    "assertion.action.malformed": "The list of actions breaks the rules.",
    "assertion.action.ingredientMismatch": "An action names an ingredient that is not there, or "
    "of the wrong kind.",
    "assertion.action.softBindingMissing": "An action says that the picture was watermarked, but "
    "no soft binding says how.",
    "assertion.action.redacted": "The list of actions was removed, which is not allowed.",
    "assertion.action.redactionMismatch": "An action speaks of a removal that did not happen.",
    "assertion.ingredient.malformed": "An ingredient is described in a wrong form.",
    "assertion.timestamp.malformed": "An assertion with a time stamp can't be read.",
    "assertion.external-reference.malformed": "A reference elsewhere is in a wrong form.",
    "assertion.cloud-data.malformed": "A reference to data elsewhere is in a wrong form.",
    "assertion.cloud-data.hardBinding": "What ties the manifest to a file lies elsewhere, which "
    "is not allowed.",
    "assertion.cloud-data.actions": "The list of actions lies elsewhere, which is not allowed.",
    "ingredient.manifest.validated": "The manifest of an ingredient is the one that was named.",
    "ingredient.manifest.mismatch": "The manifest of an ingredient was changed afterwards.",
    "ingredient.manifest.missing": "The manifest of an ingredient is not there.",
    "ingredient.claimSignature.validated": "The signature of an ingredient is the one named.",
    "ingredient.claimSignature.mismatch": "The signature of an ingredient was changed afterwards.",
    "ingredient.claimSignature.missing": "The signature of an ingredient is not there.",
    "ingredient.unknownProvenance": "An ingredient has no manifest; nothing is known of it.",
    "manifest.inaccessible": "A manifest lies elsewhere and was not fetched.",
    "manifest.multipleParents": "The manifest names several parents.",
    "manifest.update.invalid": "An update of the manifest changes what updates may not.",
    "manifest.update.wrongParents": "An update does not name the one manifest that it updates.",
    "general.error": "The check failed for a reason that has no code of its own.",
}

# People and organisations whom the signer names.
_IDENTITY = {
    "cawg.identity.well-formed": "The identity assertion is well-formed.",
    "cawg.identity.cbor.invalid": "The identity assertion is not well-formed.",
    "cawg.identity.assertion.mismatch": "The identity speaks of an assertion that the claim does "
    "not have.",
    "cawg.identity.assertion.duplicate": "The identity names the same assertion twice.",
    "cawg.identity.hard_binding_missing": "The identity is not tied to the file's bytes.",
    "cawg.identity.sig_type.unknown": "The identity is signed in a way that is not known here.",
    "cawg.identity.pad.invalid": "The identity carries bytes where only padding may be.",
    "cawg.ica.credential_valid": "The credential of the person or organisation holds.",
    "cawg.ica.untrusted_issuer": "The issuer of the identity is not trusted here.",
    "cawg.ica.did_unavailable": "The issuer of the identity could not be looked up; nobody is "
    "asked over the network.",
    "cawg.ica.invalid_issuer": "The identity does not say in a usable way who issued it.",
    "cawg.ica.invalid_did_document": "What describes the identity's issuer can't be used.",
    "cawg.ica.invalid_verifiable_credential": "The identity's credential can't be read.",
    "cawg.ica.invalid_cose_sign1": "The identity's signature can't be read.",
    "cawg.ica.invalid_alg": "The identity's signature does not say how it was made, or says "
    "something unusable.",
    "cawg.ica.invalid_content_type": "The identity's signature is over something else than a "
    "credential.",
    "cawg.ica.signature_mismatch": "The identity's signature does not fit its credential.",
    "cawg.ica.signer_payload.mismatch": "The identity was issued for another manifest.",
    "cawg.ica.time_stamp.validated": "The identity's time stamp holds.",
    "cawg.ica.time_stamp.invalid": "The identity's time stamp does not fit it.",
    "cawg.ica.valid_from.missing": "The identity does not say from when it is valid.",
    "cawg.ica.valid_from.invalid": "The identity was not yet valid when it was used.",
    "cawg.ica.valid_until.invalid": "The identity was no longer valid when it was used.",
    "cawg.x509.signature.validated": "The identity's signature is that of the certificate with it.",
    "cawg.x509.signature.mismatch": "The identity's signature does not fit.",
    "cawg.x509.signature.outside_validity": "The identity was signed while its certificate was "
    "not valid.",
    "cawg.x509.credential.trusted": "The identity's certificate leads to a trusted authority.",
    "cawg.x509.credential.untrusted": "The identity's certificate does not lead to an authority "
    "that is trusted here.",
    "cawg.x509.credential.invalid": "The identity's certificate may not be used for this.",
    "cawg.x509.algorithm.unsupported": "The identity's signature uses an unsupported algorithm.",
    "provenance.cawg.identity.unreadable": "The manifest names somebody in a way that can't be "
    "read.",
}


def _about_bindings() -> dict[str, str]:
    """Write the sentences about hard bindings, one set for each kind."""
    said: dict[str, str] = {}
    for kind, what in _BINDINGS.items():
        said |= {
            f"assertion.{kind}.match": f"{what} are those that were signed.",
            f"assertion.{kind}.mismatch": f"{what} are not those that were signed.",
            f"assertion.{kind}.malformed": f"{what} can't be compared with those that were "
            "signed: the assertion about them breaks the rules.",
            f"assertion.{kind}.additionalExclusionsPresent": "The signature leaves out more of "
            "the file than the manifest itself; that part can be changed unnoticed.",
        }
    return said


SENTENCES = {**_SIGNATURE, **_TIME, **_about_bindings(), **_CONTENT, **_IDENTITY}
"""What each code means."""


def explain_code(code: str) -> str:
    """Say what a code means."""
    return SENTENCES.get(code, UNKNOWN_CODE)
