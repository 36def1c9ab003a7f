"""Files in and out: reads within a bound, writes that leave either the whole file or nothing.

- ``read_bytes`` reads a file of at most so many bytes, and never blocks on a pipe; ``read_head``
  its first bytes.
- ``read_stream`` reads an open file likewise.
- ``read_named`` does so for a file that a config names, whose refusal names it.
- ``write_atomic`` writes a file in one step.
- ``write_parts`` writes a long one part by part.
- ``open_pending`` writes a file in two steps, so that a record can be made between them.
- ``locked`` keeps other processes out meanwhile.
- ``write_private`` writes a secret that only its owner may read.
- ``read_json_lines`` and ``append_json_lines`` let an interrupted run continue its results.

Whatever the system answers, callers see an ``InputError`` or an ``OutputError``.
"""

from provenance.files.atomic import sync_files, write_atomic, write_parts
from provenance.files.jsonl import JsonLines, append_json_lines, encode_line, read_json_lines
from provenance.files.locking import locked
from provenance.files.pending import Pending, name_pending, open_pending
from provenance.files.private import write_private
from provenance.files.reading import (
    is_file_object,
    read_bytes,
    read_head,
    read_named,
    read_stream,
    refuse_over,
)
from provenance.files.system import translate_refusals

__all__ = [
    "JsonLines",
    "Pending",
    "append_json_lines",
    "encode_line",
    "is_file_object",
    "locked",
    "name_pending",
    "open_pending",
    "read_bytes",
    "read_head",
    "read_json_lines",
    "read_named",
    "read_stream",
    "refuse_over",
    "sync_files",
    "translate_refusals",
    "write_atomic",
    "write_parts",
    "write_private",
]
