"""A wrong producer is never named, however the organisations around it behave.

Each organisation has a folder of its own. docs/threat-model.md lists these attacks with the verdict
before and after.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from provenance import watermark
from provenance.case import Source
from provenance.config import Config
from provenance.directory import Directory, export
from provenance.errors import DirectoryError
from provenance.stamp import StampedImage
from provenance.stamp_id import EPOCH
from provenance.verify import State, Verdict, Verifier
from tests.integration.organisations import (
    A_NAME,
    B_NAME,
    CONTACT,
    Provider,
    Vetting,
    open_authority,
    renamed,
    set_up_verifier,
)
from tests.integration.studio import Pixels, codes

ASSIGNED = 7
LOOK_ALIKES = ["ADA  images", "Ada Images, Inc.", "\uff21da Images"]  # the third by a wide A


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), A_NAME)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("b"), B_NAME)


@pytest.fixture(scope="module")
def vetting(tmp_path_factory: pytest.TempPathFactory) -> Vetting:
    """An authority that vets identities, such as one of the C2PA list."""
    return Vetting.found(tmp_path_factory.mktemp("vetting"), "Certifiers")


@pytest.fixture(scope="module")
def picture(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs["coffee"]


@pytest.fixture(scope="module")
def stamped(a: Provider, picture: Pixels) -> StampedImage:
    return a.stamp(picture)


@pytest.fixture(scope="module")
def forged(b: Provider, picture: Pixels) -> StampedImage:
    """A picture of B's, by a certificate of B's authority that bears A's name."""
    return b.stamp_as(A_NAME, picture)


OWN_WORD = "is the signer's own word"


def old_police(folder: Path, a: Provider, b: Provider, *directories: Path) -> Config:
    """Police who trust both authorities as anchors, as configs had to before."""
    return set_up_verifier(folder, anchors=[a.authority, b.authority], directories=directories)


def examine(config: Config, data: bytes) -> Verdict:
    return config.verifier().verify(data)


def named(verdict: Verdict) -> str | None:
    return verdict.origin.producer if verdict.origin else None


def bare_mark(number: int, picture: Pixels) -> bytes:
    """A picture with nothing but a mark that bears a number."""
    minute = (datetime.now(UTC) - datetime.fromisoformat(EPOCH)) // timedelta(minutes=1)
    payload = watermark.Payload(number, 1, minute, 5).pack()
    file = io.BytesIO()
    Image.fromarray(watermark.embed(picture, payload)).save(file, "JPEG", quality=95)
    return file.getvalue()


def letter(config: Config, data: bytes) -> str:
    files = config.tracer().trace(Source(lambda: data), case="1").files
    return files["letter-1.txt"].decode()


# --- two commands are enough ----------------------------------------------------------------------


