"""The sentences about what producers and directories say, and of when; fixed like the others."""

from __future__ import annotations

from provenance.language import message, messages
from provenance.response import Fault

REVOKED = "revoked"
"""What a response says of a stamp that its log revokes: no outcome of its own."""

RESPONSE = {
    "found": message(
        "{who} answered about stamp {stamp} as of {time}, {age} before this examination: its "
        "registry holds the record, as entry {place} of its log, and knows of no revocation. The "
        "log proves the record. That the stamp is not revoked is the producer's word as of that "
        "time; what happened later is unknown."
    ),
    REVOKED: message(
        "{who} answered about stamp {stamp} as of {time}, {age} before this examination: its "
        "registry holds the record, as entry {place} of its log, and has revoked it. The log "
        "proves both."
    ),
    "none": message(
        "{who} states that its registry held no stamp {stamp} as of {time}, {age} before this "
        "examination. That is the producer's signed statement. Its log can't prove that something "
        "is not in it, and the stamp may be recorded elsewhere. So the mark may be forged; this "
        "does not prove it."
    ),
    "refused": message(
        "{who} refused on {time} to answer about stamp {stamp}, for this reason: {reason}. That "
        "speaks neither for nor against the stamp."
    ),
}
HOLDER = message("the holder of producer number {number}")
HOLDER_FIRST = message("The holder of producer number {number}")
"""Who answered, where two producers list one name."""
PLACE = message("{index} of {size}")
ANSWERED_BY = message(
    "It is signed by {signer} (certificate SHA-256 {digest}), whose key is bound by {listed_by}."
)
FAULT = {
    Fault.UNSIGNED: message("it is not signed, so anybody can have written it."),
    Fault.SIGNATURE: message("it was changed after {signer} signed it."),
    Fault.NUMBER_UNKNOWN: message(
        "no directory at hand lists the stamp's producer number, so nobody knows who may answer. "
        "Load the producer's directory file."
    ),
    Fault.KEY: message(
        "it is signed by {signer} (certificate SHA-256 {digest}), and no directory at hand binds "
        "that key for the responses of the stamp's producer number."
    ),
    Fault.KEY_SHARED: message(
        "entries of two producers bind the key that signed it (certificate SHA-256 {digest}) to "
        "the stamp's producer number, and nothing in it shows whose it is. Find out which entry is "
        "right, and leave the other out."
    ),
    Fault.KEY_LAPSED: message(
        "by the directory, the key that signed it was not valid at {time}, the time that it states."
    ),
    Fault.PRODUCER_REVOKED: message(
        "at {time}, the time that it states, {who} was revoked already."
    ),
    Fault.FUTURE: message("it states a time in the future, {time}."),
    Fault.LOG_KEY: message(
        "its checkpoint is not signed by a log key that the directory binds to {who}, so it comes "
        "from another log."
    ),
    Fault.LOG_KEY_LAPSED: message(
        "by the directory, the key that signed its checkpoint was not valid at {time}, the time "
        "that it states."
    ),
    Fault.LOG: message(
        "the log that it names does not hold the record and manifest in it: one of them was "
        "altered."
    ),
    Fault.SIGNER: message(
        "the manifest in it is not signed by the certificate that the directory binds to {who}."
    ),
    Fault.SUPERSEDED: message(
        "a newer one by {who}, or one that proves more, is at hand. It is of {time}."
    ),
    Fault.CONTRADICTED: message(
        "the log of {who} shows that what it states as of {time} is false. Have the registry "
        "audited."
    ),
    Fault.FORKED: message(
        "two checkpoints of the log of {who} contradict each other: it shows different people "
        "different pasts. Have the registry audited."
    ),
}
NOT_USED = message("A response about stamp {stamp} was not used: {why}")
OTHER_RESPONSES = messages(
    "One response at hand is about other stamps than those found in this picture, and was not "
    "used.",
    "{count} responses at hand are about other stamps than those found in this picture, and were "
    "not used.",
)
ASK = message(
    "Nothing at hand says what was signed with this mark. The holder of producer number {number} "
    "can answer that: “provenance request {stamp} -o FILE” writes the question."
)

# --- numbers --------------------------------------------------------------------------------------

LISTED_NUMBER = message(
    "Producer number {number} is listed as {name} by {listed_by}. That is not proved by a mark."
)
UNASSIGNED_NUMBER = message(
    "Nobody assigned producer number {number}: anybody can draw it, or list it in a directory of "
    "their own, so it names nobody by itself. An entry for it is in {listed_by}."
)

# --- how fresh a verdict is -----------------------------------------------------------------------

REVOCATION_ANSWERED = message(
    "The producer's response knows of no revocation of this stamp as of {time}, {age} before this "
    "examination. Whether it was revoked since is unknown."
)
REVOCATION_MIRRORED = message(
    "The copy of the producer's registry that was asked is from {time}, {age} before this "
    "examination. Whether the stamp was revoked since is unknown."
)
REVOCATION_UNCHECKED = message(
    "Whether this stamp was revoked was not checked: neither its registry nor a response of its "
    "producer is at hand that can be relied on."
)
DIRECTORY_AGE = message(
    "The directory that lists the producer was issued on {time}, {age} before this examination. "
    "Whether the producer was revoked since is unknown."
)
