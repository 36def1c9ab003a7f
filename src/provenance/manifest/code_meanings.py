"""What each validation code means, in one sentence.

The codes are those of the C2PA specification (validation status codes), of CAWG's identity
assertion, of the SDK's own for it, and ours for what the SDK does not check.
"""

from __future__ import annotations

from provenance.language import Message, message

UNKNOWN_CODE = message("This version has no sentence for this code; see the C2PA specification.")
"""Said of a code that is not in ``SENTENCES``: specifications grow."""

UNCHECKED_TIME = message("The time stamp is of an old kind, whose authority was not checked.")
"""Said instead of ``timeStamp.trusted`` for manifests of the first C2PA version, since the SDK
trusts every authority that stamped one."""

# The claim, its signature and its signer.
_SIGNATURE = {
    "claimSignature.validated": message(
        "The signature over the claim is that of the certificate with it."
    ),
    "claimSignature.insideValidity": message(
        "The claim was signed while the certificate was valid."
    ),
    "claimSignature.outsideValidity": message(
        "The claim was signed while the certificate was not valid."
    ),
    "claimSignature.mismatch": message(
        "The signature does not fit the claim: one of them was changed."
    ),
    "claimSignature.missing": message("The claim has no signature."),
    "claim.missing": message("The manifest has no claim."),
    "claim.multiple": message("The manifest has more than one claim."),
    "claim.cbor.invalid": message("The claim is not well-formed."),
    "claim.malformed": message(
        "The claim lacks something that it must have, or has it in a wrong form."
    ),
    "claim.hardBindings.missing": message("Nothing ties the manifest to any file's bytes."),
    "claim.required.missing": message("The claim lacks a required field."),
    "signingCredential.trusted": message(
        "The signer's certificate leads to an authority that is trusted."
    ),
    "signingCredential.untrusted": message(
        "The signer's certificate does not lead to an authority that is "
        "trusted here; anyone can make such a certificate in any name."
    ),
    "signingCredential.invalid": message(
        "The signer's certificate may not be used for this, or breaks the "
        "rules for such certificates."
    ),
    "signingCredential.expired": message(
        "The signer's certificate has expired, and nothing proves that the signature is older."
    ),
    "signingCredential.revoked": message("The signer's certificate was revoked."),
    "signingCredential.ocsp.skipped": message(
        "The issuer was not asked whether the certificate is "
        "revoked; nobody is asked over the network."
    ),
    "signingCredential.ocsp.notRevoked": message(
        "The issuer said that the certificate was not revoked."
    ),
    "signingCredential.ocsp.revoked": message("The issuer said that the certificate was revoked."),
    "signingCredential.ocsp.unknown": message("The issuer does not know the certificate."),
    "signingCredential.ocsp.inaccessible": message(
        "The issuer could not be asked about revocation."
    ),
    "provenance.dataHash.exclusions": message(
        "The hash that should tie it to the file holds, but leaves out more of the file than C2PA "
        "allows, so it does not count; others call that a changed file."
    ),
    "provenance.signingCredential.unanchored": message(
        "By our own check the signer's certificate does not "
        "lead to an authority that is trusted for signers."
    ),
    "provenance.signingCredential.revoked": message(
        "The signer's certificate, or one that it comes "
        "from, is on the user's list of revoked certificates."
    ),
    "provenance.signingCredential.expired": message(
        "The signer's certificate has expired, and the "
        "user does not trust the authority whose time stamp would make up for that."
    ),
    "algorithm.unsupported": message("An algorithm is used that is not supported."),
    "algorithm.deprecated": message("An algorithm is used that should no longer be used."),
}

# When the signature was there.
_TIME = {
    "timeStamp.validated": message("A time-stamp authority attests when the signature was there."),
    "timeStamp.trusted": message("The time-stamp authority is trusted."),
    "timeStamp.untrusted": message(
        "The time-stamp authority is not trusted here, so its time proves nothing."
    ),
    "timeStamp.mismatch": message("The time stamp belongs to another signature."),
    "timeStamp.malformed": message("The time stamp can't be read."),
    "timeStamp.outsideValidity": message(
        "The time stamp was made while its authority's certificate was not valid."
    ),
}

