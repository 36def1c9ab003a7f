"""The sentence of each note on the examination itself, by its code."""

from __future__ import annotations

from provenance.language import join, message

UNSIGNED = message(
    "This is stated, unsigned, by nobody known, and anybody can write it: a lead, not evidence."
)
STATED = {
    "unsigned.parameters": message(
        "The metadata hold generation parameters, as image generators write them. What they say is "
        "not repeated here."
    ),
    "unsigned.source_type": message("The metadata state a kind of source that involves a machine."),
    "unsigned.label": message(
        "The metadata hold the label that China's law asks for on generated content."
    ),
    "unsigned.note": message(
        "The metadata hold a note that AI took part, or the name of an image generator."
    ),
}
NOTES = {
    **{code: join((stated, UNSIGNED)) for code, stated in STATED.items()},
    "directory.stale": message(
        "A directory in use is out of date: its signer announced a newer edition. What was revoked "
        "or changed since is unknown."
    ),
    "pixels.not_examined": message(
        "The pixels could not be decoded and were not examined, so nothing is known about marks "
        "and fingerprints."
    ),
    "pixels.frames": message(
        "This is a moving picture. So many of its frames were looked at, evenly spaced, and it is "
        "compared by the looks of the first. What is said of mark and content holds for frames in "
        "which the mark was seen."
    ),
    "pixels.not_looked_at": message(
        "The manifest proves an origin by itself, and no more was asked for: the pixels were not "
        "decoded or searched. Whether they carry a mark, and whether it agrees, is unknown, and so "
        "is whether recorded pictures look alike."
    ),
    "film.frames": message(
        "The file is a film. So many of its frames were looked at, all together and a few alone: "
        "those that its codec spent most on, spread over its length. What is said of the mark "
        "holds for these, and what is said of the content for one of them at least."
    ),
    "film.marked": message(
        "The mark was seen in frames between these moments of the film. Strong compression leaves "
        "it in few frames, so it may reach further."
    ),
    "watermark.searched_on": message(
        "A mark was found that proves nothing, so the search went on to its end: at every place "
        "where a mark may lie, and once more without the marks found."
    ),
    "watermark.searched_all": message(
        "Every mark was asked for, so the search went on to its end: at every place where a mark "
        "may lie, and once more without the marks found. A mark that is too faint, or on too small "
        "a part, is not found."
    ),
    "manifest.remote": message(
        "The file only points to a manifest elsewhere. That manifest is not fetched, and the "
        "pointer is not evidence."
    ),
    "manifest.pointer": message(
        "The file's XMP names a manifest that is not in it, and may have been removed. Anybody "
        "can write such a pointer, so it is a lead and not evidence."
    ),
    "manifest.too_costly": message(
        "The file carries Content Credentials that would take too much memory to read, so they "
        "were not read. That says nothing about whether anything was changed."
    ),
    "manifest.unsupported": message(
        "The file carries Content Credentials of a kind that this program does not read. That says "
        "nothing about whether anything was changed."
    ),
    "manifest.draft": message(
        "The file carries credentials of an old draft, from before the first edition of the C2PA "
        "specification, that this program does not read. That says nothing about whether anything "
        "was changed."
    ),
    "manifest.beside": message(
        "The manifest came in a separate file, a sidecar; the picture's own file carries none."
    ),
    "manifest.beside_unused": message(
        "The file carries a manifest of its own, so the sidecar that came with it was not read."
    ),
    "registry.unavailable": message(
        "The registry could not be asked, so marks and fingerprints were not looked up. Repeat the "
        "examination when it answers."
    ),
    "registry.damaged": message("The registry is damaged, so nothing that it holds was used."),
    "registry.mirror": message(
        "The registry that was asked is a copy. It is checked against the log that its producer "
        "signed, but what was revoked or recorded since is unknown."
    ),
    "registry.stale": message(
        "The registry that was asked is a copy that is out of date: what was revoked or recorded "
        "since is unknown. Bring it up to date and repeat the examination."
    ),
    "witness.count": message(
        "Of the witnesses that count here, some or none cosigned the checkpoint on which the "
        "registry's answers rest. Each says that it knows no other history of this log."
    ),
    "witness.forged": message(
        "A cosignature under the registry's checkpoint names a witness that counts here, but is "
        "forged. No witness was counted."
    ),
    "response.asked": message(
        "The producer's own service was asked, as its directory entry says, with nothing but the "
        "96 bits of the mark."
    ),
    "response.kept": message(
        "The answer of the producer's own service was taken from what an earlier question brought."
    ),
    "response.no_answer": message(
        "The producer's own service was asked, with nothing but the 96 bits of the mark, and gave "
        "no answer that could be used."
    ),
    "registry.other_log": message(
        "The registry that was asked is a copy of a log whose key the entry of the stamp's "
        "producer does not bind: somebody else keeps it. What it says of revocations does not "
        "count."
    ),
    "revocation.refused": message(
        "The registry holds a revocation of this stamp, but its log does not prove it, or does not "
        "continue the one seen before and bears no signature of a known key, so it was not used. "
        "Have the registry audited."
    ),
    "revocation.broken_log": message(
        "The revocation of this stamp stands in a log that does not continue the one seen before. "
        "It counts all the same, because the log's own key signed it: whoever holds that key may "
        "revoke. Have the registry audited."
    ),
    "registry.log_integrity": message(
        "The registry's log does not continue the one seen before: records may have been removed "
        "or rewritten. Signed manifests still stand on their own."
    ),
}
