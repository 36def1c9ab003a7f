"""HTML of the pages. Everything that is put into it is escaped; nothing comes from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from provenance import __version__
from provenance.language import NAMES, Language, speak
from provenance.service.pages import texts
from provenance.text import format_time
from provenance.verify import ERROR_RATES, RESULT_MEDIA_TYPE

if TYPE_CHECKING:
    from provenance.errors import ProvenanceError
    from provenance.language import Message
    from provenance.manifest import HistoryEntry
    from provenance.verify import Finding, Verdict


class Writer:
    """Writes pages in one language; ``addresses`` and ``feedback`` say which forms there are.

    ``offline`` is the address of the offline page, if there is one.
    """

    def __init__(
        self, language: Language, *, addresses: bool, feedback: bool, offline: str | None = None
    ) -> None:
        self._language = language
        self._offline = offline
        self._addresses = addresses
        self._feedback = feedback

    def write_start(self) -> str:
        """Write the page with the form."""
        say = self._say
        field = ""
        if self._addresses:
            field = (
                f'<label for="address">{say(texts.ADDRESS)}</label>'
                '<input type="url" id="address" name="address" inputmode="url" '
                'placeholder="https://" autocomplete="off">'
            )
        main = (
            f"<h1>{say(texts.TITLE)}</h1><p>{say(texts.LEAD)}</p>"
            f'<p class="quiet">{say(texts.NOT_SAID)}</p>'
            '<form class="check" method="post" action="/check" enctype="multipart/form-data">'
            f"{self._hidden()}"
            f'<div class="drop"><label for="file">{say(texts.CHOOSE)}</label>'
            '<input type="file" id="file" name="file" accept="image/*" aria-describedby="how">'
            f'<p class="quiet" id="how">{say(texts.HOW)}</p>{field}'
            f'<button type="submit">{say(texts.CHECK)}</button>'
            f'<p id="status" role="status" data-busy="{say(texts.BUSY)}"></p></div></form>'
            f'<p class="quiet">{say(texts.KEPT)}</p>{self._link_offline()}'
        )
        return self._frame(say(texts.TITLE), main)

    def write_verdict(self, verdict: Verdict, result: bytes, *, signed: bool) -> str:
        """Write the page with a verdict; ``result`` is the file to download."""
        say, title = self._say, self._say(texts.RESULT)
        first, *rest = verdict.opening
        lines = "".join(f"<p>{say(each)}</p>" for each in rest)
        label = texts.DOWNLOAD_SIGNED if signed else texts.DOWNLOAD
        data = base64.b64encode(result).decode()
        main = (
            f'<h1 id="result" tabindex="-1">{title}</h1>'
            f'<div class="verdict {verdict.state.value}"><p class="first">{say(first)}</p>'
            f"{lines}</div>"
            f"{self._write_origin(verdict)}"
            f"<h2>{say(texts.FINDINGS)}</h2>{''.join(self._write_findings(verdict.findings))}"
            f"{self._write_history(verdict)}"
            f"<h2>{say(texts.RATES)}</h2>{self._list(ERROR_RATES)}"
            f'<p><a class="button" download="result.json" '
            f'href="data:{RESULT_MEDIA_TYPE};base64,{data}">{say(label)}</a>'
            f"{self._link_back('button second')}</p>"
            f"{self._write_feedback(verdict.evidence.sha256)}"
        )
        return self._frame(title, main)

    def write_failure(self, error: ProvenanceError) -> str:
        """Write the page that says why there is no verdict."""
        title = self._say(texts.FAILED)
        main = (
            f'<h1 id="result" tabindex="-1">{title}</h1>'
            f'<div class="verdict failed"><p class="first">{self._say(str(error))}</p>'
            f"<p><code>{escape(error.code)}</code></p></div>"
            f"<p>{self._link_back('button')}</p>"
        )
        return self._frame(title, main)

    def write_thanks(self) -> str:
        """Write the page that follows feedback."""
        title = self._say(texts.THANKS)
        back = self._link_back("button")
        return self._frame(title, f'<h1 id="result" tabindex="-1">{title}</h1><p>{back}</p>')

    # --- parts ------------------------------------------------------------------------------------

    def _say(self, text: object) -> str:
        return escape(speak(text, self._language))

    def _link_back(self, shape: str) -> str:
        code, label = self._language.code, self._say(texts.ANOTHER)
        return f'<a class="{shape}" href="/?lang={code}">{label}</a>'

    def _link_offline(self) -> str:
        if self._offline is None:
            return ""
        label = self._say(texts.OFFLINE)
        address = f"{self._offline}?lang={self._language.code}"
        return f'<p><a href="{address}">{label}</a> {self._say(texts.OFFLINE_WHY)}</p>'

    def _hidden(self) -> str:
        return f'<input type="hidden" name="lang" value="{self._language.code}">'

    def _list(self, items: Iterable[object]) -> str:
        return "<ul>" + "".join(f"<li>{self._say(each)}</li>" for each in items) + "</ul>"

    def _write_origin(self, verdict: Verdict) -> str:
        rows: list[tuple[object, object]] = []
        if origin := verdict.origin:
            model = f"{origin.model or ''} {origin.model_version or ''}".strip()
            rows += [(texts.PRODUCER, origin.producer), (texts.MODEL, model)]
            rows += [(texts.MADE, format_time(origin.created)), (texts.STAMP, origin.stamp_id)]
        rows.append((texts.DIGEST, verdict.evidence.sha256))
        say = self._say
        listed = "".join(
            f"<dt>{say(name)}</dt><dd>{say(value)}</dd>" for name, value in rows if value
        )
        return f"<h2>{say(texts.ORIGIN)}</h2><dl>{listed}</dl>"

    def _write_findings(self, findings: Iterable[Finding]) -> Iterator[str]:
        layer = ""
        for each in findings:
            name = texts.LAYERS.get(each.layer, each.layer)
            head = f"<h3>{self._say(name)}</h3>" if each.layer != layer else ""
            layer = each.layer
            yield f'<div class="layer">{head}<p>{self._say(each.finding)}</p></div>'

    def _write_history(self, verdict: Verdict) -> str:
        entries = verdict.evidence.history
        if not entries:
            return ""
        own = verdict.evidence.self_named
        said = [
            texts.SIGNED_BY.format(
                signer=each.signer.name if each.signer else texts.SOMEBODY,
                standing=_name_standing(each, own=each.urn in own),
                actions=", ".join(action.action for action in each.actions) or "—",
            )
            for each in entries
        ]
        return f"<h2>{self._say(texts.HISTORY)}</h2>{self._list(said)}"

    def _write_feedback(self, sha256: str) -> str:
        if not self._feedback:
            return ""
        say = self._say
        options = "".join(
            f'<option value="{value}">{say(text)}</option>'
            for value, text in texts.OPINIONS.items()
        )
        return (
            f"<h2>{say(texts.FEEDBACK)}</h2>"
            '<form method="post" action="/feedback" enctype="multipart/form-data">'
            f'{self._hidden()}<input type="hidden" name="sha256" value="{escape(sha256)}">'
            f'<label for="opinion">{say(texts.OPINION)}</label>'
            f'<select id="opinion" name="opinion">{options}</select>'
            f'<label for="text">{say(texts.WORDS)}</label>'
            '<textarea id="text" name="text" maxlength="2000"></textarea>'
            f'<button type="submit">{say(texts.SEND)}</button></form>'
        )

    def _frame(self, title: str, main: str) -> str:
        say, code = self._say, self._language.code
        about = texts.ABOUT.format(software=f"provenance {__version__}", path="/v1/verify")
        links = "".join(map(partial(_link_language, code), NAMES.items()))
        return (
            f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{title} – provenance</title><link rel="stylesheet" href="/look.css">'
            '<script src="/page.js" defer></script></head><body>'
            f'<header><span class="name">provenance</span><nav aria-label="{say(texts.LANGUAGE)}">'
            f"<ul>{links}</ul></nav></header>"
            f'<main>{main}</main><footer class="quiet"><p>{say(about)}</p></footer></body></html>'
        )


def _name_standing(entry: HistoryEntry, *, own: bool) -> Message:
    if not entry.trusted:
        return texts.UNTRUSTED
    return texts.OWN_NAME if own else texts.TRUSTED


def _link_language(present: str, item: tuple[str, str]) -> str:
    code, name = item
    current = ' aria-current="true"' if code == present else ""
    link = f'<a href="/?lang={code}" lang="{code}" hreflang="{code}"{current}>{escape(name)}</a>'
    return f"<li>{link}</li>"
