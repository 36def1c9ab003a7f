"""Every fixed sentence of a report. They are quoted in court: change them with care."""

from __future__ import annotations

from provenance.distribution import say_install
from provenance.language import message, message_in, messages

TITLE = message("Examination of a picture's origin")
TITLE_MANY = message("Examination of the origin of pictures")
CASE = message("Case {case}")
FOOTER = message("Case {case} · file SHA-256 {digest}…")
FOOTER_MANY = message("Case {case} · {count} exhibits")
PAGE = message("page {page} of {pages}")

STATES = {
    "attributed": message("Origin proved"),
    "claimed": message("Origin stated, not proved"),
    "similar": message("No origin proved; similar to a stamped picture"),
    "conflict": message("Evidence contradicts itself"),
    "tampered": message("Manifest broken"),
    "none": message("No evidence of origin found"),
}

IT_SAYS = message("It says: {says}.")
STEPS = {
    "begun": message_in("step", "begun"),
    "opened": message_in("step", "opened"),
    "consulted": message_in("step", "consulted"),
    "examined": message_in("step", "examined"),
    "unchanged": message_in("step", "unchanged"),
    "account": message_in("step", "account"),
    "clock": message_in("step", "clock"),
    "written": message_in("step", "written"),
}

LIMITS = (
    message(
        "This report is about where a file or its content comes from. It does not say whether "
        "what the picture shows happened, who is shown, or who published it."
    ),
    message(
        "A proved origin means that the producer named here signed the statement quoted here. "
        "It does not prove that a model made the picture, or who gave the model its "
        "instructions."
    ),
    message(
        "Missing evidence proves nothing: marks can be removed and manifests stripped. If no "
        "evidence of origin was found, that does not mean that the picture is a photograph, or "
        "that it is real."
    ),
    message(
        "Anything listed as stated, claimed or similar is a lead to follow. It is not proof, and "
        "nobody should be accused because of it."
    ),
    message(
        "The error rate given with a finding is the rate of that one test. It is not the "
        "probability that a person or producer is innocent."
    ),
)

NO_PICTURE = message(
    "This report holds no picture, no thumbnail and nothing from which one could be made. The "
    "examined file is identified by its digests alone."
)
NO_NAMES = message("File names and paths are left out, because they may name a person.")

TIMES = {
    "stated": message("the producer's own statement"),
    "timestamp": message("a time-stamp authority"),
    "log": message("the registry's log"),
}

MATCHES = {
    "exact": message("the file is, byte for byte, the one that was signed and recorded"),
    "bound": message(
        "the file is the one that was signed, in every byte that the signature covers"
    ),
    "derived": message("the picture descends from the one that was signed"),
}

CANDIDATES = message(
    "The registry holds stamped pictures that look like this one. Each may be a source, a copy or "
    "an edit of it, or unrelated. They are leads for a person to check, not findings, and prove no "
    "origin."
)
UNSIGNED = message(
    "Nobody signed this report: no examiner's key was configured. Its files can be changed without "
    "anybody noticing."
)
SIGNED = message(
    "The file SHA256SUMS lists the SHA-256 of every file of this case folder and is signed with "
    "the examiner's key (SHA256SUMS.sig). The command “provenance trace --check FOLDER --examiner "
    "CERTIFICATE” checks all of it; “sha256sum -c SHA256SUMS” and OpenSSL do the same without this "
    "program. Take the certificate from the examiner, not from this folder."
)
DEVELOPMENT_EXAMINER = message(
    "The examiner's certificate comes from a development authority, which anybody makes in any "
    "name to try things out. It shows who signed only to those who had it from the examiner."
)
TIME_STAMPED = message(
    "A time-stamp authority (RFC 3161) attested that this signature existed at the time in "
    "SHA256SUMS.tsr."
)
METHOD = (
    message(
        "Each file was opened for reading only, read whole and hashed (SHA-256, MD5). It was read "
        "again after the examination and hashed again. No copy was made."
    ),
    message(
        "Then three things were read, each independently of the others: the signed manifest in or "
        "beside the file (C2PA), invisible marks in the pixels, and what registry, directories and "
        "responses of producers say about these."
    ),
    message(
        "The verdict follows from that evidence alone, by a fixed table of cases that is published "
        "with the program (docs/verdicts.md). No person weighs it, and no model is trained for it."
    ),
    message(
        "The examination ran on the examining machine, and no picture was sent anywhere. A "
        "registry that is asked sees stamp ids and hashes of the picture."
    ),
)
VALIDATION = (
    message(
        "Error rates of marks and fingerprints: how they were derived and measured, with numbers "
        "of pictures and bounds, is written in docs/false-positives.md and docs/fingerprints.md."
    ),
    message(
        "How well marks survive handling was measured too (docs/bench.md). Anybody can repeat all "
        "measurements with the program's own benches."
    ),
    message(
        "The report is laid out after ISO/IEC 27037 (identification, acquisition, preservation), "
        "ISO/IEC 27042 (analysis and interpretation), SWGDE's guidance on reports and the Berkeley "
        "Protocol; docs/case-folder.md says which field answers which point. Nobody "
        "certified or accredited this program."
    ),
)
NO_REVIEWER = message("nobody; no reviewer is named")
NOT_STATED = message("not stated")
REGIONS = message(
    "The outline shows where in the picture marks were found. It is drawn from coordinates alone; "
    "the frame stands for the picture's edges."
)
OUTLINE = messages(
    "Outline of the picture, {width} by {height} pixels, with one marked part.",
    "Outline of the picture, {width} by {height} pixels, with {count} marked parts.",
)
REPEAT = message(
    "Anyone with the examined file, the same version of this program and the material listed here "
    "can repeat the examination and must come to the same verdict. A registry that has grown "
    "since, or a newer directory, can add evidence."
)
CUSTODY = message(
    "In the file custody.jsonl each entry names the digest of the entry before it. That file also "
    "holds the entries made after this report was written. Times are in UTC. Their source: "
    "{clock}."
)
ACCOUNT = message(
    "The pseudonym of the account that had this picture made was read from the producer's registry "
    "for the purpose stated here. It is a keyed hash: only the producer can say whose account it "
    "is. The registry logged the access."
)
ACCOUNT_TOLD = message(
    "The producer told the pseudonym of the account that had this picture made, in a response that "
    "it signed. It is a keyed hash: only the producer can say whose account it is."
)
NO_CONTACT = message("No directory at hand lists a contact.")

WITHOUT_PDF = f"report.pdf needs typst: {say_install('pdf')}"
