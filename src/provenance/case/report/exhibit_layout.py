"""The sections of one exhibit: its verdict, the file, evidence, records, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from provenance.case.report import sentences
from provenance.case.report.document import (
    Block,
    Callout,
    Fields,
    Outline,
    Paragraph,
    Section,
    Table,
    code,
    isolate,
    text,
)
from provenance.language import Message, Said, join, message, say_count
from provenance.source_types import describe_source
from provenance.text import SECOND, clean, format_number, format_time
from provenance.verify import describe_layer

Json = Mapping[str, Any]

_EXHIBIT = message("Exhibit {number}: {title}")
_AS_STATED = message("{time}, as stated")


def lay_out_exhibit(report: Json, exhibit: Json, *, many: bool) -> Iterator[Section]:
    """Lay out the sections of one exhibit; with ``many`` each title names it."""
    sections = (
        (message("Result"), _result(exhibit)),
        (message("The file examined"), _input(exhibit)),
        (message("Proved origin"), _origin(report, exhibit)),
        (message("Evidence"), _evidence(exhibit)),
        (message("Where marks were found"), _regions(exhibit)),
        (message("Recorded stamps"), _records(exhibit)),
        (message("Similar pictures in the registry"), _candidates(exhibit)),
        (message("Account"), _account(exhibit)),
        (message("What this means, by reader"), _readers(exhibit)),
    )
    for title, blocks in sections:
        number = isolate(clean(exhibit["number"]))
        named = _EXHIBIT.format(number=number, title=title) if many else title
        yield Section(named, tuple(blocks))


def read_time(time: str) -> datetime:
    """Read a time of the report."""
    return datetime.fromisoformat(time)


def _result(exhibit: Json) -> Iterator[Block]:
    state = exhibit["verdict"]["state"]
    yield Callout(state, sentences.STATES[state], text(exhibit["headline"]))
    for sentence in exhibit["meaning"]:
        yield Paragraph(text(sentence))


def _readers(exhibit: Json) -> Iterator[Block]:
    yield Fields(tuple((each["reader"], text(each["says"])) for each in exhibit["readers"]))


def _input(exhibit: Json) -> Iterator[Block]:
    given = exhibit["input"]
    rows: list[tuple[str, Any]] = [(message("Exhibit"), text(exhibit["number"]))]
    if given["name"]:
        rows.append((message("Name"), text(given["name"])))
    rows += [
        (message("Acquired from"), text(exhibit["acquired"] or sentences.NOT_STATED)),
        (message("Examined"), text(_readable(exhibit["examined"]))),
        ("SHA-256", code(given["sha256"])),
        ("MD5", code(given["md5"])),
        (message("Size"), text(_describe_size(given))),
    ]
    if given["pdq"]:
        quality = message("{quality} of 100; under 50 is not matched")
        rows.append(("PDQ", code(given["pdq"])))
        rows.append((message("PDQ quality"), text(quality.format(quality=given["pdq_quality"]))))
    if given["manifest_sha256"]:
        rows.append((message("Sidecar manifest"), code(given["manifest_sha256"])))
    yield Fields(tuple(rows))
    named = "" if given["name"] else sentences.NO_NAMES
    yield Paragraph(text(join((sentences.NO_PICTURE, named))))


def _describe_size(given: Json) -> Said:
    size = format_number(given["bytes"])
    if not given["format"]:
        return message("{size} bytes; the pixels could not be decoded").format(size=size)
    return message("{size} bytes, {format}, {width} × {height} pixels").format(
        size=size, format=given["format"], width=given["width"], height=given["height"]
    )


def _origin(report: Json, exhibit: Json) -> Iterator[Block]:
    origin = exhibit["verdict"]["origin"]
    if origin is None:
        return
    source = origin["source_type"]
    yield Fields(
        (
            (message("Producer"), text(origin["producer"])),
            (message("Model"), text(_model(origin))),
            (message("Made"), text(_stated(origin["created"]))),
            (message("Recorded"), text(_readable(origin["recorded"]))),
            (message("Time rests on"), text(sentences.TIMES[origin["time_basis"]])),
            (message("Match"), text(sentences.MATCHES[origin["match"]])),
            (message("Kind of source"), text(source and describe_source(source))),
            (message("Stamp id"), code(origin["stamp_id"])),
            (message("Contact"), text(_contact(report, origin["stamp_id"]))),
        )
    )


def _contact(report: Json, stamp_id: str | None) -> str:
    letters = report["letters"]
    found = (each["contact"] for each in letters if each["proved"] and each["stamp_id"] == stamp_id)
    return next(filter(None, found), sentences.NO_CONTACT)


def _evidence(exhibit: Json) -> Iterator[Block]:
    rows = []
    for number, each in enumerate(exhibit["verdict"]["evidence"], start=1):
        said = sentences.IT_SAYS.format(says=each["says"]) if each["says"] else ""
        codes = ", ".join(each["codes"])
        layer = describe_layer(each["layer"])
        rows.append((text(number), text(layer), text(join((each["finding"], said))), code(codes)))
    if rows:
        head = (
            message("No."),
            message("Layer"),
            message("Finding, its basis, its error rate, its limits"),
            message("Codes"),
        )
        yield Table(head, (5, 17, 56, 22), tuple(rows))
    else:
        yield Paragraph(text(message("Nothing was found.")))


def _regions(exhibit: Json) -> Iterator[Block]:
    """Draw where marks lie: each region once, though several findings may name it."""
    given = exhibit["input"]
    found = [each["region"]["corners"] for each in exhibit["verdict"]["evidence"] if each["region"]]
    parts = tuple(dict.fromkeys(tuple(map(tuple, corners)) for corners in found))
    if not parts or not given["width"]:
        return
    size = {"width": given["width"], "height": given["height"]}
    says = say_count(*sentences.OUTLINE, len(parts), **size)
    yield Outline(given["width"], given["height"], parts, text(says))
    yield Paragraph(text(join((says, sentences.REGIONS))))


def _records(exhibit: Json) -> Iterator[Block]:
    producer = message("{name}, number {number}")
    for record in exhibit["records"]:
        named = producer.format(name=record["producer"], number=record["producer_number"])
        yield Fields(
            (
                (message("Stamp id"), code(record["stamp_id"])),
                (message("Producer"), text(named)),
                (message("Model"), text(_model(record))),
                (message("Made"), text(_stated(record["created"]))),
                (message("Recorded"), text(_readable(record["recorded"]))),
                (message("Manifest"), code(record["manifest"])),
                (message("File issued"), code(record["sha256"])),
                (message("Its PDQ"), code(record["pdq"])),
                (message("Parent stamp"), code(record["parent"])),
            )
        )


def _candidates(exhibit: Json) -> Iterator[Block]:
    if not exhibit["candidates"]:
        return
    yield Paragraph(text(sentences.CANDIDATES))
    apart = message("{distance} of 256")
    rows = tuple(
        (
            code(each["stamp_id"]),
            text(apart.format(distance=each["distance"])),
            text(each["producer"]),
            text(_model(each)),
            text(_readable(each["created"])),
        )
        for each in exhibit["candidates"]
    )
    head = (
        message("Stamp"),
        message("Bits apart"),
        message("Producer"),
        message("Model"),
        message("Made"),
    )
    yield Table(head, (30, 13, 19, 19, 19), rows)


def _account(exhibit: Json) -> Iterator[Block]:
    account = exhibit["account"]
    if account is None:
        return
    told = account["access"] is None
    yield Paragraph(text(sentences.ACCOUNT_TOLD if told else sentences.ACCOUNT))
    pseudonym = account["pseudonym"]
    none = text(message("none is recorded"))
    yield Fields(
        (
            (message("Purpose"), text(account["purpose"])),
            (message("Stamp id"), code(account["stamp_id"])),
            (message("Pseudonym"), code(pseudonym) if pseudonym else none),
            *(() if told else ((message("Access entry"), text(account["access"])),)),
        )
    )


def _model(of: Json) -> str | Message:
    return " ".join(filter(None, (of["model"], of["model_version"]))) or message("none named")


def _stated(time: str | None) -> Said:
    return _AS_STATED.format(time=format_time(read_time(time) if time else None, SECOND))


def _readable(time: str | None) -> Said | None:
    return format_time(read_time(time), SECOND) if time else None