# What the manifest states, and what it builds on.
_CONTENT = {
    "assertion.hashedURI.match": message("An assertion is as it was when it was signed."),
    "assertion.hashedURI.mismatch": message("An assertion was changed after signing."),
    "hashedURI.match": message("Something referred to is as it was when it was signed."),
    "hashedURI.mismatch": message("Something referred to was changed after signing."),
    "hashedURI.missing": message("Something referred to is gone."),
    "assertion.missing": message("An assertion that the claim lists is gone."),
    "assertion.required.missing": message(
        "Something that the manifest must have is missing, or it could not be loaded."
    ),
    "assertion.undeclared": message("There is an assertion that the claim does not list."),
    "assertion.inaccessible": message("An assertion lies elsewhere and was not fetched."),
    "assertion.notRedacted": message("An assertion that was to be removed is still there."),
    "assertion.selfRedacted": message(
        "The manifest claims to have removed an assertion of its own."
    ),
    "assertion.outsideManifest": message("The claim lists an assertion of another manifest."),
    "assertion.cbor.invalid": message("An assertion is not well-formed."),
    "assertion.json.invalid": message("An assertion is not well-formed."),
    "assertion.multipleHardBindings": message(
        "The manifest is tied to a file's bytes in two ways, where only one may be."
    ),
    "provenance.action.when.unusable": message(
        "An action states a time that has no zone or can't be read."
    ),
    "provenance.action.digitalSourceType.unknown": message(
        "An action states a kind of source that is in neither IPTC's vocabulary nor C2PA's."
    ),
    "assertion.action.malformed": message("The list of actions breaks the rules."),
    "assertion.action.ingredientMismatch": message(
        "An action names an ingredient that is not there, or of the wrong kind."
    ),
    "assertion.action.softBindingMissing": message(
        "An action says that the picture was watermarked, but no soft binding says how."
    ),
    "assertion.action.redacted": message("The list of actions was removed, which is not allowed."),
    "assertion.action.redactionMismatch": message(
        "An action speaks of a removal that did not happen."
    ),
    "assertion.ingredient.malformed": message("An ingredient is described in a wrong form."),
    "assertion.timestamp.malformed": message("An assertion with a time stamp can't be read."),
    "assertion.external-reference.malformed": message("A reference elsewhere is in a wrong form."),
    "assertion.cloud-data.malformed": message("A reference to data elsewhere is in a wrong form."),
    "assertion.cloud-data.hardBinding": message(
        "What ties the manifest to a file lies elsewhere, which is not allowed."
    ),
    "assertion.cloud-data.actions": message(
        "The list of actions lies elsewhere, which is not allowed."
    ),
    "ingredient.manifest.validated": message(
        "The manifest of an ingredient is the one that was named."
    ),
    "ingredient.manifest.mismatch": message(
        "The manifest of an ingredient was changed afterwards."
    ),
    "ingredient.manifest.missing": message("The manifest of an ingredient is not there."),
    "ingredient.claimSignature.validated": message(
        "The signature of an ingredient is the one named."
    ),
    "ingredient.claimSignature.mismatch": message(
        "The signature of an ingredient was changed afterwards."
    ),
    "ingredient.claimSignature.missing": message("The signature of an ingredient is not there."),
    "ingredient.unknownProvenance": message(
        "An ingredient has no manifest; nothing is known of it."
    ),
    "manifest.inaccessible": message("A manifest lies elsewhere and was not fetched."),
    "manifest.multipleParents": message("The manifest names several parents."),
    "manifest.update.invalid": message("An update of the manifest changes what updates may not."),
    "manifest.update.wrongParents": message(
        "An update does not name the one manifest that it updates."
    ),
    "general.error": message("The check failed for a reason that has no code of its own."),
}

