"""An XMP packet keeps every byte that a label does not replace."""

from __future__ import annotations

import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance import xmp
from provenance.xmp import RDF, Property

TYPE = Property("http://example.com/ns/", "ex", "Type")
OTHER = Property("http://example.com/other/", "o", "Other")

PACKET = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{{attribute}} xmlns:dc="dc" '
    'dc:title="1 > 0"><dc:list><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:list>{element}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>\n   <?xpacket end='w'?>"
)


def nested(depth: int) -> str:
    """Elements inside each other; around them a packet has three."""
    return "<dc:a>" * depth + "</dc:a>" * depth


EARLIER = (
    (' xmlns:i="http://example.com/ns/" i:Type="old"', ""),
    (" xmlns:i=\"http://example.com/ns/\"\n i:Type = 'old'", ""),
    (' xmlns:i="http://example.com/ns/"', "<i:Type>old</i:Type>"),
    (' xmlns:i="http://example.com/ns/"', '<i:Type rdf:resource="old"/>'),
)

text = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(text, text)
def test_what_is_written_is_read_back(one: str, two: str) -> None:
    packet = xmp.write(xmp.write(None, {TYPE: one, OTHER: "before"}), {OTHER: two})
    assert (xmp.read(packet, TYPE), xmp.read(packet, OTHER)) == (one, two)
    assert packet.count(b"Other>") == 2


@pytest.mark.parametrize(("attribute", "element"), EARLIER)
def test_an_earlier_value_is_replaced_and_nothing_else(attribute: str, element: str) -> None:
    packet = PACKET.format(attribute=attribute, element=element).encode()
    assert xmp.read(packet, TYPE) == "old"
    written = xmp.write(packet, {TYPE: "new"})
    assert xmp.read(written, TYPE) == "new"
    assert b"old" not in written
    start = written.index(b'<rdf:Description xmlns:rdf="')
    end = written.index(b"</rdf:RDF>")
    declared = attribute.partition('/ns/"')[0] + '/ns/"' if attribute else ""
    bare = PACKET.format(attribute=declared, element="").encode()
    assert written[:start] + written[end:] == bare


def test_wide_packets_are_read() -> None:
    packet = PACKET.format(attribute="", element="").encode("utf-16")
    assert xmp.read(xmp.write(packet, {TYPE: "生成"}), TYPE) == "生成"


@pytest.mark.parametrize(
    "packet",
    [
        b"no XML",
        b"<a><b></a>",
        b"<x/>",
        f'<x><r:RDF xmlns:r="{RDF}"/></x>'.encode(),
        ("<!DOCTYPE x>" + PACKET.format(attribute="", element="").partition("\n")[2]).encode(),
        PACKET.format(attribute="", element=nested(xmp.MAX_DEPTH - 2)).encode(),
    ],
)
def test_what_is_no_xmp_is_replaced_and_that_is_said(
    packet: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert xmp.read(packet, TYPE) is None
    with caplog.at_level(logging.WARNING, "provenance"):
        assert xmp.read(xmp.write(packet, {TYPE: "new"}), TYPE) == "new"
    assert "XMP can't be read" in caplog.text


def test_what_nests_just_within_the_limit_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    packet = PACKET.format(attribute="", element=nested(xmp.MAX_DEPTH - 3)).encode()
    assert nested(xmp.MAX_DEPTH - 3).encode() in xmp.write(packet, {TYPE: "new"})
    assert not caplog.records


@pytest.mark.parametrize(
    ("attribute", "element"),
    [
        (" ".join(f' xmlns:a{n}="n{n}" a{n}:b="c"' for n in range(5_000)), ""),
        ("", "<dc:a>b</dc:a>" * 100_000),
        (' xmlns:i="http://example.com/ns/"', "<i:Type>" + "a &amp; b\n" * 300_000 + "</i:Type>"),
    ],
    ids=["attributes", "elements", "lines"],
)
def test_long_packets_take_no_long_time(attribute: str, element: str) -> None:
    packet = PACKET.format(attribute=attribute, element=element).encode()
    start = time.process_time()
    assert xmp.read(xmp.write(packet, {TYPE: "new"}), TYPE) == "new"
    assert time.process_time() - start < 60  # of which it takes about one


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_mutated_packets(junk: bytes, start: int, length: int) -> None:
    packet = PACKET.format(attribute=EARLIER[0][0], element="").encode()
    mutated = packet[:start] + junk + packet[start + length :]
    assert xmp.read(xmp.write(mutated, {TYPE: "new"}), TYPE) == "new"
