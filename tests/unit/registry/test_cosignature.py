"""Verifier keys and cosignatures, against C2SP's own examples and its words spelled out here."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provenance.errors import ConfigError, LogIntegrityError
from provenance.registry import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    VerifierKey,
    cosign,
    find_cosignatures,
    parse_proof,
)
from provenance.registry.log import MAX_PROOF_HASHES
from provenance.registry.vkey import COSIGNATURE, check_name
from provenance.signers import LogKey

NAME = "witness.example/one"
TIME = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = LogKey.generate()
WITNESS = VerifierKey(NAME, KEY.public, COSIGNATURE)
HEAD = Checkpoint("log.example/a", 5, bytes(range(32))).sign(LogKey.generate())

# From the specifications signed-note and tlog-cosignature.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_SIGNATURE = (
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
)
EXAMPLE_CHECKPOINT = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def test_the_specifications_key_verifies_its_note() -> None:
    key = VerifierKey.of_log(EXAMPLE_KEY)
    assert key.text == EXAMPLE_KEY
    line = base64.b64decode(EXAMPLE_SIGNATURE)
    assert line[:4] == key.key_id
    assert key.key.verify(b"This is an example message.\n", line[4:])


def test_the_specifications_cosigned_checkpoint_is_read() -> None:
    head = Checkpoint.parse(EXAMPLE_CHECKPOINT)
    assert head.text == EXAMPLE_CHECKPOINT
    witness = head.signatures[1]
    assert struct.unpack_from(">Q", witness.signature) == (1_679_315_147,)
    assert len(witness.signature) == 8 + 64


def test_a_cosignature_is_what_the_specification_says() -> None:
    line = cosign(HEAD, NAME, KEY, TIME).signatures[-1]
    raw = KEY.public.raw
    assert line.name == NAME
    assert line.key_id == hashlib.sha256(NAME.encode() + b"\n\x04" + raw).digest()[:4]
    seconds = int(TIME.timestamp())
    assert line.signature[:8] == seconds.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {seconds}\n{HEAD.body}".encode()
    assert KEY.public.verify(message, line.signature[8:])


def test_only_witnesses_that_count_are_counted() -> None:
    cosigned = cosign(HEAD, NAME, KEY, TIME)
    cosigned = cosign(cosigned, "witness.example/two", LogKey.generate(), TIME)
    (found,) = find_cosignatures(cosigned, (WITNESS,))
    assert (found.witness, found.time) == (NAME, TIME)
    assert find_cosignatures(HEAD, (WITNESS,)) == ()
    renamed = replace(WITNESS, name="another")
    as_log = VerifierKey(NAME, KEY.public)
    assert find_cosignatures(cosigned, (renamed, as_log)) == ()


def test_a_witness_has_one_cosignature() -> None:
    later = TIME + timedelta(days=1)
    twice = cosign(cosign(HEAD, NAME, KEY, TIME), NAME, KEY, later)
    assert [found.time for found in find_cosignatures(twice, (WITNESS,))] == [later]
    assert len(twice.signatures) == 2


def test_a_forged_cosignature_is_refused() -> None:
    cosigned = cosign(HEAD, NAME, KEY, TIME)
    line = cosigned.signatures[-1]
    for signature in (
        line.signature[:-1],
        line.signature + b"\0",
        bytes(8) + line.signature[8:],
        b"\xff" * 8 + line.signature[8:],
        line.signature[:7] + b"\1" + line.signature[8:],
    ):
        forged = replace(cosigned, signatures=(replace(line, signature=signature),))
        with pytest.raises(LogIntegrityError, match="forged cosignature"):
            find_cosignatures(forged, (WITNESS,))
    with pytest.raises(LogIntegrityError, match="forged cosignature"):
        find_cosignatures(replace(cosigned, size=6), (WITNESS,))


def test_a_key_is_of_a_log_or_of_a_witness() -> None:
    log = VerifierKey(NAME, KEY.public)
    assert VerifierKey.of_witness(WITNESS.text) == WITNESS
    assert VerifierKey.of_log(log.text) == log
    with pytest.raises(ConfigError, match="not that of a log"):
        VerifierKey.of_log(WITNESS.text)
    with pytest.raises(ConfigError, match="not that of a witness"):
        VerifierKey.of_witness(log.text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b", "a+00000000+AA==", "a b+00000000+" + "A" * 44, "a+00000000+" + "A" * 2000],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="three parts"):
        VerifierKey.of_log(text)


def test_a_key_whose_identifier_does_not_fit_is_damaged() -> None:
    name, _, key = WITNESS.text.split("+", 2)
    with pytest.raises(ConfigError, match="damaged"):
        VerifierKey.of_witness(f"{name}+00000000+{key}")
    with pytest.raises(ConfigError, match="can't name a witness"):
        check_name("a+b")


def test_proofs_come_back() -> None:
    hashes = tuple(bytes([n]) * 32 for n in range(3))
    inclusion = InclusionProof(b"entry", 4, hashes, HEAD)
    consistency = ConsistencyProof(3, hashes, HEAD)
    for proof in (inclusion, consistency, replace(inclusion, hashes=(), entry=b"x")):
        assert parse_proof(proof.text.encode()) == proof
    bare = inclusion.text.replace("extra " + base64.b64encode(b"entry").decode() + "\n", "")
    found = parse_proof(bare.encode())
    assert isinstance(found, InclusionProof)
    with pytest.raises(LogIntegrityError, match="does not carry the entry"):
        found.verify()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("index 4", "index 04"),
        lambda text: text.replace("index 4", "index -1"),
        lambda text: text.replace("index 4", f"index {2**63}"),
        lambda text: text.replace("index 4\n", ""),
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text.replace("AAAA", "A*AA", 1),
        lambda text: text.replace("index 4\n", "index 4\n" + f"{'A' * 43}=\n" * MAX_PROOF_HASHES),
        lambda text: text + "x" * 2**21,
    ],
)
def test_a_malformed_proof_is_refused(change: object) -> None:
    assert callable(change)
    text = InclusionProof(b"entry", 4, (bytes(32),), HEAD).text
    with pytest.raises(LogIntegrityError):
        parse_proof(change(text).encode())
