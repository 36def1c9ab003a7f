"""Every fixed sentence of a letter. It goes to people who may be innocent: change it with care.

"Letter" is this text; "request" is the file beside it; to ask that something be kept is neither.
"""

from __future__ import annotations

from provenance.language import message, message_in

TO = message("To:")
CONTACT = message("Contact:")
FROM = message("From:")
DATE = message("Date:")
CASE = message("Case:")
SUBJECT = message("Subject:")
HOLDER = message_in("letter", "the holder of producer number {number}")
SENDER = message("[name, office, address, telephone for verification]")
PRESERVE_RECORDS = message("Please preserve your records of stamp {stamp}")
SIGNATURE = message("[name, office, legal basis, signature]")
NO_CONTACT = message("No directory at hand lists a contact.")
UNPROVED_CONTACT = message(
    "not proved. The number is listed by {directory}, as {name}, with the contact {contact}. "
    "Confirm whom you write to before you send this."
)

PROVED = message(
    "The picture was traced to you: you signed the statement that you stamped it, or that you "
    "stamped a picture that it descends from."
)
PROVED_PART = message(
    "A part of the picture was traced to you: you signed the statement that you stamped it, or "
    "that you stamped a picture that it descends from. Where the rest comes from is not proved, "
    "and this letter does not say that it is yours."
)
UNPROVED = message(
    "The picture carries a mark or a manifest that points to you. It is not proved that this is "
    "yours, or that it belongs on this picture: it may have been forged or copied. This letter is "
    "not an accusation. If your registry has no such stamp, please tell us so; then you need not "
    "keep anything."
)

STAMP_ID = message_in("letter", "stamp id")
PRODUCER_NUMBER = message_in("letter", "producer number")
MODEL = message_in("letter", "model")
TIME_OF_STAMP = message_in("letter", "time of stamp")
RECORDED = message_in("letter", "recorded")
MANIFEST = message_in("letter", "manifest")
FILE_ISSUED = message_in("letter", "file you issued")
FILE_EXAMINED = message_in("letter", "file examined")

PLEASE_PRESERVE = message("Please preserve:")
KEEP = (
    message(
        "the record of this stamp, its signed manifest, and your registry's checkpoints since;"
    ),
    message(
        "the log entries of the call that produced the picture, and of its session: times, IP "
        "addresses, user agents, API keys or tokens used;"
    ),
    message(
        "the account behind that call: identifiers, pseudonyms, contact and payment data, dates "
        "of its creation and last use;"
    ),
    message("what was given to the model: prompts, settings, and any picture used as a source;"),
    message(
        "other outputs of the same session, and records of what was already deleted, by whom and "
        "when."
    ),
)
CLOSING = message(
    "Please preserve, unaltered, everything that you hold of this from 30 days before to 30 days "
    "after that time, and exempt it from automatic deletion until you hear from us or we withdraw "
    "this letter. Apart from the answer asked for below, this letter does not ask you to disclose "
    "anything; that will follow by legal process. Please do not inform the account's holder."
)
ASK = message(
    "With this letter goes the request {file}. Please answer it: “provenance respond {file} -o "
    "response.json” writes the answer. It asks for what you signed yourself about this stamp: its "
    "record, its manifest, the proof that your log holds it, and whether you revoked it; or that "
    "you have no such stamp. It asks nothing about any person."
)
HOW = message(
    "Your registry finds the stamp by its id (provenance registry show). You need no copy of the "
    "picture for any of this, and none is attached. Please do not ask for one."
)
