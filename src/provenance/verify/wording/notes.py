"""The sentence of each note on the examination itself, by its code."""

from __future__ import annotations

UNSIGNED = (
    "This is stated, unsigned, by nobody known, and anybody can write it: a lead, not evidence."
)
NOTES = {
    "unsigned.parameters": (
        "The metadata hold generation parameters, as image generators write them. What they say is "
        f"not repeated here. {UNSIGNED}"
    ),
    "unsigned.source_type": (
        f"The metadata state a kind of source that involves a machine. {UNSIGNED}"
    ),
    "unsigned.label": (
        f"The metadata hold the label that China's law asks for on generated content. {UNSIGNED}"
    ),
    "unsigned.note": (
        f"The metadata hold a note that AI took part, or the name of an image generator. {UNSIGNED}"
    ),
    "directory.stale": (
        "A directory in use is out of date: its signer announced a newer edition. What was revoked "
        "or changed since is unknown."
    ),
    "pixels.not_examined": (
        "The pixels could not be decoded and were not examined, so nothing is known about marks "
        "and fingerprints."
    ),
    "pixels.not_looked_at": (
        "The manifest proves an origin by itself, and no more was asked for: the pixels were not "
        "decoded or searched. Whether they carry a mark, and whether it agrees, is unknown, and so "
        "is whether recorded pictures look alike."
    ),
    "watermark.searched_on": (
        "A mark was found that proves nothing, so the search went on to its end: at every place "
        "where a mark may lie, and once more without the marks found."
    ),
    "watermark.searched_all": (
        "Every mark was asked for, so the search went on to its end: at every place where a mark "
        "may lie, and once more without the marks found. A mark that is too faint, or on too small "
        "a part, is not found."
    ),
    "manifest.remote": (
        "The file only points to a manifest elsewhere. That manifest is not fetched, and the "
        "pointer is not evidence."
    ),
    "manifest.pointer": (
        "The file's XMP names a manifest that is not in it, and may have been removed. Anybody "
        "can write such a pointer, so it is a lead and not evidence."
    ),
    "manifest.unsupported": (
        "The file carries Content Credentials of a kind that this program does not read. That says "
        "nothing about whether anything was changed."
    ),
    "manifest.draft": (
        "The file carries credentials of an old draft, from before the first edition of the C2PA "
        "specification, that this program does not read. That says nothing about whether anything "
        "was changed."
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
    "registry.mirror": (
        "The registry that was asked is a copy. It is checked against the log that its producer "
        "signed, but what was revoked or recorded since is unknown."
    ),
    "registry.stale": (
        "The registry that was asked is a copy that is out of date: what was revoked or recorded "
        "since is unknown. Bring it up to date and repeat the examination."
    ),
    "witness.count": (
        "Of the witnesses that count here, some or none cosigned the checkpoint on which the "
        "registry's answers rest. Each says that it knows no other history of this log."
    ),
    "witness.forged": (
        "A cosignature under the registry's checkpoint names a witness that counts here, but is "
        "forged. No witness was counted."
    ),
    "registry.other_log": (
        "The registry that was asked is a copy of a log whose key the entry of the stamp's "
        "producer does not bind: somebody else keeps it. What it says of revocations does not "
        "count."
    ),
    "revocation.refused": (
        "The registry holds a revocation of this stamp, but its log does not prove it, so it was "
        "not used. Have the registry audited."
    ),
    "registry.log_integrity": (
        "The registry's log does not continue the one seen before: records may have been removed "
        "or rewritten. Signed manifests still stand on their own."
    ),
}
