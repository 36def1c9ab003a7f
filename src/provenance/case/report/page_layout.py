"""From the object of ``report.json`` to a document: what people read, in the order they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.case.report import sentences
from provenance.case.report.document import (
    Block,
    Bullets,
    Callout,
    Document,
    Fields,
    Paragraph,
    Section,
    Table,
    code,
    code_lines,
    label,
    letter,
    text,
)
from provenance.source_types import describe_source

Json = Mapping[str, Any]


def layout(report: Json) -> Document:
    """Lay out a report; the same object always gives the same document."""
    sections = (
        Section("Result", tuple(_result(report))),
        Section("The file examined", tuple(_input(report))),
        Section("Proved origin", tuple(_origin(report))),
        Section("Evidence", tuple(_evidence(report))),
        Section("Recorded stamps", tuple(_records(report))),
        Section("Similar pictures in the registry", tuple(_candidates(report))),
        Section("Account", tuple(_account(report))),
        Section("What this means, by reader", tuple(_readers(report))),
        Section("What this report does not say", (Bullets(tuple(map(text, report["limits"]))),)),
        Section("Error rates", (Bullets(tuple(map(text, report["error_rates"]))),)),
        Section("Method", tuple(_method(report))),
        Section("Chain of custody", tuple(_custody(report))),
        Section("Signature", tuple(_signature(report))),
        *_requests(report),
    )
    examiner = report["examiner"]
    return Document(
        title=sentences.TITLE,
        subtitle=label("Case {}", name=report["case"]),
        footer=label(
            "Case {} · file SHA-256 ", report["input"]["sha256"][:16], "…", name=report["case"]
        ),
        author=text(examiner["subject"] if examiner else "unsigned"),
        date=report["examined"][:10],
        sections=tuple(section for section in sections if section.blocks),
    )


def _result(report: Json) -> Iterator[Block]:
    state = report["verdict"]["state"]
    yield Callout(state, sentences.STATES[state], text(report["headline"]))
    for sentence in report["meaning"]:
        yield Paragraph(text(sentence))
    examiner = report["examiner"]
    yield Fields(
        (
            ("Case", text(report["case"])),
            ("Examined", text(f"{_readable(report['examined'])}, by {report['clock']}")),
            (
                "Examiner",
                text(examiner["name"] if examiner else "none: this report is unsigned"),
            ),
            ("Verdict", text(state)),
        )
    )


def _readers(report: Json) -> Iterator[Block]:
    yield Fields(tuple((each["reader"], text(each["says"])) for each in report["readers"]))


def _input(report: Json) -> Iterator[Block]:
    given = report["input"]
    size = f"{given['bytes']:,} bytes"
    if given["format"]:
        size += f", {given['format']}, {given['width']} × {given['height']} pixels"
    else:
        size += "; the pixels could not be decoded"
    rows = [("SHA-256", code(given["sha256"])), ("MD5", code(given["md5"])), ("Size", text(size))]
    if given["pdq"]:
        rows.append(("PDQ", code(given["pdq"])))
        rows.append(
            ("PDQ quality", text(f"{given['pdq_quality']} of 100; under 50 is not matched"))
        )
    if given["manifest_sha256"]:
        rows.append(("Sidecar manifest", code(given["manifest_sha256"])))
    if given["name"]:
        rows.insert(0, ("Name", text(given["name"])))
    yield Fields(tuple(rows))
    named = "" if given["name"] else f" {sentences.NO_NAMES}"
    yield Paragraph(text(sentences.NO_PICTURE + named))


def _origin(report: Json) -> Iterator[Block]:
    origin = report["verdict"]["origin"]
    if origin is None:
        return
    source = origin["source_type"]
    yield Fields(
        (
            ("Producer", text(origin["producer"])),
            ("Model", text(_model(origin))),
            ("Made", text(f"{_readable(origin['created'])}, as stated")),
            ("Recorded", text(_readable(origin["recorded"]))),
            ("Time rests on", text(sentences.TIMES[origin["time_basis"]])),
            ("Match", text(sentences.MATCHES[origin["match"]])),
            ("Kind of source", text(source and describe_source(source))),
            ("Stamp id", code(origin["stamp_id"])),
            ("Contact", text(_contact(report, origin["stamp_id"]))),
        )
    )


def _contact(report: Json, stamp_id: str | None) -> str:
    found = (each["contact"] for each in report["preservation_requests"] if each["proved"])
    return next(filter(None, found), sentences.NO_CONTACT) if stamp_id else sentences.NO_CONTACT


def _evidence(report: Json) -> Iterator[Block]:
    rows = []
    for number, each in enumerate(report["verdict"]["evidence"], start=1):
        said = f" It says: {each['says']}." if each["says"] else ""
        codes = ", ".join(each["codes"])
        rows.append((text(number), text(each["layer"]), text(each["finding"] + said), code(codes)))
    if rows:
        head = ("No.", "Layer", "Finding, its basis, its error rate, its limits", "Codes")
        yield Table(head, (5, 13, 59, 23), tuple(rows))
    else:
        yield Paragraph(text("Nothing was found."))


def _records(report: Json) -> Iterator[Block]:
    for record in report["records"]:
        yield Fields(
            (
                ("Stamp id", code(record["stamp_id"])),
                ("Producer", text(f"{record['producer']}, number {record['producer_number']}")),
                ("Model", text(_model(record))),
                ("Made", text(f"{_readable(record['created'])}, as stated")),
                ("Recorded", text(_readable(record["recorded"]))),
                ("Manifest", code(record["manifest"])),
                ("File issued", code(record["sha256"])),
                ("Its PDQ", code(record["pdq"])),
                ("Parent stamp", code(record["parent"])),
            )
        )


def _candidates(report: Json) -> Iterator[Block]:
    if not report["candidates"]:
        return
    yield Paragraph(text(sentences.CANDIDATES))
    rows = tuple(
        (
            code(each["stamp_id"]),
            text(f"{each['distance']} of 256"),
            text(each["producer"]),
            text(_model(each)),
            text(_readable(each["created"])),
        )
        for each in report["candidates"]
    )
    yield Table(("Stamp", "Bits apart", "Producer", "Model", "Made"), (30, 13, 19, 19, 19), rows)


def _account(report: Json) -> Iterator[Block]:
    account = report["account"]
    if account is None:
        return
    told = account["access"] is None
    yield Paragraph(text(sentences.ACCOUNT_TOLD if told else sentences.ACCOUNT))
    pseudonym = account["pseudonym"]
    yield Fields(
        (
            ("Purpose", text(account["purpose"])),
            ("Stamp id", code(account["stamp_id"])),
            ("Pseudonym", code(pseudonym) if pseudonym else text("none is recorded")),
            *(() if told else (("Access entry", text(account["access"])),)),
        )
    )


def _method(report: Json) -> Iterator[Block]:
    method = report["method"]
    consulted = method["consulted"]
    tool = f"{method['tool']['name']} {method['tool']['version']}"
    software = "; ".join(f"{name} {version}" for name, version in method["software"].items())
    yield Fields(
        (
            ("Tool", text(tool)),
            ("Software", text(software)),
            ("Command", code(method["command"])),
            ("Config", code(consulted["config"])),
            ("Trust anchors", code_lines("\n".join(consulted["anchors"]))),
            ("Directories", code_lines("\n".join(consulted["directories"]))),
            ("Registry", code_lines((consulted["registry"] or "").strip())),
            ("Responses", code_lines("\n".join(consulted["responses"]))),
            ("Private marks", text(_count_keys(consulted["private_keys"]))),
        )
    )
    yield Paragraph(text(sentences.REPEAT))


def _custody(report: Json) -> Iterator[Block]:
    yield Paragraph(text(sentences.CUSTODY.format(clock=report["clock"])))
    rows = tuple(
        (
            text(each["n"]),
            text(_to_milliseconds(each["time"])),
            text(each["step"]),
            text(each["says"]),
        )
        for each in report["custody"]
    )
    yield Table(("No.", "Time (UTC)", "Step", "What was done"), (5, 25, 14, 56), rows)


def _signature(report: Json) -> Iterator[Block]:
    examiner = report["examiner"]
    if examiner is None:
        yield Paragraph(text(sentences.UNSIGNED))
        return
    stamped = f" {sentences.TIME_STAMPED}" if report["seal"]["time_stamped"] else ""
    yield Paragraph(text(sentences.SIGNED + stamped))
    if examiner["development"]:
        yield Paragraph(text(sentences.DEVELOPMENT_EXAMINER))
    yield Fields(
        (
            ("Signer", text(examiner["subject"])),
            ("Issued by", text(examiner["issuer"])),
            ("Certificate", code(examiner["sha256"])),
            ("Valid", text(f"{examiner['valid_from'][:10]} to {examiner['valid_to'][:10]}")),
        )
    )


def _requests(report: Json) -> Iterator[Section]:
    for each in report["preservation_requests"]:
        yield Section("Preservation request", (letter(each["text"]),))


def _count_keys(count: int) -> str:
    return "1 key in use" if count == 1 else f"{count or 'no'} keys in use"


def _model(of: Json) -> str:
    return " ".join(filter(None, (of["model"], of["model_version"]))) or "none named"


def _readable(time: str | None) -> str | None:
    """Write 2026-01-31T12:00:00Z as 2026-01-31 12:00:00 UTC."""
    return f"{time[:10]} {time[11:].removesuffix('Z')} UTC" if time else None


def _to_milliseconds(time: str) -> str:
    return f"{time[:10]} {time[11:23]}"
