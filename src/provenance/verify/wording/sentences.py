"""Every sentence of a verdict. They are fixed and tested: reports are quoted in court.

``explanation`` and ``findings`` fill in the braces; text that a file chose stands in quotation
marks.
"""

from __future__ import annotations

from provenance.examine import Content
from provenance.manifest import Credential
from provenance.verify.evidence import Integrity, TimeBasis
from provenance.verify.reasons import Reason

# --- the first line, one per state ----------------------------------------------------------------

EXACT = "This file is exactly what {producer} signed."
DERIVED = "{picture} descends from a picture that {producer} stamped."
WHOLE = "This picture"
PART = "A part of this picture, about {share} of its area,"
TWO_ORIGINS = (
    "The evidence contradicts itself: it proves several origins, {origins}, and does not show that "
    "one picture was made from the others."
)
CONTRADICTION = "The evidence contradicts itself: {why}."
WHY = {
    Reason.NUMBER_OF_ANOTHER: (
        "a trusted signer used a producer number that belongs to somebody else"
    ),
    Reason.TIMES_DIFFER: "different times are stated for one stamp",
    Reason.CONTENT_FAR: (
        "the picture carries the mark of a genuine stamp, but does not show what was signed with "
        "that stamp"
    ),
    Reason.MOVED: (
        "the file carries a genuine manifest, but the picture does not show what was signed in it"
    ),
}
TAMPERED = (
    "The manifest of this file is broken: something was changed after signing, or the manifest was "
    "taken from another file, or it was never validly signed."
)
CLAIMED = "Nobody has proved where this comes from; the file says {says}."
CLAIMED_SILENTLY = "Nobody has proved where this comes from, and the file's manifest does not say."
SIMILAR = (
    "Nobody has proved where this comes from; it looks like a stamped picture, and may be a "
    "source, a copy or an edit of one."
)
NONE = "No evidence of origin was found. That does not say whether the picture is real."

# --- what a proved origin means -------------------------------------------------------------------

STATES = "{producer} states: made with {model}, at {time}{source}."
STATES_NO_MODEL = "{producer} states: made at {time}, without naming a model{source}."
SIGNED_THIS = (
    "What is proved: {producer} signed this statement. That does not prove that a model made the "
    "picture, or that what the picture shows is false."
)
LATER_CHANGES = "{producer} is not responsible for changes made after stamping."
ANCESTORS = "The origin of pictures that it was made from is also proved: {origins}."

# --- findings: the manifest in the file -----------------------------------------------------------

