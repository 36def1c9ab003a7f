"""What the page says besides the verdict; the catalogues have it in each language."""

from __future__ import annotations

from provenance.language import message

TITLE = message("Where does this picture come from?")
LEAD = message(
    "This page looks for signed credentials and invisible marks that AI providers put into their "
    "pictures. It tells who made a picture with which model and when, as far as that is proved."
)
NOT_SAID = message(
    "It can't tell whether a picture without such traces is real, and it does not judge what a "
    "picture shows."
)
CHOOSE = message("Choose a picture")
HOW = message("You can also drop a picture anywhere on this page, or paste one.")
ADDRESS = message("Or give the address of a picture")
CHECK = message("Examine")
BUSY = message("The picture is being examined. This takes some seconds.")
KEPT = message(
    "Nothing that you send is kept: the picture stays in memory until it is examined, and is gone "
    "then. Neither its name nor your address is written down."
)
OFFLINE = message("Examine it on your own device.")
OFFLINE_WHY = message(
    "Then the picture is not sent at all. That page also says what you can do if a picture of you "
    "is shared without your consent."
)
RESULT = message("Result")
FAILED = message("This could not be examined")
ORIGIN = message("Origin")
PRODUCER = message("Producer")
MODEL = message("Model")
MADE = message("Made")
STAMP = message("Stamp")
FINDINGS = message("What was found, layer by layer")
LAYERS = {
    "manifest": message("Signed credentials (C2PA)"),
    "watermark": message("Invisible mark"),
    "fingerprint": message("Comparison with what was signed"),
    "registry": message("The producer's records"),
    "directory": message("Directory of producers"),
    "metadata": message("Unsigned metadata"),
    "list": message("Hash lists"),
}
HISTORY = message("What the credentials say of its history")
SIGNED_BY = message("Signed by {signer}, {standing}: {actions}")
TRUSTED = message("whom this page trusts")
OWN_NAME = message("whom this page trusts, under a name that is the signer's own word")
UNTRUSTED = message("whom this page does not know")
SOMEBODY = message("somebody who is not named")
RATES = message("How often this is wrong")
DOWNLOAD = message("Download this result")
DOWNLOAD_SIGNED = message("Download this result, signed")
ANOTHER = message("Examine another picture")
DIGEST = message("SHA-256 of the file")
FEEDBACK = message("Is this result wrong or hard to understand?")
OPINION = message("Your opinion")
OPINIONS = {
    "wrong": message("The result is wrong"),
    "unclear": message("The result is hard to understand"),
    "good": message("The result helped me"),
}
WORDS = message("What should we know? Please write nothing that tells who somebody is.")
SEND = message("Send")
THANKS = message("Thank you. This will be read.")
LANGUAGE = message("Language")
ABOUT = message("An examination by {software}. Programs ask the same at {path}.")
