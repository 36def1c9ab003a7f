"""Every sentence of a verdict. They are fixed and tested: reports are quoted in court.

``explanation`` and ``findings`` fill in the braces; text that a file chose stands in quotation
marks.
"""

from __future__ import annotations

from provenance.language import message, message_in
from provenance.manifest import Credential, PartKind
from provenance.verify.evidence import Integrity, TimeBasis
from provenance.verify.reasons import Reason

# --- the first line, one per state ----------------------------------------------------------------

EXACT = message("This file is exactly what {producer} signed.")
BOUND = message("This file is what {producer} signed, in every byte that the signature covers.")
BOUND_IN_PART = message(
    "This file is what {producer} signed, except for what the signature leaves out: {parts}."
)
DERIVED = message("{picture} descends from a picture that {producer} stamped.")
WHOLE = message("This picture")
PART = message("A part of this picture, about {share} of its area,")
TWO_ORIGINS = message(
    "The evidence contradicts itself: it proves several origins, {origins}, and does not show that "
    "one picture was made from the others."
)
CONTRADICTION = message("The evidence contradicts itself: {why}.")
WHY = {
    Reason.NUMBER_OF_ANOTHER: message(
        "a trusted signer used a producer number that belongs to somebody else"
    ),
    Reason.TIMES_DIFFER: message("different times are stated for one stamp"),
    Reason.CONTENT_FAR: message(
        "the picture carries the mark of a genuine stamp, but does not show what was signed with "
        "that stamp"
    ),
    Reason.MOVED: message(
        "the file carries a genuine manifest, but the picture does not show what was signed in it"
    ),
}
TAMPERED = message(
    "The manifest of this file is broken: something was changed after signing, or the manifest was "
    "taken from another file, or it was never validly signed."
)
CLAIMED = message("Nobody has proved where this comes from; the file says {says}.")
RECORDED = message("{says}; and the record of its mark says {recorded}")
CLAIMED_BESIDE = message("Nobody has proved where this comes from; its sidecar says {says}.")
CLAIMED_PART = message(
    "A part of this picture, about {share} of its area, carries a mark, and nobody has proved "
    "where it comes from; the mark says {says}."
)
CLAIMED_SILENTLY = message(
    "Nobody has proved where this comes from, and the file's manifest does not say."
)
SIMILAR = message(
    "Nobody has proved where this comes from; it looks like a stamped picture, and may be a "
    "source, a copy or an edit of one."
)
NONE = message("No evidence of origin was found. That does not say whether the picture is real.")

# --- what a proved origin means -------------------------------------------------------------------

WITHDRAWN = {
    Reason.STAMP_REVOKED: message(
        "This stamp was revoked, so that it proves nothing any more: a finding below says by whom, "
        "when and why."
    ),
    Reason.REVOKED: message(
        "The right to sign of whoever signed it was revoked, so that the signature proves nothing "
        "any more: a finding below says when."
    ),
}
STATES = message("{producer} states: made with {model}, at {time}{source}.")
STATES_NO_MODEL = message("{producer} states: made at {time}, without naming a model{source}.")
SOURCE = message("; kind of source: {kind}")
SIGNED_THIS = message(
    "What is proved: {producer} signed this statement. That does not prove that a model made the "
    "picture, or that what the picture shows is false."
)
SELF_NAMED = message(
    "The name {producer} is the signer's own word, by a directory entry that the signer made for "
    "itself. Nobody else confirms it: before anybody relies on the name, compare that directory "
    "with its owner."
)
REVOKED_IN_BROKEN_LOG = message(
    "The revocation stands in a log that does not continue the one seen before, as after an older "
    "backup was put in its place. It counts, because the log's own key signed it: have the "
    "registry audited."
)
REVOCATION_UNPROVED = message(
    "The registry holds a revocation of this stamp, which could not be used here: before anybody "
    "relies on this result, ask the producer whether the stamp still counts."
)
LATER_CHANGES = message("{producer} is not responsible for changes made after stamping.")
OTHER_PART = message(
    "Another part of this picture, about {share} of its area, descends from a picture that "
    "{producer} stamped."
)
ANCESTORS = message("The origin of pictures that it was made from is also proved: {origins}.")