def test_a_directory_file_is_all_that_a_verifier_needs(
    a: Provider, b: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    """A's file brings A's authority, for A's own entry; nobody is an anchor."""
    police = set_up_verifier(tmp_path, directories=[a.directory, b.directory])
    verdict = examine(police, stamped.data)
    assert (verdict.state, named(verdict)) == (State.ATTRIBUTED, A_NAME)
    text = verdict.explain()
    assert "O=Ada Images" in text  # the issuer, by its subject
    assert "the producer's own authority" in text
    assert OWN_WORD in text.partition("Findings:")[0]  # not below, where few read
    assert "name.own_word" in codes(verdict)  # and for programs
    assert "directory.json" in text
    assert named(examine(a.config, stamped.data)) == A_NAME


# --- A.1: an anchor that names anybody ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["anchors", "directories"])
def test_a_listed_name_on_another_certificate_never_proves(
    kind: str, a: Provider, b: Provider, forged: StampedImage, tmp_path: Path
) -> None:
    if kind == "anchors":
        police = old_police(tmp_path, a, b, a.directory)
    else:
        police = set_up_verifier(tmp_path, directories=[a.directory, b.directory])
    verdict = examine(police, forged.data)
    assert verdict.state is State.CLAIMED, verdict.explain()
    assert "O=Babel Pictures" in verdict.explain()
    assert A_NAME not in letter(police, forged.data).split("\n")[0]


@pytest.mark.parametrize("name", [A_NAME, *LOOK_ALIKES])
def test_nor_by_an_authority_that_vets(
    name: str, a: Provider, vetting: Vetting, picture: Pixels, tmp_path: Path
) -> None:
    """A certificate authority in ``anchors`` certifies somebody else under A's name."""
    config = set_up_verifier(
        tmp_path, anchors=[a.authority, vetting.authority], directories=[a.directory]
    )
    verdict = examine(config, vetting.stamp_as(name, picture).data)
    assert (verdict.state, named(verdict)) == (State.CLAIMED, None)
    assert "manifest.name_of_another" in codes(verdict)
    shown = " ".join(name.split())
    assert "stated and signed" not in verdict.explain()
    assert f'says a manifest in the name of "{shown}", which is not proved' in verdict.explain()
    assert "O=Certifiers" in verdict.explain()


def test_an_authority_that_vets_is_itself_named(
    vetting: Vetting, picture: Pixels, tmp_path: Path
) -> None:
    """Without A's directory nothing contradicts whom the user lets certify any name."""
    config = set_up_verifier(tmp_path, anchors=[vetting.authority])
    verdict = examine(config, vetting.stamp_as(A_NAME, picture).data)
    assert named(verdict) == A_NAME
    assert 'issued by "O=Certifiers" (certificate SHA-256 ' in verdict.explain()


def test_an_authority_of_init_vets_nobody(
    a: Provider, b: Provider, forged: StampedImage, tmp_path: Path
) -> None:
    """Even where a config from before makes it an anchor, and no directory is at hand."""
    verdict = examine(old_police(tmp_path, a, b), forged.data)
    assert (verdict.state, named(verdict)) == (State.CLAIMED, None)
    assert "O=Babel Pictures" in verdict.explain()


def test_a_vetted_producer_can_not_list_itself_under_another_name(
    b: Provider, picture: Pixels, tmp_path: Path
) -> None:
    own = b.publish("renamed.json", renamed(b.entry, name=A_NAME, number=b.number))
    config = set_up_verifier(tmp_path, anchors=[b.authority], directories=[own])
    assert named(examine(config, b.stamp(picture).data)) == B_NAME


def test_an_authority_of_an_entry_speaks_for_nobody_else(
    b: Provider, picture: Pixels, tmp_path: Path
) -> None:
    police = set_up_verifier(tmp_path, directories=[b.directory])
    verdict = examine(police, b.stamp_as("Somebody Unlisted", picture).data)
    assert (verdict.state, named(verdict)) == (State.CLAIMED, None)


# --- A.2: directories about others ----------------------------------------------------------------

REASON = "says B"
ABOUT_A: dict[str, dict[str, object]] = {
    "renames A": {"name": "Villain"},
    "revokes A": {"revoked_at": datetime(2024, 1, 1, tzinfo=UTC), "reason": REASON},
    "gives A's number away": {"name": B_NAME},
}


@pytest.mark.parametrize("change", ABOUT_A)
def test_a_directory_about_somebody_else_is_an_error(
    change: str, a: Provider, b: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    entry = renamed(a.entry, **ABOUT_A[change])
    if change == "gives A's number away":
        entry = renamed(entry, binding=b.entry.binding, number=a.number)
        forged = b.publish("about-a.json", entry, renamed(b.entry))
    else:
        forged = b.publish("about-a.json", entry)
    with pytest.raises(DirectoryError, match="directory_anchors") as caught:
        old_police(tmp_path, a, b, forged).verifier()
    assert "O=Babel Pictures" in str(caught.value)
    assert named(examine(old_police(tmp_path / "2", a, b, a.directory), stamped.data)) == A_NAME


def test_a_directory_authority_may_name_whom_it_lists(
    a: Provider, b: Provider, stamped: StampedImage, forged: StampedImage, tmp_path: Path
) -> None:
    signer, anchor = open_authority(tmp_path / "authority", "Directory Office")
    (own,) = Directory.load([a.directory]).producers
    file = tmp_path / "office.json"
    file.write_bytes(export([renamed(own, name="Ada Images plc")], signer, datetime.now(UTC)))
    police = set_up_verifier(
        tmp_path / "police", directory_anchors=[anchor], directories=[file, b.directory]
    )
    verdict = examine(police, stamped.data)
    assert named(verdict) == "Ada Images plc"
    assert "O=Directory Office" in verdict.explain()
    assert OWN_WORD not in verdict.explain()
    assert named(examine(police, forged.data)) is None


def test_a_famous_name_in_a_strangers_directory_blocks_nobody(
    a: Provider, b: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    """A is vetted; B lists itself under A's name and number."""
    own = b.publish("as-a.json", renamed(b.entry, name=A_NAME, number=a.number))
    police = set_up_verifier(tmp_path, anchors=[a.authority], directories=[own])
    assert named(examine(police, stamped.data)) == A_NAME


def test_of_two_that_list_one_name_for_themselves_neither_proves(
    a: Provider, b: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    own = b.publish("as-a-too.json", renamed(b.entry, name=A_NAME))
    police = set_up_verifier(tmp_path, directories=[a.directory, own])
    verdict = examine(police, stamped.data)
    assert (verdict.state, named(verdict)) == (State.CLAIMED, None)
    assert "manifest.name_of_another" in codes(verdict)


# --- A.3: numbers ---------------------------------------------------------------------------------


def test_an_assigned_number_is_not_taken_by_writing_it_down(
    picture: Pixels, tmp_path: Path
) -> None:
    c = Provider.found(tmp_path / "c", "Cargo Cult AI")
    own = c.publish("own.json", renamed(c.entry, number=ASSIGNED))
    police = set_up_verifier(tmp_path / "police", directories=[own])
    data = bare_mark(ASSIGNED, picture)
    verdict = examine(police, data)
    assert (verdict.state, verdict.evidence.marks[0].producer_name) == (State.CLAIMED, None)
    text = verdict.explain()
    assert "Cargo Cult" not in text
    assert "it names nobody by itself. An entry for it is in the file own.json" in text
    assert "To:       the holder of producer number 7" in letter(police, data)


def test_a_drawn_number_is_not_named_and_the_letter_knows_whom_to_ask(
    a: Provider, picture: Pixels, tmp_path: Path
) -> None:
    """Anybody may draw or list it; only the letter repeats what is listed, to be confirmed."""
    police = set_up_verifier(tmp_path, directories=[a.directory])
    data = bare_mark(a.number, picture)
    verdict = examine(police, data)
    assert verdict.state is State.CLAIMED
    assert A_NAME not in verdict.explain()
    assert "it names nobody by itself. An entry for it is in the file" in verdict.explain()
    written = letter(police, data)
    assert f"To:       the holder of producer number {a.number}" in written
    assert "No directory at hand lists a contact" not in written
    assert CONTACT in written


def test_an_assigned_number_in_an_authoritys_directory_is_named(
    a: Provider, picture: Pixels, tmp_path: Path
) -> None:
    signer, anchor = open_authority(tmp_path / "authority", "Directory Office")
    file = tmp_path / "office.json"
    file.write_bytes(export([renamed(a.entry, number=ASSIGNED)], signer, datetime.now(UTC)))
    police = set_up_verifier(tmp_path, directory_anchors=[anchor], directories=[file])
    data = bare_mark(ASSIGNED, picture)
    verdict = examine(police, data)
    assert verdict.evidence.marks[0].producer_name == A_NAME
    office = '(the signed directory of "CN=Development signer,O=Directory Office,C=ZZ" lists this'
    assert f'{office} number as "{A_NAME}"; not proved)' in verdict.explain().split("\n")[0]
    assert f"Contact:  {CONTACT}" in letter(police, data)


# --- editions -------------------------------------------------------------------------------------


def office(tmp_path: Path, a: Provider) -> tuple[Config, Path]:
    signer, anchor = open_authority(tmp_path / "authority", "Directory Office")
    now, files = datetime.now(UTC), []
    (own,) = Directory.load([a.directory]).producers
    for age, name in ((2, "Ada before"), (1, "Ada now")):
        issued = now - timedelta(minutes=age)
        files.append(tmp_path / f"{age}.json")
        until = now - timedelta(seconds=1)
        data = export([renamed(own, name=name)], signer, issued, valid_until=until)
        files[-1].write_bytes(data)
    police = set_up_verifier(tmp_path, directory_anchors=[anchor], directories=files)
    return police, anchor


def test_a_newer_edition_replaces_an_older_one_and_a_stale_one_is_said(
    a: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    police, _ = office(tmp_path, a)
    verdict = examine(police, stamped.data)
    assert named(verdict) == "Ada now"
    assert "directory.stale" in codes(verdict)


def test_two_authorities_that_disagree_are_an_error(a: Provider, tmp_path: Path) -> None:
    files, anchors = [], []
    for name in ("One", "Two"):
        signer, anchor = open_authority(tmp_path / name, f"Office {name}")
        anchors.append(anchor)
        files.append(tmp_path / f"{name}.json")
        files[-1].write_bytes(export([renamed(a.entry, name=name)], signer, datetime.now(UTC)))
    config = set_up_verifier(tmp_path, directory_anchors=anchors, directories=files)
    with pytest.raises(DirectoryError, match="contradict each other"):
        config.verifier()


# --- old configs ----------------------------------------------------------------------------------


def test_a_config_from_before_still_proves(
    a: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    """Its directory file was signed by the signer, and its own authority was an anchor."""
    own = a.publish("old.json", a.entry)
    config = set_up_verifier(tmp_path, anchors=[a.authority], directories=[own])
    assert named(examine(config, stamped.data)) == A_NAME


def test_the_library_trusts_what_entries_bring(a: Provider, stamped: StampedImage) -> None:
    verifier = Verifier(directory=Directory.load([a.directory]))
    assert named(verifier.verify(stamped.data)) == A_NAME
    assert Verifier().verify(stamped.data).state is State.CLAIMED


def test_pixels_alone_lead_through_the_record(
    a: Provider, b: Provider, stamped: StampedImage, tmp_path: Path
) -> None:
    """With A's registry at hand and A's directory file, pixels that lost everything are proved."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(stamped.data)) as image:
        Image.fromarray(np.asarray(image)).save(file, "JPEG", quality=85)
    verifier = Verifier(
        registry=a.config.open_registry(read_only=True),
        directory=Directory.load([a.directory, b.directory]),
    )
    assert named(verifier.verify(file.getvalue())) == A_NAME
