"""The examination of one picture: each thing about it is read once, and nothing is judged.

An ``Examination`` reads bytes, pixels, marks, manifests and records when they are first asked for.
``provenance.verify`` judges it; inspections and case folders show it.
"""

from provenance.examine.asking import ReaderPool
from provenance.examine.checkpoints import CheckpointKeeper, load_seen
from provenance.examine.content_check import BOUND, NOT_COMPARED, Comparison, Content
from provenance.examine.examination import Examination, FoundMark
from provenance.examine.log_standing import LogPolicy, LogStanding, judge_log
from provenance.examine.notes import Note
from provenance.examine.own_manifest import OwnManifest
from provenance.examine.record_lookup import (
    Answer,
    LookupStatus,
    RecordLookup,
    Similar,
    note_revocation,
)
from provenance.examine.sources import Sources

__all__ = [
    "BOUND",
    "NOT_COMPARED",
    "Answer",
    "CheckpointKeeper",
    "Comparison",
    "Content",
    "Examination",
    "FoundMark",
    "LogPolicy",
    "LogStanding",
    "LookupStatus",
    "Note",
    "OwnManifest",
    "ReaderPool",
    "RecordLookup",
    "Similar",
    "Sources",
    "judge_log",
    "load_seen",
    "note_revocation",
]