# --- findings: the manifest in the file -----------------------------------------------------------

MANIFEST = {
    Reason.PROVED: message(
        "{carries} a manifest signed by {signer}. The certificate leads to {authority}, and the "
        "signature holds for every byte of the file that it covers."
    ),
    Reason.MOVED: message(
        "{carries} a manifest signed by {signer}, but neither the file's bytes nor the "
        "picture are what was signed: the manifest was taken from another file, or the picture was "
        "edited beyond recognition. This does not show who did that."
    ),
    Reason.UNBOUND: message(
        "{carries} a manifest in the name of {signer} that is not tied to any bytes, so it "
        "could have been put into any file."
    ),
    Reason.STRAY: message(
        "{carries} a manifest in the name of {signer}, but not for these bytes: it belongs to "
        "another file, or to another version of this one."
    ),
    Reason.ALIKE: message(
        "{carries} a manifest signed by {signer}, but not for these bytes: it belongs to another "
        "version of this picture, or to one that looks like it."
    ),
    Reason.UNTRUSTED: message("{carries} a manifest in the name of {signer}, but {credential}."),
    Reason.NAME_OF_ANOTHER: message(
        "{carries} a manifest in the name of {signer}, but a directory lists that name for another "
        "certificate."
    ),
    Reason.NUMBER_OF_ANOTHER: message(
        "{carries} a manifest signed by {signer} for a stamp that bears somebody else's "
        "producer number."
    ),
    Reason.REVOKED: message(
        "{carries} a manifest signed by {signer}, whose right to sign was revoked on "
        "{revoked}, and nothing proves that this signature is older."
    ),
    Reason.STAMP_REVOKED: message("{carries} a manifest signed by {signer}, but {withdrawn}"),
    Reason.TIMES_DIFFER: message(
        "{carries} a manifest signed by {signer} that states two different times, {created} "
        "and {minute}."
    ),
}
CREDENTIAL = {
    Credential.TRUSTED: message("a check fails that a valid manifest passes"),
    Credential.UNKNOWN: message("its certificate does not lead to an authority on the trust list"),
    Credential.OUT_OF_SCOPE: message(
        "its certificate comes from a producer's own authority, which does not speak for this name "
        "and certificate"
    ),
    Credential.EXPIRED: message(
        "its certificate has expired, and nothing proves that the signature is older"
    ),
    Credential.EARLY: message("its certificate is not valid yet"),
    Credential.UNSUITABLE: message("its certificate may not be used to sign manifests"),
    Credential.REVOKED: message(
        "its certificate, or one that it comes from, is on the user's list of revoked certificates"
    ),
}
DAMAGED = {
    Integrity.CHANGED: message(
        "{carries} a manifest in the name of {signer}, but these are not the bytes that "
        "were signed: the file was changed afterwards, or the manifest was taken from another "
        "file."
    ),
    Integrity.BROKEN: message(
        "{carries} a manifest in the name of {signer}, but the signature or the signed "
        "content does not hold."
    ),
    Integrity.UNREADABLE: message("{carries} a manifest that can't be read."),
}
BESIDE_SAYS_NOTHING = message(
    "Anybody can lay a sidecar beside any file, so that says nothing about the file."
)
UNNAMED = message("an unnamed certificate")
FINDINGS = message("Findings:")
IT_SAYS = message("It says: {says}.")
STATE_NAMES = {
    "attributed": message_in("verdict", "attributed"),
    "claimed": message_in("verdict", "claimed"),
    "similar": message_in("verdict", "similar"),
    "conflict": message_in("verdict", "conflict"),
    "tampered": message_in("verdict", "tampered"),
    "none": message_in("verdict", "none"),
}
LAYERS = {
    "manifest": message("manifest"),
    "watermark": message("watermark"),
    "fingerprint": message("fingerprint"),
    "registry": message("registry"),
    "clock": message("clock"),
    "directory": message("directory"),
    "metadata": message("metadata"),
    "list": message("list"),
}
IN_FILE = message("The file carries")
BESIDE_FILE = message("The sidecar that came with the file holds")
PART_SIZE = message("{part} ({size} bytes)")
NOTHING = message("nothing")
SAME_FILE = message(
    "The record of this stamp states the SHA-256 of this file, so no byte was changed, covered by "
    "the signature or not."
)
PARTS = {
    PartKind.STORE: message("the manifest itself"),
    PartKind.FILE_TYPE: message("the file's type"),
    PartKind.FILM_INDEX: message("the index of a film"),
    PartKind.PADDING: message("padding"),
    PartKind.XMP: message("XMP metadata"),
    PartKind.EXIF: message("EXIF metadata"),
    PartKind.METADATA: message("other metadata"),
    PartKind.BOX: message("a box of a maker's own kind"),
    PartKind.UNKNOWN: message("bytes of an unknown kind"),
    PartKind.PICTURE: message("a part of the picture itself"),
}
COVERAGE = {
    "standard": message(
        "The signature covers the file but for what the C2PA standard leaves out of every file: "
        "{standard}. Such bytes could be changed without its failing."
    ),
    "extra": message(
        "The signature does not cover the whole file. Beyond what the C2PA standard leaves out of "
        "every file ({standard}), it leaves out {extra}. Such bytes may have been added or changed "
        "by anybody since."
    ),
    "unknown": message(
        "How much of the file the signature covers could not be made out, so nothing of it is "
        "known to be covered."
    ),
}
RULES = message(
    "What the signer states in it breaks rules of the C2PA specification ({codes}), so other "
    "programs may call it invalid. That is the signer's fault and not a sign of change."
)
PARENTS_FAIL = message(
    "A picture that this one was made from has failures of its own ({codes}); they are not "
    "failures of this one."
)
PROVED_TIME = message("It was signed by {proved} at the latest, as {basis} proves.")
EXPIRED_LATER = message(
    "The certificate expired on {expired}; {basis} proves that this was signed by {proved} at the "
    "latest, while the certificate was valid."
)
REVOKED_LATER = message(
    "The signer's right to sign was revoked on {revoked}; {basis} proves that this was signed "
    "before that."
)
STAMP_REVOKED = message(
    "the registry that recorded this stamp revoked it on {revoked}, as its log proves: the stamp "
    "does not count{since}. The registry gives this reason: {reason}. That is the registry's word "
    "alone; it does not show that somebody else made the picture."
)
NEVER_COUNTED = message(", whatever time is proved for it")
COUNTED_UNTIL = message(" unless it is proved to be older than {since}, and nothing proves that")
STAMP_REVOKED_LATER = message(
    "The registry revoked this stamp on {revoked}, with effect from {since} ({reason}); {basis} "
    "proves that the stamp is older."
)
BASIS = {
    TimeBasis.STATED: message("its own statement"),
    TimeBasis.TIMESTAMP: message("a time-stamp authority"),
    TimeBasis.LOG: message("the registry's log"),
}

