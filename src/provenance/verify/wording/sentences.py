"""Every sentence a verdict is written in. They are fixed and tested: reports are quoted in court.

Braces are filled in by `explain` and `findings`; text that a file chose is quoted there.
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
TWO_ORIGINS = "The evidence contradicts itself: it proves {origins}, and none comes from the other."
CONTRADICTION = "The evidence contradicts itself: {why}."
WHY = {
    Reason.NUMBER_OF_ANOTHER: "a trusted signer uses a producer number that is somebody else's",
    Reason.TIMES_DIFFER: "the times that are stated for one stamp differ",
    Reason.CONTENT_FAR: "a genuine mark lies on a picture that it was not made for",
    Reason.MOVED: "a genuine manifest lies in a picture that it was not made for",
}
TAMPERED = (
    "The manifest of this file is broken: something was changed after signing, or the manifest was "
    "taken from another file."
)
CLAIMED = "Nobody has proved where this comes from; the file says {says}."
SIMILAR = (
    "Nobody has proved where this comes from; it looks like a stamped picture, and may be a "
    "source, a copy or an edit of one."
)
NONE = "No evidence of origin was found. That does not say whether the picture is real."

# --- what a proved origin means -------------------------------------------------------------------

STATES = "{producer} states: made {model}, at {time}{source}."
SIGNED_THIS = (
    "Proved is that {producer} signed this statement. It proves neither that a model made the "
    "picture nor that what it shows is false."
)
LATER_CHANGES = "Changes made after it was stamped are not {producer}'s."
ANCESTORS = "Also proved, as pictures that it was made from: {origins}."

# --- findings: the manifest in the file -----------------------------------------------------------

MANIFEST = {
    Reason.PROVED: "The file carries a manifest signed by {signer}. The certificate leads to an "
    "authority on the trust list, and the signature covers every byte of the file.",
    Reason.MOVED: "The file carries a manifest signed by {signer}, but neither its bytes nor its "
    "picture are what was signed: the manifest was taken from another file, or the picture was "
    "edited beyond recognition. It does not show who did that.",
    Reason.UNBOUND: "The file carries a manifest in the name of {signer} that is tied to no bytes, "
    "so it could lie in any file.",
    Reason.UNTRUSTED: "The file carries a manifest in the name of {signer}, but {credential}.",
    Reason.NUMBER_OF_ANOTHER: "The file carries a manifest signed by {signer} for a stamp that "
    "bears somebody else's producer number.",
    Reason.REVOKED: "The file carries a manifest signed by {signer}, whose right to sign was "
    "revoked on {revoked}, and nothing proves that this signature is older.",
    Reason.STAMP_REVOKED: "The file carries a manifest signed by {signer}, but {withdrawn}",
    Reason.TIMES_DIFFER: "The file carries a manifest signed by {signer} that states two times, "
    "{created} and {minute}.",
}
CREDENTIAL = {
    Credential.TRUSTED: "its signature does not hold",
    Credential.UNKNOWN: "its certificate leads to no authority on the trust list",
    Credential.EXPIRED: "its certificate has expired, and nothing proves that it signed before",
    Credential.EARLY: "its certificate is not valid yet",
    Credential.UNSUITABLE: "its certificate may not be used to sign manifests",
    Credential.REVOKED: "its certificate, or one that it comes from, is on the user's list of "
    "revoked ones",
}
DAMAGED = {
    Integrity.CHANGED: "The file carries a manifest in the name of {signer}, but these are not the "
    "bytes that were signed: the file was changed afterwards, or the manifest was taken from "
    "another file.",
    Integrity.BROKEN: "The file carries a manifest in the name of {signer} whose signature or "
    "signed content does not hold.",
    Integrity.UNREADABLE: "The file carries a manifest that can't be read.",
}
PARENTS_FAIL = (
    "A picture that it was made from has failures of its own ({codes}); they are not this one's."
)
PROVED_TIME = "It was signed by {proved} at the latest, as {basis} proves."
EXPIRED_LATER = (
    "The certificate expired on {expired}; {basis} proves that this was signed by {proved}, when "
    "it was in date."
)
REVOKED_LATER = (
    "The signer's right to sign was revoked on {revoked}; {basis} proves that this was signed "
    "before."
)
STAMP_REVOKED = (
    "the registry that recorded this stamp revoked it on {revoked}, as its log proves: the stamp "
    "is not to count{since}. The registry gives as the reason: {reason}. That is its word alone; "
    "it does not show that somebody else made the picture."
)
NEVER_COUNTED = ", whatever time is proved for it"
COUNTED_UNTIL = " unless it is proved to be older than {since}, which nothing does"
STAMP_REVOKED_LATER = (
    "The registry revoked this stamp on {revoked}, for the time since {since} ({reason}); {basis} "
    "proves that it is older."
)
BASIS = {
    TimeBasis.STATED: "its own statement",
    TimeBasis.TIMESTAMP: "a time-stamp authority",
    TimeBasis.LOG: "the registry's log",
}

# On whose word a certificate is trusted or not.
TRUST_LISTS = "Trust list in use: {lists}."
NO_TRUST_LIST = "No trust list is in use."
TIME_LISTS = "Its time stamp is believed by the list: {lists}."
IDENTITY = (
    "Beside its signer it names a person or organisation, which nothing here confirms ({codes}); "
    "that is not used."
)

# What a signature is worth: basis, error rate and limits in one.
SIGNATURE = (
    "Nobody can make such a signature without the signer's key. It proves who signed the "
    "statement, not that the statement is true."
)
NO_SIGNATURE = "Anyone can make such a manifest in any name, so it proves nothing about the origin."
DIGESTS = "Cryptographic checks do not fail by chance; they show neither who changed it nor why."

# --- findings: a mark, what it leads to, whether it belongs here ----------------------------------

MARK = (
    "The picture carries {kind} {stamp_id} on {part}{share} of its area. Of pictures without a "
    "mark, at most {odds} is taken for one that has it. {writer} can write it, so by itself it "
    "proves no origin."
)
BY_RECORD = (
    "It is too faint to be read by itself: the registry's records led to it, and the odds count "
    "them."
)
NO_RECORD = (
    "The registry has no record of this mark. It may be forged, or have been recorded elsewhere."
)
RECORD_REFUSED = (
    "The registry's record of this mark contradicts its own log or the signed manifest, and was "
    "not used."
)
RECORD_REPEATED = (
    "The registry holds more than one record of this mark, which it never makes itself: it was "
    "tampered with. The earliest was used; have the registry audited."
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
    Reason.NUMBER_OF_ANOTHER: "a manifest signed by {signer}, but the mark's producer number "
    "{number} is somebody else's.",
    Reason.NUMBER_UNKNOWN: "a manifest signed by {signer}, but no directory at hand says whose the "
    "mark's producer number {number} is.",
    Reason.NUMBER_LAPSED: "a manifest signed by {signer}, but the directory's entry of the mark's "
    "producer number {number} had not begun or had run out at the time that is stated.",
    Reason.REVOKED: "a manifest signed by {signer}, whose right to sign was revoked on {revoked}, "
    "and nothing proves that this stamp is older.",
    Reason.STAMP_REVOKED: "a manifest signed by {signer}, but {withdrawn}",
    Reason.TIMES_DIFFER: "a manifest signed by {signer}, but the stated times differ: {times}.",
    Reason.VERSION_UNKNOWN: "a manifest in the name of {signer}, for a mark that can't be read.",
}
LEADS_ON = (
    "a manifest signed by {signer}, holder of producer number {number}, that repeats the mark's 96 "
    "bits."
)
FINGERPRINT = {
    Content.NEAR: "The picture shows what the signed fingerprints describe{figures}.{error} It "
    "does not show that nothing was changed since, and a picture can be built to come as near on "
    "purpose: before anybody is accused, have it compared with the picture that was stamped.",
    Content.FAR: "The picture does not show what the signed fingerprints describe{figures}, where "
    "honest copies differ in a few percent and other pictures in about half: the mark was moved "
    "here from another picture, or the picture was edited beyond recognition. It does not show "
    "who did that.",
    Content.INCONCLUSIVE: "Too little is left of the marked picture to say whether the mark "
    "belongs on it{figures}. That speaks neither for nor against it.",
    Content.NOT_COMPARED: "The signed fingerprints could not be compared with the picture. That "
    "speaks neither for nor against it.",
}
FAR_WHOLE = (
    "The picture does not show what the fingerprints signed in the file's own manifest describe"
    "{figures}, where honest copies differ in a few percent and other pictures in about half. The "
    "mark is gone, so the picture was taken to be whole: a part that was cut out in the same shape "
    "looks the same."
)
OTHERS_AS_NEAR = " Of pictures of something else, {odds} comes as near by chance."

# --- findings: the rest ---------------------------------------------------------------------------

LOOKS_LIKE = (
    "The picture looks like {count}: the nearest differs in {distance} of 256 fingerprint bits, "
    "and up to 31 count as alike, which unrelated pictures seldom are but forgeries, templates "
    "and plain pictures can be. It may be a source, a copy or an edit of a stamped picture; by "
    "itself this proves no origin."
)
NOTES = {
    "pixels.not_examined": "The pixels could not be decoded and were not examined, so nothing is "
    "known about marks and fingerprints.",
    "watermark.searched_on": "A mark was found that proves nothing, so the search went on to its "
    "end: at every place where a mark may lie, and once more without the marks found.",
    "manifest.remote": "The file only points to a manifest elsewhere, which is not fetched; that "
    "is no evidence.",
    "manifest.beside": "The manifest was given beside the file, which carries none.",
    "manifest.beside_unused": "The file carries a manifest of its own, so the one given beside it "
    "was not read.",
    "registry.unavailable": "The registry could not be asked, so marks and fingerprints were not "
    "looked up. Repeat the examination when it answers.",
    "registry.damaged": "The registry is damaged, so what it holds was not used.",
    "revocation.refused": "The registry holds a revocation of this stamp that its log does not "
    "prove, and it was not used. Have the registry audited.",
    "registry.log_integrity": "The registry's log does not continue the one seen before: records "
    "may have been removed or rewritten. Signed manifests still stand on their own.",
}
