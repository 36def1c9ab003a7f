"""Whose time stamp it is: every certificate in the token counts, since any may have signed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from provenance.certificates import hash_certificate
from provenance.timestamps import ask, find_unrooted, read
from provenance.timestamps.tokens import _encode, is_anchored, read_certificates
from tests.authority import CLAIMS, KEYS, Authority
from tests.timestamping import STAMPING, TimeStampAuthority, time_stamp_authority

ROOT, OTHER = Authority("Time root"), Authority("Another root")
KEY = KEYS["es256"]().public_key()
LEAF = ROOT.issue(KEY, "Time", purposes=STAMPING)
NOW = datetime.now(UTC)
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")


def token(bag: Sequence[x509.Certificate]) -> bytes:
    """A token with these certificates, and nothing else that is looked at."""
    inside = b"\x02\x01\x03" + _encode(0x31, b"") + _encode(0x30, b"")
    ders = b"".join(certificate.public_bytes(Encoding.DER) for certificate in bag)
    signed = _encode(0x30, inside + _encode(0xA0, ders) + _encode(0x31, b""))
    return _encode(0x30, SIGNED_DATA + _encode(0xA0, signed))


def test_a_real_answer_and_the_token_in_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa"), ROOT) as tsa:
        answer = made_by(tsa)
    assert [hash_certificate(one) for one in read_certificates(answer)][-1] == hash_certificate(
        ROOT.certificate
    )
    assert is_anchored(answer, [ROOT.certificate], NOW)
    assert not is_anchored(answer, [OTHER.certificate], NOW)
    assert not is_anchored(answer, [], NOW)
    assert not is_anchored(answer, [ROOT.certificate], NOW + timedelta(days=40))
    assert not is_anchored(
        answer, [ROOT.certificate], NOW, frozenset([hash_certificate(ROOT.certificate)])
    )
    truncated = (answer[:at] for at in range(0, len(answer), 7))
    assert not any(is_anchored(part, [ROOT.certificate], NOW) for part in truncated)


def made_by(tsa: TimeStampAuthority) -> bytes:
    import subprocess

    data, query = tsa.folder / "data", tsa.folder / "query"
    data.write_bytes(b"data")
    command = [
        "openssl",
        "ts",
        "-query",
        "-data",
        str(data),
        "-sha256",
        "-cert",
        "-out",
        str(query),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return tsa.reply(query.read_bytes())


MIDDLE = Authority("Time middle", ROOT)
CROSSED = OTHER.issue(ROOT.key.public_key(), "Time root", purposes=(), ca=True)
BAGS: dict[str, tuple[list[x509.Certificate], bool]] = {
    "leaf": ([LEAF], True),
    "leaf and root": ([LEAF, ROOT.certificate], True),
    "through a middle, out of order": (
        [MIDDLE.certificate, MIDDLE.issue(KEY, "Time", purposes=STAMPING), ROOT.certificate],
        True,
    ),
    "missing middle": ([MIDDLE.issue(KEY, "Time", purposes=STAMPING)], False),
    "with a cross-certificate of the anchor": ([LEAF, CROSSED], True),
    "another's": ([OTHER.issue(KEY, "Time", purposes=STAMPING)], False),
    "a good one beside another's": ([LEAF, OTHER.issue(KEY, "T", purposes=STAMPING)], False),
    "a good one beside another authority": ([LEAF, OTHER.certificate], False),
    "two": ([LEAF, ROOT.issue(KEY, "T", purposes=STAMPING)], False),
    "a signer's": ([ROOT.issue(KEY, "T", purposes=CLAIMS)], False),
    "one of many purposes": (
        [ROOT.issue(KEY, "T", purposes=(*STAMPING, ExtendedKeyUsageOID.SERVER_AUTH))],
        False,
    ),
    "no purpose": ([ROOT.issue(KEY, "T", purposes=())], False),
    "an authority alone": ([ROOT.certificate], False),
    "nobody": ([], False),
    "too many": ([LEAF, *[ROOT.certificate] * 8], False),
}


@pytest.mark.parametrize("case", BAGS)
def test_every_certificate_has_to_lead_to_an_anchor(case: str) -> None:
    bag, anchored = BAGS[case]
    assert is_anchored(token(bag), [ROOT.certificate], NOW) is anchored


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_nobodys(data: bytes) -> None:
    assert not is_anchored(data, [ROOT.certificate], NOW)


@given(st.integers(0), st.binary(min_size=1, max_size=4), st.integers(0, 4))
def test_damage_never_raises(position: int, junk: bytes, cut: int) -> None:
    good = token([LEAF, ROOT.certificate])
    at = position % len(good)
    assert is_anchored(good[:at] + junk + good[at + cut :], [ROOT.certificate], NOW) in (
        True,
        False,
    )


def test_an_authority_below_a_root_counts_for_manifests_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The check of case folders, like OpenSSL, wants a path that ends in a root."""
    root = Authority("Root of times")
    below = Authority("Below", root)
    with time_stamp_authority(tmp_path_factory.mktemp("below"), below) as tsa:
        answer = ask(tsa.url, b"data")
    now = datetime.now(UTC)
    for anchors, unrooted in (
        ([root], []),
        ([below], [below]),
        ([below, root], []),
        ([Authority("Other"), below], [below]),
    ):
        certificates = [each.certificate for each in anchors]
        found = find_unrooted(certificates)
        assert found == tuple(each.certificate for each in unrooted)
        if below in anchors or root in anchors:
            assert is_anchored(answer, certificates, now)
            assert read(answer, b"data", certificates).trusted == (not unrooted)