# The lists by which a certificate or a time stamp is trusted.
ON_TRUST_LIST = message("an authority on the trust list")
BROUGHT_BY_ENTRY = message("the authority that its directory entry brings")
ISSUER = message("The certificate was issued by {issuer}{digest}.")
ISSUER_DIGEST = message(" (certificate SHA-256 {digest})")
DEVELOPMENT = message(
    "That issuer is a development authority, which anybody makes in any name to try things out."
)
OWN_ISSUER = message(
    "That issuer is the producer's own authority, so the name is its own statement."
)
MIXED_SCRIPTS = message(
    "The word {word} of the name mixes {scripts} letters, as names do that are made to look like "
    "another one."
)
OTHER_SCRIPT = message(
    "The word {word} of the name is in {scripts} letters, some of which look like Latin ones."
)
LISTED_BY = message("The producer is listed by {listed_by}.")
LISTED_FOR_ANOTHER = message(
    "The name is listed by {listed_by}, for another certificate. So the name is not proved: the "
    "issuer may have given it to anybody."
)
NAMED_ABOVE = message("Issuer, directory and trust lists are those named above.")
TRUST_LISTS = message("Trust list in use: {lists}.")
NO_TRUST_LIST = message("No trust list is in use.")
TIME_LISTS = message("Trust list for the time stamp: {lists}.")
NOT_REVOKED = message(
    "By its issuer's signed answer, which the manifest brings along, the certificate was not "
    "revoked: at the proved time of signing, or else now."
)
IDENTITY = message(
    "Besides its signer it names a person or organisation. Nothing here confirms that ({codes}), "
    "so it is not used."
)