MANIFEST = {
    Reason.PROVED: (
        "The file carries a manifest signed by {signer}. The certificate leads to an authority on "
        "the trust list, and the signature covers every byte of the file."
    ),
    Reason.MOVED: (
        "The file carries a manifest signed by {signer}, but neither the file's bytes nor the "
        "picture are what was signed: the manifest was taken from another file, or the picture was "
        "edited beyond recognition. This does not show who did that."
    ),
    Reason.UNBOUND: (
        "The file carries a manifest in the name of {signer} that is not tied to any bytes, so it "
        "could have been put into any file."
    ),
    Reason.UNTRUSTED: "The file carries a manifest in the name of {signer}, but {credential}.",
    Reason.NUMBER_OF_ANOTHER: (
        "The file carries a manifest signed by {signer} for a stamp that bears somebody else's "
        "producer number."
    ),
    Reason.REVOKED: (
        "The file carries a manifest signed by {signer}, whose right to sign was revoked on "
        "{revoked}, and nothing proves that this signature is older."
    ),
    Reason.STAMP_REVOKED: "The file carries a manifest signed by {signer}, but {withdrawn}",
    Reason.TIMES_DIFFER: (
        "The file carries a manifest signed by {signer} that states two different times, {created} "
        "and {minute}."
    ),
}
CREDENTIAL = {
    Credential.TRUSTED: "its signature does not hold",
    Credential.UNKNOWN: "its certificate does not lead to an authority on the trust list",
    Credential.EXPIRED: (
        "its certificate has expired, and nothing proves that the signature is older"
    ),
    Credential.EARLY: "its certificate is not valid yet",
    Credential.UNSUITABLE: "its certificate may not be used to sign manifests",
    Credential.REVOKED: (
        "its certificate, or one that it comes from, is on the user's list of revoked certificates"
    ),
}
DAMAGED = {
    Integrity.CHANGED: (
        "The file carries a manifest in the name of {signer}, but these are not the bytes that "
        "were signed: the file was changed afterwards, or the manifest was taken from another "
        "file."
    ),
    Integrity.BROKEN: (
        "The file carries a manifest in the name of {signer}, but the signature or the signed "
        "content does not hold."
    ),
    Integrity.UNREADABLE: "The file carries a manifest that can't be read.",
}
PARENTS_FAIL = (
    "A picture that this one was made from has failures of its own ({codes}); they are not "
    "failures of this one."
)
PROVED_TIME = "It was signed by {proved} at the latest, as {basis} proves."
EXPIRED_LATER = (
    "The certificate expired on {expired}; {basis} proves that this was signed by {proved} at the "
    "latest, while the certificate was valid."
)
REVOKED_LATER = (
    "The signer's right to sign was revoked on {revoked}; {basis} proves that this was signed "
    "before that."
)
STAMP_REVOKED = (
    "the registry that recorded this stamp revoked it on {revoked}, as its log proves: the stamp "
    "does not count{since}. The registry gives this reason: {reason}. That is the registry's word "
    "alone; it does not show that somebody else made the picture."
)
NEVER_COUNTED = ", whatever time is proved for it"
COUNTED_UNTIL = " unless it is proved to be older than {since}, and nothing proves that"
STAMP_REVOKED_LATER = (
    "The registry revoked this stamp on {revoked}, with effect from {since} ({reason}); {basis} "
    "proves that the stamp is older."
)
BASIS = {
    TimeBasis.STATED: "its own statement",
    TimeBasis.TIMESTAMP: "a time-stamp authority",
    TimeBasis.LOG: "the registry's log",
}

# The lists by which a certificate or a time stamp is trusted.
TRUST_LISTS = "Trust list in use: {lists}."
NO_TRUST_LIST = "No trust list is in use."
TIME_LISTS = "Trust list for the time stamp: {lists}."
IDENTITY = (
    "Besides its signer it names a person or organisation. Nothing here confirms that ({codes}), "
    "so it is not used."
)

# Basis, error rate and limits of a signature, in one.
SIGNATURE = (
    "Nobody can make such a signature without the signer's key. It proves who signed the "
    "statement, not that the statement is true."
)
NO_SIGNATURE = "Anyone can make such a manifest in any name, so it proves nothing about the origin."
DIGESTS = (
    "Cryptographic checks do not fail by chance. They do not show who changed something, or why."
)

# --- findings: a mark, what it leads to, whether it belongs here ----------------------------------