# People and organisations whom the signer names.
_IDENTITY = {
    "cawg.identity.well-formed": message("The identity assertion is well-formed."),
    "cawg.identity.cbor.invalid": message("The identity assertion is not well-formed."),
    "cawg.identity.assertion.mismatch": message(
        "The identity speaks of an assertion that the claim does not have."
    ),
    "cawg.identity.assertion.duplicate": message("The identity names the same assertion twice."),
    "cawg.identity.hard_binding_missing": message("The identity is not tied to the file's bytes."),
    "cawg.identity.sig_type.unknown": message(
        "The identity is signed in a way that is not known here."
    ),
    "cawg.identity.pad.invalid": message("The identity carries bytes where only padding may be."),
    "cawg.ica.credential_valid": message("The credential of the person or organisation holds."),
    "cawg.ica.untrusted_issuer": message("The issuer of the identity is not trusted here."),
    "cawg.ica.did_unavailable": message(
        "The issuer of the identity could not be looked up; nobody is asked over the network."
    ),
    "cawg.ica.invalid_issuer": message("The identity does not say in a usable way who issued it."),
    "cawg.ica.invalid_did_document": message("What describes the identity's issuer can't be used."),
    "cawg.ica.invalid_verifiable_credential": message("The identity's credential can't be read."),
    "cawg.ica.invalid_cose_sign1": message("The identity's signature can't be read."),
    "cawg.ica.invalid_alg": message(
        "The identity's signature does not say how it was made, or says something unusable."
    ),
    "cawg.ica.invalid_content_type": message(
        "The identity's signature is over something else than a credential."
    ),
    "cawg.ica.signature_mismatch": message("The identity's signature does not fit its credential."),
    "cawg.ica.signer_payload.mismatch": message("The identity was issued for another manifest."),
    "cawg.ica.time_stamp.validated": message("The identity's time stamp holds."),
    "cawg.ica.time_stamp.invalid": message("The identity's time stamp does not fit it."),
    "cawg.ica.valid_from.missing": message("The identity does not say from when it is valid."),
    "cawg.ica.valid_from.invalid": message("The identity was not yet valid when it was used."),
    "cawg.ica.valid_until.invalid": message("The identity was no longer valid when it was used."),
    "cawg.x509.signature.validated": message(
        "The identity's signature is that of the certificate with it."
    ),
    "cawg.x509.signature.mismatch": message("The identity's signature does not fit."),
    "cawg.x509.signature.outside_validity": message(
        "The identity was signed while its certificate was not valid."
    ),
    "cawg.x509.credential.trusted": message(
        "The identity's certificate leads to a trusted authority."
    ),
    "cawg.x509.credential.untrusted": message(
        "The identity's certificate does not lead to an authority that is trusted here."
    ),
    "cawg.x509.credential.invalid": message("The identity's certificate may not be used for this."),
    "cawg.x509.algorithm.unsupported": message(
        "The identity's signature uses an unsupported algorithm."
    ),
    "provenance.cawg.identity.unreadable": message(
        "The manifest names somebody in a way that can't be read."
    ),
}


# C2PA's hard bindings: how each ties a manifest to a file.
_BYTES_MATCH = message("The file's bytes are those that were signed.")
_BYTES_DIFFER = message("The file's bytes are not those that were signed.")
_BOXES_MATCH = message("The file's boxes are those that were signed.")
_BOXES_DIFFER = message("The file's boxes are not those that were signed.")
_FILES_MATCH = message("The collection's files are those that were signed.")
_FILES_DIFFER = message("The collection's files are not those that were signed.")
_NOT_COMPARABLE = message(
    "What the signature is about can't be compared with what was signed: the assertion about it "
    "breaks the rules."
)
_MORE_LEFT_OUT = message(
    "The signature leaves out more of the file than the manifest itself; that part can be changed "
    "unnoticed."
)
_BINDINGS = {
    "dataHash": (_BYTES_MATCH, _BYTES_DIFFER),
    "bmffHash": (_BOXES_MATCH, _BOXES_DIFFER),
    "boxesHash": (_BOXES_MATCH, _BOXES_DIFFER),
    "collectionHash": (_FILES_MATCH, _FILES_DIFFER),
}


def _about_bindings() -> dict[str, Message]:
    """Return the sentences about hard bindings, one set for each kind."""
    said: dict[str, Message] = {}
    for kind, (same, other) in _BINDINGS.items():
        said |= {
            f"assertion.{kind}.match": same,
            f"assertion.{kind}.mismatch": other,
            f"assertion.{kind}.malformed": _NOT_COMPARABLE,
            f"assertion.{kind}.additionalExclusionsPresent": _MORE_LEFT_OUT,
        }
    return said


SENTENCES = {**_SIGNATURE, **_TIME, **_about_bindings(), **_CONTENT, **_IDENTITY}
"""What each code means."""


def explain_code(code: str) -> Message:
    """Say what a code means."""
    return SENTENCES.get(code, UNKNOWN_CODE)