# Basis, error rate and limits of a signature, in one.
SIGNATURE = message(
    "Nobody can make such a signature without the signer's key. It proves who signed the "
    "statement, not that the statement is true."
)
SIGNATURE_IN_A_NAME = message(
    "Nobody can make such a signature without the signer's key, but it does not prove that the "
    "signer may use this name."
)
NO_SIGNATURE = message(
    "Anyone can make such a manifest in any name, so it proves nothing about the origin."
)
DIGESTS = message(
    "Cryptographic checks do not fail by chance. They do not show who changed something, or why."
)

# --- findings: a mark, what it leads to, whether it belongs here ----------------------------------

MARK = message(
    "The picture carries {kind} {stamp_id} on {part}{share} of its area{sure}. At most {odds} "
    "unmarked pictures would be mistaken for a marked one. {rate} {writer} can write such a mark, "
    "so by itself it proves no origin."
)
PUBLIC_MARK = message("the public mark")
PRIVATE_MARK = message("a private mark")
ANYONE = message("Anyone")
KEY_HOLDER = message("Anyone with its key")
ON_A_PART = message("a part of it, about ")
UNSURE_SHARE = message(", as far as can be told: plain areas beside it may belong to it or not")
BY_RECORD = message(
    "It is too faint to be read by itself: records or lists led to it, and the odds count them."
)
NO_RECORD = message(
    "The registry has no record of this mark. The mark may be forged, or recorded elsewhere."
)
RECORD_REFUSED = message(
    "The registry's record of this mark contradicts its own log or the signed manifest, and was "
    "not used."
)
RECORD_REPEATED = message(
    "The registry holds more than one record of this mark. A registry never makes a second one, so "
    "it was tampered with. The earliest record was used. Have the registry audited."
)
LEADS_TO_RECORD = message("The mark's record holds {manifest}")
LEADS_TO_RESPONSE = message("The producer's response holds {manifest}")
LEADS_TO_FILE = message("The file itself holds {manifest}")
PASSED_OVER = message(
    "The mark's record holds {manifest} The file's own manifest for this mark is worth more, and "
    "was used instead."
)
LEAD = {
    Reason.UNTRUSTED: message("a manifest in the name of {signer}, but {credential}."),
    Reason.NOT_REPEATED: message("a manifest that does not repeat the mark's 96 bits."),
    Reason.NAME_OF_ANOTHER: message(
        "a manifest in the name of {signer}, but a directory lists that name for another "
        "certificate."
    ),
    Reason.NUMBER_OF_ANOTHER: message(
        "a manifest signed by {signer}, but the mark's producer number {number} belongs to "
        "somebody else."
    ),
    Reason.NUMBER_UNKNOWN: message(
        "a manifest signed by {signer}, but no directory at hand says who holds the mark's "
        "producer number {number}."
    ),
    Reason.NUMBER_LAPSED: message(
        "a manifest signed by {signer}, but at the stated time the directory's entry for the "
        "mark's producer number {number} had not begun or had run out."
    ),
    Reason.REVOKED: message(
        "a manifest signed by {signer}, whose right to sign was revoked on {revoked}, and nothing "
        "proves that this stamp is older."
    ),
    Reason.STAMP_REVOKED: message("a manifest signed by {signer}, but {withdrawn}"),
    Reason.TIMES_DIFFER: message(
        "a manifest signed by {signer}, but the stated times differ: {times}."
    ),
    Reason.VERSION_UNKNOWN: message(
        "a manifest in the name of {signer}, for a mark that can't be read."
    ),
}
LEADS_ON = message(
    "a manifest signed by {signer}, holder of producer number {number}, that repeats the mark's 96 "
    "bits."
)
TIME_OF_MARK = message("mark {time}")
TIME_OF_MANIFEST = message("manifest {time}")
TIME_OF_RECORD = message("record {time}")
# --- findings: the rest ---------------------------------------------------------------------------

FUTURE = message(
    "A time that is stated lies in the future: {times}, while it is {now} by the clock of this "
    "machine. One of the two clocks is wrong, or the time was made up."
)
