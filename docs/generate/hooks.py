"""What MkDocs calls while it builds: fills the marked places of pages, and adds pages.

A place is marked ``<!-- generated: NAME -->``; `PLACES` says what makes each. The rest of a page is
written by hand. Nothing here keeps a second copy of what the program says of itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.generate import commands, config_keys, failures, library, offline, rooms, tree

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

MARK = re.compile(r"<!-- generated: (.+?) -->")
SHORT_CODE = re.compile(r"<code>([^<>\n]{1,30})</code>")
"""A name that fits on a line of a phone, so that it need not be broken at its hyphens."""


def example(name: str) -> str:
    """Return a file of ``examples/`` as a block of code."""
    code = (tree.ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    return f"```python\n{code}```"


def way() -> str:
    """Return the drawing of a picture's way, twice: for wide screens and for narrow ones."""
    return "\n".join(_drawing(width) for width in ("wide", "narrow"))


def _drawing(width: str) -> str:
    drawing = (tree.DOCS / "assets" / f"way-{width}.svg").read_text(encoding="utf-8")
    return f'<div class="way way--{width}">\n{drawing}</div>'


PLACES: Mapping[str, Callable[[], str]] = {
    "rooms": rooms.table,
    "import rules": rooms.rules,
    "commands": commands.reference,
    "exit statuses": failures.status_table,
    "error codes": failures.error_list,
    "config keys": config_keys.reference,
    "config template": config_keys.template,
    "library": library.public_names,
    "watermark": library.watermark_names,
    "example provider": partial(example, "provider_stamps"),
    "example platform": partial(example, "platform_checks"),
    "example investigator": partial(example, "investigator_traces"),
    "way": way,
}


def filled(text: str) -> str:
    """Fill the marked places of a page."""
    return MARK.sub(lambda mark: PLACES[mark[1]](), text)


def on_config(config: MkDocsConfig) -> None:
    """List in the navigation every decision, and every page that no other section names."""
    sections = {name: pages for section in config.nav or () for name, pages in section.items()}
    decisions = [f"adr/{file.name}" for file in sorted(tree.DOCS.glob("adr/0*.md"))]
    sections["Decisions"].append({"Each decision": decisions})
    named = json.dumps(config.nav)
    sections["Project"] += [page for page in tree.outside_pages() if f'"{page}"' not in named]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside ``docs/``."""
    from mkdocs.structure.files import File

    for place, file in tree.outside_pages().items():
        files.append(File.generated(config, place, abs_src_path=str(file)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turn a page of the repository into one of the site."""
    return tree.with_site_links(filled(markdown), page.file.src_uri)


def on_page_content(html: str, **_: Any) -> str:
    """Keep short names whole."""
    return SHORT_CODE.sub(r'<code class="whole">\1</code>', html)


def on_post_build(config: MkDocsConfig) -> None:
    """Make sure that no page loads anything from another host."""
    site = Path(config.site_dir)
    offline.strip(site)
    if found := offline.loads(site):
        raise ValueError(f"pages load from other hosts: {', '.join(found)}")