MARK = (
    "The picture carries {kind} {stamp_id} on {part}{share} of its area. At most {odds} unmarked "
    "pictures would be mistaken for a marked one. {writer} can write such a mark, so by itself it "
    "proves no origin."
)
BY_RECORD = (
    "It is too faint to be read by itself: the registry's records led to it, and the odds count "
    "them."
)
NO_RECORD = (
    "The registry has no record of this mark. The mark may be forged, or recorded elsewhere."
)
RECORD_REFUSED = (
    "The registry's record of this mark contradicts its own log or the signed manifest, and was "
    "not used."
)
RECORD_REPEATED = (
    "The registry holds more than one record of this mark. A registry never makes a second one, so "
    "it was tampered with. The earliest record was used. Have the registry audited."
)
LEADS_TO_RECORD = "The mark's record holds {manifest}"
LEADS_TO_FILE = "The file itself holds {manifest}"
PASSED_OVER = (
    "The mark's record holds {manifest} The file's own manifest for this mark is worth more, and "
    "was used instead."
)
LEAD = {
    Reason.UNTRUSTED: "a manifest in the name of {signer}, but {credential}.",
    Reason.NOT_REPEATED: "a manifest that does not repeat the mark's 96 bits.",
    Reason.NUMBER_OF_ANOTHER: (
        "a manifest signed by {signer}, but the mark's producer number {number} belongs to "
        "somebody else."
    ),
    Reason.NUMBER_UNKNOWN: (
        "a manifest signed by {signer}, but no directory at hand says who holds the mark's "
        "producer number {number}."
    ),
    Reason.NUMBER_LAPSED: (
        "a manifest signed by {signer}, but at the stated time the directory's entry for the "
        "mark's producer number {number} had not begun or had run out."
    ),
    Reason.REVOKED: (
        "a manifest signed by {signer}, whose right to sign was revoked on {revoked}, and nothing "
        "proves that this stamp is older."
    ),
    Reason.STAMP_REVOKED: "a manifest signed by {signer}, but {withdrawn}",
    Reason.TIMES_DIFFER: "a manifest signed by {signer}, but the stated times differ: {times}.",
    Reason.VERSION_UNKNOWN: "a manifest in the name of {signer}, for a mark that can't be read.",
}
LEADS_ON = (
    "a manifest signed by {signer}, holder of producer number {number}, that repeats the mark's 96 "
    "bits."
)
FINGERPRINT = {
    Content.NEAR: (
        "The picture shows what the signed fingerprints describe{figures}.{error} This does not "
        "show that nothing was changed since. A picture can also be built to come as near on "
        "purpose: before anybody is accused, have it compared with the picture that was stamped."
    ),
    Content.FAR: (
        "The picture does not show what the signed fingerprints describe{figures}. Honest copies "
        "differ in a few percent, other pictures in about half. Either the mark was moved here "
        "from another picture, or the picture was edited beyond recognition. This does not show "
        "who did that."
    ),
    Content.INCONCLUSIVE: (
        "Too little is left of the marked picture to say whether the mark belongs on it{figures}. "
        "That speaks neither for nor against it."
    ),
    Content.NOT_COMPARED: (
        "The signed fingerprints could not be compared with the picture. That speaks neither for "
        "nor against it."
    ),
}
FAR_WHOLE = (
    "The picture does not show what the fingerprints signed in the file's own manifest "
    "describe{figures}. Honest copies differ in a few percent, other pictures in about half. The "
    "mark is gone, so the picture was taken to be whole: a part that was cut out in the same shape "
    "would give the same result."
)
OTHERS_AS_NEAR = (
    " By chance, {odds} pictures of something else comes as near; that says nothing about pictures "
    "that somebody made to come near."
)

# --- findings: the rest ---------------------------------------------------------------------------

LOOKS_LIKE = (
    "The picture looks like {count}: the nearest differs in {distance} of 256 fingerprint bits, "
    "and up to 31 count as alike. Unrelated pictures seldom come so near, but forgeries, templates "
    "and plain pictures can. The picture may be a source, a copy or an edit of a stamped one; by "
    "itself this proves no origin."
)
NOTES = {
    "pixels.not_examined": (
        "The pixels could not be decoded and were not examined, so nothing is known about marks "
        "and fingerprints."
    ),
    "watermark.searched_on": (
        "A mark was found that proves nothing, so the search went on to its end: at every place "
        "where a mark may lie, and once more without the marks found."
    ),
    "manifest.remote": (
        "The file only points to a manifest elsewhere. That manifest is not fetched, and the "
        "pointer is not evidence."
    ),
    "manifest.beside": (
        "The manifest came in a separate file, a sidecar; the picture's own file carries none."
    ),
    "manifest.beside_unused": (
        "The file carries a manifest of its own, so the sidecar that came with it was not read."
    ),
    "registry.unavailable": (
        "The registry could not be asked, so marks and fingerprints were not looked up. Repeat the "
        "examination when it answers."
    ),
    "registry.damaged": "The registry is damaged, so nothing that it holds was used.",
    "revocation.refused": (
        "The registry holds a revocation of this stamp, but its log does not prove it, so it was "
        "not used. Have the registry audited."
    ),
    "registry.log_integrity": (
        "The registry's log does not continue the one seen before: records may have been removed "
        "or rewritten. Signed manifests still stand on their own."
    ),
}
