"""From the object of ``report.json`` to a document: what people read, in the order they need.

Labels and sentences are messages; the document is English until it is translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.case.report import sentences
from provenance.case.report.document import (
    Block,
    Bullets,
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
from provenance.case.report.exhibit_layout import lay_out_exhibit, read_time
from provenance.language import join, message, messages, say_count
from provenance.text import DATE, SECOND, format_time, join_names, quote

Json = Mapping[str, Any]

_KEYS = messages("{count} key in use", "{count} keys in use")


def layout(report: Json) -> Document:
    """Lay out a report; the same object always gives the same document."""
    exhibits = report["exhibits"]
    many = len(exhibits) > 1
    sections = (
        Section(message("The case"), tuple(_case(report))),
        *(part for each in exhibits for part in lay_out_exhibit(report, each, many=many)),
        Section(message("What this report does not say"), (_bullets(report["limits"]),)),
        Section(message("Error rates"), (_bullets(report["error_rates"]),)),
        Section(message("Method"), tuple(_method(report))),
        Section(message("Chain of custody"), tuple(_custody(report))),
        Section(message("Signature"), tuple(_signature(report))),
        *_letters(report),
    )
    examiner = report["examiner"]
    first = exhibits[0]["input"]["sha256"][:16]
    footer = label(sentences.FOOTER, name=report["case"], digest=first)
    if many:
        footer = label(sentences.FOOTER_MANY, name=report["case"], count=len(exhibits))
    return Document(
        title=sentences.TITLE_MANY if many else sentences.TITLE,
        subtitle=label(sentences.CASE, name=report["case"]),
        footer=footer,
        author=text(examiner["subject"] if examiner else message("unsigned")),
        date=report["examined"][:10],
        day=format_time(read_time(report["examined"]), DATE),
        page=sentences.PAGE,
        sections=tuple(section for section in sections if section.blocks),
    )


def _bullets(said: list[str]) -> Bullets:
    return Bullets(tuple(map(text, said)))


def _case(report: Json) -> Iterator[Block]:
    people, examiner = report["people"], report["examiner"]
    who = people["examiner"] or (examiner["name"] if examiner else None)
    by = join((who, people["role"]), ", ") if who else message("none: this report is unsigned")
    when = message("{time}, by {clock}").format(
        time=format_time(read_time(report["examined"]), SECOND), clock=report["clock"]
    )
    rows = [
        (message("Case"), text(report["case"])),
        (message("Examined"), text(when)),
        (message("Examiner"), text(by)),
        (message("Reviewed by"), text(people["reviewer"] or sentences.NO_REVIEWER)),
    ]
    if report["clock_check"]:
        rows.insert(2, (message("Clock check"), text(report["clock_check"])))
    yield Fields(tuple(rows))
    if len(report["exhibits"]) > 1:
        yield _overview(report["exhibits"])


def _overview(exhibits: list[Json]) -> Table:
    head = (message("Exhibit"), message("File, SHA-256"), message("Verdict"), message("In words"))
    rows = tuple(
        (
            text(each["number"]),
            code(each["input"]["sha256"]),
            text(sentences.STATES[each["verdict"]["state"]]),
            text(each["headline"]),
        )
        for each in exhibits
    )
    return Table(head, (10, 28, 19, 43), rows)


def _method(report: Json) -> Iterator[Block]:
    method = report["method"]
    consulted = method["consulted"]
    tool = f"{method['tool']['name']} {method['tool']['version']}"
    software = "; ".join(f"{name} {version}" for name, version in method["software"].items())
    yield _bullets(method["steps"])
    yield Fields(
        (
            (message("Tool"), text(tool)),
            (message("Software"), text(software)),
            (message("Command"), code(method["command"])),
            (message("Config"), code(consulted["config"])),
            (message("Trust anchors"), code_lines("\n".join(consulted["anchors"]))),
            (message("Directories"), code_lines("\n".join(consulted["directories"]))),
            (message("Registry"), code_lines((consulted["registry"] or "").strip())),
            (message("Responses"), code_lines("\n".join(consulted["responses"]))),
            (message("Private marks"), text(_count_keys(consulted["private_keys"]))),
        )
    )
    yield Paragraph(text(sentences.REPEAT))
    yield _bullets(method["validation"])


def _custody(report: Json) -> Iterator[Block]:
    yield Paragraph(text(sentences.CUSTODY.format(clock=report["clock"])))
    rows = tuple(
        (
            text(each["n"]),
            text(_to_milliseconds(each["time"])),
            text(each.get("exhibit")),
            text(sentences.STEPS.get(each["step"], each["step"])),
            text(each["says"]),
        )
        for each in report["custody"]
    )
    head = (
        message("No."),
        message("Time (UTC)"),
        message("Exhibit"),
        message("Step"),
        message("What was done"),
    )
    yield Table(head, (5, 24, 11, 15, 45), rows)


def _signature(report: Json) -> Iterator[Block]:
    examiner = report["examiner"]
    if examiner is None:
        yield Paragraph(text(sentences.UNSIGNED))
        return
    stamped = sentences.TIME_STAMPED if report["seal"]["time_stamped"] else ""
    yield Paragraph(text(join((sentences.SIGNED, stamped))))
    if examiner["development"]:
        yield Paragraph(text(sentences.DEVELOPMENT_EXAMINER))
    valid = message("{start} to {end}").format(
        start=format_time(read_time(examiner["valid_from"]), DATE),
        end=format_time(read_time(examiner["valid_to"]), DATE),
    )
    yield Fields(
        (
            (message("Signer"), text(examiner["subject"])),
            (message("Issued by"), text(examiner["issuer"])),
            (message("Certificate"), code(examiner["sha256"])),
            (message("Valid"), text(valid)),
        )
    )


def _letters(report: Json) -> Iterator[Section]:
    for each in report["letters"]:
        to = quote(each["producer"]) if each["producer"] else each["number"]
        title = message("Letter to {producer}").format(producer=to)
        about = message("about exhibit {numbers}").format(numbers=join_names(each["exhibits"]))
        many = len(report["exhibits"]) > 1
        named = text(join((title, about), ", ") if many else title)
        yield Section(named.text, (letter(each["text"]),))


def _count_keys(count: int) -> str:
    return say_count(*_KEYS, count) if count else message("no keys in use")


def _to_milliseconds(time: str) -> str:
    return f"{time[:10]} {time[11:23]}"
