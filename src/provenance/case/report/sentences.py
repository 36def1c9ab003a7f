"""Every fixed sentence of a report. They are quoted in court: change them with care."""

from __future__ import annotations

from provenance.distribution import say_install

TITLE = "Examination of a picture's origin"

STATES = {
    "attributed": "Origin proved",
    "claimed": "Origin stated, not proved",
    "similar": "No origin proved; similar to a stamped picture",
    "conflict": "Evidence contradicts itself",
    "tampered": "Manifest broken",
    "none": "No evidence of origin found",
}

LIMITS = (
    (
        "This report is about where a file or its content comes from. It does not say whether "
        "what the picture shows happened, who is shown, or who published it."
    ),
    (
        "A proved origin means that the producer named here signed the statement quoted here. "
        "It does not prove that a model made the picture, or who gave the model its "
        "instructions."
    ),
    (
        "Missing evidence proves nothing: marks can be removed and manifests stripped. If no "
        "evidence of origin was found, that does not mean that the picture is a photograph, or "
        "that it is real."
    ),
    (
        "Anything listed as stated, claimed or similar is a lead to follow. It is not proof, and "
        "nobody should be accused because of it."
    ),
    (
        "The error rate given with a finding is the rate of that one test. It is not the "
        "probability that a person or producer is innocent."
    ),
)

NO_PICTURE = (
    "This report holds no picture, no thumbnail and nothing from which one could be made. The "
    "examined file is identified by its digests alone."
)
NO_NAMES = "File names and paths are left out, because they may name a person."

TIMES = {
    "stated": "the producer's own statement",
    "timestamp": "a time-stamp authority",
    "log": "the registry's log",
}

MATCHES = {
    "exact": "the file is, byte for byte, the one that was signed and recorded",
    "bound": "the file is the one that was signed, in every byte that the signature covers",
    "derived": "the picture descends from the one that was signed",
}

CANDIDATES = (
    "The registry holds stamped pictures that look like this one. Each may be a source, a copy or "
    "an edit of it, or unrelated. They are leads for a person to check, not findings, and prove no "
    "origin."
)
UNSIGNED = (
    "Nobody signed this report: no examiner's key was configured. Its files can be changed without "
    "anybody noticing."
)
SIGNED = (
    "The file SHA256SUMS lists the SHA-256 of every file of this case folder and is signed with "
    "the examiner's key (SHA256SUMS.sig). The command “provenance trace --check FOLDER --examiner "
    "CERTIFICATE” checks all of it; “sha256sum -c SHA256SUMS” and OpenSSL do the same without this "
    "program. Take the certificate from the examiner, not from this folder."
)
DEVELOPMENT_EXAMINER = (
    "The examiner's certificate comes from a development authority, which anybody makes in any "
    "name to try things out. It shows who signed only to those who had it from the examiner."
)
TIME_STAMPED = (
    "A time-stamp authority (RFC 3161) attested that this signature existed at the time in "
    "SHA256SUMS.tsr."
)
REPEAT = (
    "Anyone with the examined file, the same version of this program and the material listed here "
    "can repeat the examination and must come to the same verdict. A registry that has grown "
    "since, or a newer directory, can add evidence."
)
CUSTODY = (
    "In the file custody.jsonl each entry names the digest of the entry before it. That file also "
    "holds the entries made after this report was written. Times are in UTC. Their source: "
    "{clock}."
)
ACCOUNT = (
    "The pseudonym of the account that had this picture made was read from the producer's registry "
    "for the purpose stated here. It is a keyed hash: only the producer can say whose account it "
    "is. The registry logged the access."
)
ACCOUNT_TOLD = (
    "The producer told the pseudonym of the account that had this picture made, in a response that "
    "it signed. It is a keyed hash: only the producer can say whose account it is."
)
UNPROVED_CONTACT = (
    "not proved. The number is listed by {directory}, as {name}, with the contact {contact}. "
    "Confirm whom you write to before you send this."
)
NO_CONTACT = "No directory at hand lists a contact."

WITHOUT_PDF = f"report.pdf needs typst: {say_install('pdf')}"
