from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import LogIntegrityError
from provenance.registry.checkpoint import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Checkpoint,
    NoteSignature,
    check_extends,
    derive_key_id,
)
from provenance.registry.log import MAX_SIZE
from provenance.signers import LogKey

KEY = LogKey.generate()
ORIGIN = "unlisted.provenance/log/42"
HEAD = Checkpoint(ORIGIN, 7, bytes(range(32)))
ROOT = base64.b64encode(HEAD.root).decode()

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="+"))
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)


@given(
    origin=LINES,
    size=st.integers(0, MAX_SIZE),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(LINES, max_size=3),
    signatures=st.lists(
        st.builds(
            NoteSignature,
            NAMES.filter(bool),
            st.binary(min_size=4, max_size=4),
            st.binary(min_size=1, max_size=80),
        ),
        max_size=3,
    ),
)
def test_text_round_trip(
    origin: str,
    size: int,
    root: bytes,
    extensions: list[str],
    signatures: list[NoteSignature],
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions), tuple(signatures))
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert Checkpoint.parse(checkpoint.text.encode()) == checkpoint


def test_a_signed_checkpoint_verifies() -> None:
    signed = HEAD.sign(KEY)
    Checkpoint.parse(signed.text).verify(KEY.public)
    assert signed.text.startswith(f"{ORIGIN}\n7\n{ROOT}\n\n— {ORIGIN} ")


def test_others_may_sign_as_well() -> None:
    witness = NoteSignature("witness.example/w", b"abcd", bytes(64))
    signed = Checkpoint(ORIGIN, 7, HEAD.root, (), (witness,)).sign(KEY)
    Checkpoint.parse(signed.text).verify(KEY.public)


def test_an_unsigned_checkpoint_does_not_verify() -> None:
    with pytest.raises(LogIntegrityError, match="not signed by the log's key"):
        HEAD.verify(KEY.public)


def test_another_key_does_not_verify() -> None:
    with pytest.raises(LogIntegrityError, match="not signed by the log's key"):
        HEAD.sign(LogKey.generate()).verify(KEY.public)


@given(st.integers(0, len(HEAD.sign(KEY).text.encode()) * 8 - 1))
def test_one_bit_changed_anywhere_is_noticed(bit: int) -> None:
    data = bytearray(HEAD.sign(KEY).text.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LogIntegrityError):
        Checkpoint.parse(bytes(data)).verify(KEY.public)


def test_one_forged_signature_of_ours_spoils_a_good_one() -> None:
    forged = NoteSignature(ORIGIN, derive_key_id(ORIGIN, KEY.public), bytes(64))
    both = Checkpoint(ORIGIN, 7, HEAD.root, (), (forged,)).sign(KEY)
    with pytest.raises(LogIntegrityError, match="forged signature"):
        both.verify(KEY.public)


MALFORMED = {
    "empty": "",
    "no newline at the end": f"{ORIGIN}\n7\n{ROOT}",
    "two lines": f"{ORIGIN}\n7\n",
    "empty origin": f"\n7\n{ROOT}\n",
    "leading zero": f"{ORIGIN}\n07\n{ROOT}\n",
    "negative size": f"{ORIGIN}\n-7\n{ROOT}\n",
    "size in other digits": f"{ORIGIN}\n٧\n{ROOT}\n",
    "size over the limit": f"{ORIGIN}\n{MAX_SIZE + 1}\n{ROOT}\n",
    "endless size": f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
    "short root": f"{ORIGIN}\n7\nAAAA\n",
    "broken base64": f"{ORIGIN}\n7\n{ROOT[:-1]}\n",
    "base64 with stray bits": f"{ORIGIN}\n7\n{ROOT[:-2]}9=\n",
    "empty line": f"{ORIGIN}\n7\n{ROOT}\n\n\n",
    "no signature after the blank line": f"{ORIGIN}\n7\n{ROOT}\n\n",
    "carriage return": f"{ORIGIN}\r\n7\r\n{ROOT}\r\n",
    "hyphen for a dash": f"{ORIGIN}\n7\n{ROOT}\n\n- {ORIGIN} AAAAAAAA\n",
    "plus in a name": f"{ORIGIN}\n7\n{ROOT}\n\n— a+b AAAAAAAA\n",
    "signature of a key id only": f"{ORIGIN}\n7\n{ROOT}\n\n— a AAAAAA==\n",
    "lone surrogate": f"{ORIGIN}\ud800\n7\n{ROOT}\n",
    "too many signatures": f"{ORIGIN}\n7\n{ROOT}\n\n" + "— a AAAAAAAA\n" * (MAX_SIGNATURES + 1),
    "too long": f"{ORIGIN}\n7\n{ROOT}\n" + "x" * MAX_NOTE_BYTES + "\n",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(LogIntegrityError):
        Checkpoint.parse(text)


@given(st.binary() | st.text(st.characters(codec=None, categories=None)))
def test_arbitrary_input_raises_only_our_error(note: bytes | str) -> None:
    with pytest.raises(LogIntegrityError):
        Checkpoint.parse(note)


def test_another_log_does_not_extend_this_one() -> None:
    other = Checkpoint("unlisted.provenance/log/43", 7, HEAD.root)
    with pytest.raises(LogIntegrityError, match=r"log/43, not unlisted.provenance/log/42"):
        check_extends(HEAD, other, ())
    check_extends(HEAD, HEAD, ())
