"""A case report as CASE 1.4 and UCO 1.4, the ontologies in which forensic tools exchange findings.

It is JSON-LD: an investigation, its exhibits as files with their digests, and the examination of
each as an action with what it found. Nothing is in it that the report does not say.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

Node = dict[str, Any]

CONTEXT = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes; ``kb`` is whatever knowledge base takes the nodes in."""

_SPACE = uuid.UUID("6f0a3c52-9f0b-5d52-8b1e-5e1b6b0f6a10")
# Of the names of nodes: the same report gives the same ones.


def write_case(report: Mapping[str, Any]) -> Node:
    """Write a case folder's report as JSON-LD.

    Raises
    ------
    KeyError, TypeError
        It is not such a report.
    """
    tool = _name("tool", report["method"]["tool"]["version"])
    people = list(_list_people(report))
    exhibits = [each for exhibit in report["exhibits"] for each in _exhibit(report, exhibit, tool)]
    found = [*people, _tool(report, tool), *exhibits]
    investigation = {
        "@id": _name("investigation", report["case"]),
        "@type": "case-investigation:Investigation",
        "uco-core:name": report["case"],
        "uco-core:object": [{"@id": node["@id"]} for node in found],
    }
    return {"@context": CONTEXT, "@graph": [investigation, *found]}


def _name(kind: str, *parts: str) -> str:
    """Name a node; UCO asks for a UUID at the end."""
    return f"kb:{kind}-{uuid.uuid5(_SPACE, chr(0).join((kind, *parts)))}"


def _tool(report: Mapping[str, Any], name: str) -> Node:
    tool = report["method"]["tool"]
    return {
        "@id": name,
        "@type": "uco-tool:Tool",
        "uco-core:name": tool["name"],
        "uco-tool:version": tool["version"],
    }


def _list_people(report: Mapping[str, Any]) -> Iterator[Node]:
    if (examiner := report["people"]["examiner"]) is not None:
        yield {
            "@id": _name("examiner", report["case"], examiner),
            "@type": "uco-identity:Person",
            "uco-core:name": examiner,
            "uco-core:description": report["people"]["role"] or "examiner",
        }


def _exhibit(report: Mapping[str, Any], exhibit: Mapping[str, Any], tool: str) -> Iterator[Node]:
    """Yield the file, what was found, the record of both, and the action that led to it."""
    key = report["case"], str(exhibit["number"]), exhibit["input"]["sha256"]
    file, note, record = (_name(kind, *key) for kind in ("file", "finding", "exhibit"))
    yield {"@id": file, "@type": "uco-observable:File", "uco-core:hasFacet": _facets(exhibit, key)}
    yield {
        "@id": note,
        "@type": "uco-core:Annotation",
        "uco-core:tag": [exhibit["verdict"]["state"]],
        "uco-core:statement": [
            exhibit["headline"],
            *(each["finding"] for each in exhibit["verdict"]["evidence"]),
        ],
        "uco-core:object": [{"@id": file}],
    }
    yield {
        "@id": record,
        "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": str(exhibit["number"]),
        "uco-core:object": [{"@id": file}, {"@id": note}],
    }
    people = [node["@id"] for node in _list_people(report)]
    yield {
        "@id": _name("examination", *key),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "examination of origin",
        "uco-action:endTime": {"@type": "xsd:dateTime", "@value": exhibit["examined"]},
        "uco-action:instrument": [{"@id": tool}],
        "uco-action:object": [{"@id": file}],
        "uco-action:result": [{"@id": note}, {"@id": record}],
        **({"uco-action:performer": {"@id": people[0]}} if people else {}),
    }


def _facets(exhibit: Mapping[str, Any], key: tuple[str, ...]) -> list[Node]:
    given = exhibit["input"]
    named = {"uco-observable:fileName": given["name"]} if given["name"] else {}
    digests = {"SHA256": given["sha256"], "MD5": given["md5"]}
    return [
        {
            "@id": _name("file-facet", *key),
            "@type": "uco-observable:FileFacet",
            "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(given["bytes"])},
            **named,
        },
        {
            "@id": _name("content-facet", *key),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": [_hash(*each, *key) for each in digests.items()],
        },
    ]


def _hash(method: str, value: str, *key: str) -> Node:
    return {
        "@id": _name("hash", method, *key),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": method,
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value.upper()},
    }
