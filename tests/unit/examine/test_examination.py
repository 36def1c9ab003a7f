"""An examination reads each thing when it is asked for, and once."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime

import pytest
from PIL import Image

from provenance.errors import ImageTooLargeError, UnsupportedFormatError
from provenance.examine import CheckpointKeeper, Examination, Sources
from provenance.limits import Limits
from provenance.manifest import Trust
from provenance.once import once
from provenance.verify import gather_evidence

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def sources(limits: Limits | None = None) -> Sources:
    return Sources(Trust.none(), CheckpointKeeper(None, lambda: NOW), limits=limits or Limits())


def picture(size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize(size).save(file, "PNG")
    return file.getvalue()


class Counted:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    @once
    def answer(self) -> int:
        """Say how often it was computed."""
        self.times += 1
        return self.times


def test_computed_at_first_use_and_then_kept() -> None:
    one, other = Counted(), Counted()
    assert one.times == 0
    assert (one.answer, one.answer, other.answer) == (1, 1, 1)
    assert Counted.answer.__doc__ == "Say how often it was computed."


def test_what_failed_is_tried_again() -> None:
    class Failing(Counted):
        @once
        def answer(self) -> int:
            """Fail at first."""
            self.times += 1
            if self.times == 1:
                raise ValueError("not yet")
            return self.times

    failing = Failing()
    with pytest.raises(ValueError, match="not yet"):
        _ = failing.answer
    assert failing.answer == 2


def test_threads_with_objects_of_their_own_do_not_wait_for_each_other() -> None:
    meeting = threading.Barrier(2, timeout=10)

    class Meeting:
        @once
        def met(self) -> bool:
            """Wait until the other thread computes as well."""
            meeting.wait()
            return True

    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(Meeting().met)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True, True]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    examination = Examination(b"neither picture nor manifest", sources(), NOW)
    assert len(examination.sha256) == 64
    assert len(examination.md5) == 32
    assert (examination.records.head, examination.records.notes) == (None, [])
    with pytest.raises(UnsupportedFormatError):
        gather_evidence(examination)


def test_what_is_read_is_the_same_for_every_view() -> None:
    examination = Examination(picture(), sources(), NOW)
    assert examination.picture is examination.picture
    assert examination.records is examination.records
    first, second = gather_evidence(examination), gather_evidence(examination)
    assert first == second
    assert first.examined_at == NOW
    assert len(examination.hashes) == 16  # and those of its enlargement
    assert examination.list_history(examination.own.reading) == ()


def test_a_picture_over_a_limit_is_refused_whatever_is_asked() -> None:
    examination = Examination(picture(), sources(Limits(max_pixels=100)), NOW)
    for view in ("picture", "own", "marks", "hashes", "coverage"):
        with pytest.raises(ImageTooLargeError):
            getattr(examination, view)


def test_a_sidecar_is_read_only_where_the_file_carries_no_manifest() -> None:
    damaged = Examination(picture(), sources(), NOW, b"no manifest").own
    assert damaged.damage is not None
    assert [note.code for note in damaged.notes] == ["manifest.beside"]
    bare = Examination(picture(), sources(), NOW).own
    assert (bare.reading, bare.damage, bare.notes) == (None, None, ())


@pytest.mark.parametrize(
    ("pointer", "codes"),
    [
        ("urn:c2pa:00000000-0000-4000-8000-000000000001", ["manifest.pointer"]),
        ("https://manifests.invalid/x", ["manifest.remote"]),
        (None, []),
    ],
)
def test_a_pointer_without_its_manifest_is_a_lead(pointer: str | None, codes: list[str]) -> None:
    stated = f" dcterms:provenance='{pointer}'" if pointer else ""
    packet = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        f"xmlns:dcterms='http://purl.org/dc/terms/'{stated}/></rdf:RDF></x:xmpmeta>"
    )
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(file, "JPEG", xmp=packet.encode())
    notes = Examination(file.getvalue(), sources(), NOW).own.notes
    assert [note.code for note in notes] == codes
    assert [note.detail for note in notes] == (
        [pointer] if codes == ["manifest.pointer"] else [""] * len(codes)
    )
