from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import LogIntegrityError, RegistryError
from provenance.registry.log import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_PROOF_HASHES,
    MAX_SIZE,
    Frontier,
    NodeReader,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    root,
    verify_consistency,
    verify_inclusion,
)

MOST = 70  # leaves: past 64, so that every shape of six levels occurs

SIZES = st.integers(1, MOST)


def build() -> tuple[dict[tuple[int, int], bytes], list[bytes]]:
    """Nodes and roots of one tree; its beginnings are the trees of all smaller sizes."""
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    roots = [frontier.root]
    for index in range(MOST):
        frontier, nodes = frontier.append(hash_leaf(bytes([index])))
        stored |= {(node.level, node.position): node.hash for node in nodes}
        roots.append(frontier.root)
    return stored, roots


STORED, ROOTS = build()


def read(level: int, position: int) -> bytes:
    return STORED[level, position]


def flip(hashes: list[bytes], draw: st.DataObject) -> None:
    """Change one bit of one of the hashes."""
    which = draw.draw(st.integers(0, len(hashes) - 1))
    bit = draw.draw(st.integers(0, 8 * HASH_BYTES - 1))
    value = int.from_bytes(hashes[which], "big") ^ 1 << bit
    hashes[which] = value.to_bytes(HASH_BYTES, "big")


def test_empty_tree() -> None:
    assert Frontier().root == EMPTY_ROOT == root(0, read)
    verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)


@given(SIZES)
def test_a_stored_tree_gives_the_root_it_had_while_growing(size: int) -> None:
    assert root(size, read) == ROOTS[size]
    assert Frontier.read(size, read).size == size


@given(SIZES, st.data())
def test_every_leaf_is_proved_included(size: int, draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, size - 1))
    proof = prove_inclusion(index, size, read)
    assert len(proof) <= size.bit_length()
    verify_inclusion(read(0, index), index, size, proof, ROOTS[size])


@given(SIZES, st.data())
def test_an_inclusion_proof_with_one_bit_changed_fails(size: int, draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, size - 1))
    hashes = [read(0, index), ROOTS[size], *prove_inclusion(index, size, read)]
    flip(hashes, draw)
    leaf, head, *proof = hashes
    with pytest.raises(LogIntegrityError):
        verify_inclusion(leaf, index, size, proof, head)


@given(SIZES, st.data())
def test_an_inclusion_proof_fits_one_index_only(size: int, draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, size - 1))
    other = draw.draw(st.integers(-1, MOST).filter(lambda value: value != index))
    with pytest.raises(LogIntegrityError):
        verify_inclusion(
            read(0, index), other, size, prove_inclusion(index, size, read), ROOTS[size]
        )


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_every_beginning_is_proved_consistent(first: int, second: int) -> None:
    old, new = sorted((first, second))
    proof = prove_consistency(old, new, read)
    assert len(proof) <= new.bit_length() + 1
    verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(SIZES, SIZES, st.data())
def test_a_consistency_proof_with_one_bit_changed_fails(
    first: int, second: int, draw: st.DataObject
) -> None:
    old, new = sorted((first, second))
    hashes = [ROOTS[old], ROOTS[new], *prove_consistency(old, new, read)]
    flip(hashes, draw)
    before, after, *proof = hashes
    with pytest.raises(LogIntegrityError):
        verify_consistency(old, new, proof, before, after)


@given(st.integers(1, MOST), st.integers(1, MOST), st.data())
def test_proofs_of_wrong_length_fail(first: int, second: int, draw: st.DataObject) -> None:
    old, new = sorted((first, second))
    proof = list(prove_consistency(old, new, read))
    place = draw.draw(st.integers(0, len(proof)))
    if place < len(proof) and draw.draw(st.sampled_from([False, True])):
        del proof[place]
    else:
        proof.insert(place, draw.draw(st.sampled_from(ROOTS)))
    with pytest.raises(LogIntegrityError):
        verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(SIZES, st.data())
def test_a_log_that_changed_one_leaf_is_not_consistent(size: int, draw: st.DataObject) -> None:
    """The whole point: whoever rewrites record ``index`` can't prove the old head consistent."""
    old = draw.draw(st.integers(1, size))
    index = draw.draw(st.integers(0, old - 1))
    forged, reader = forge(index, size)
    proof = prove_consistency(old, size, reader)
    with pytest.raises(LogIntegrityError):
        verify_consistency(old, size, proof, ROOTS[old], forged)


def forge(index: int, size: int) -> tuple[bytes, NodeReader]:
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    for position in range(size):
        leaf = hash_leaf(b"forged") if position == index else read(0, position)
        frontier, nodes = frontier.append(leaf)
        stored |= {(node.level, node.position): node.hash for node in nodes}
    return frontier.root, lambda level, position: stored[level, position]


@given(
    st.integers(-(2**70), 2**70),
    st.integers(-(2**70), 2**70),
    st.lists(st.binary(max_size=40), max_size=80),
    st.binary(max_size=40),
    st.binary(max_size=40),
)
def test_arbitrary_proofs_raise_only_our_error(
    first: int, second: int, proof: list[bytes], left: bytes, right: bytes
) -> None:
    with pytest.raises(LogIntegrityError):
        verify_inclusion(left, first, second, proof, right)
    with pytest.raises(LogIntegrityError):
        verify_consistency(first, second, proof, left, right)


def test_limits() -> None:
    some = bytes(HASH_BYTES)
    with pytest.raises(LogIntegrityError, match="longer than any log"):
        verify_inclusion(some, 0, MAX_SIZE, [some] * (MAX_PROOF_HASHES + 1), some)
    with pytest.raises(LogIntegrityError, match="can't hold"):
        verify_inclusion(some, 0, MAX_SIZE + 1, [], some)
    with pytest.raises(LogIntegrityError, match="shrank from 5 to 4"):
        verify_consistency(5, 4, [], some, some)


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(RegistryError, match="no record number 7"):
        prove_inclusion(7, 7, read)
    with pytest.raises(RegistryError, match="no earlier state of 8"):
        prove_consistency(8, 7, read)
