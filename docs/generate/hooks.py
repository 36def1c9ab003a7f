"""What MkDocs calls while it builds: fills the marked places of pages, and adds pages.

A place is marked ``<!-- generated: NAME -->``; `PLACES` says what makes each. The rest of a page is
written by hand. Nothing here keeps a second copy of what the program says of itself.
"""

from __future__ import annotations

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
    "error codes": failures.error_table,
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
    """List every decision in the navigation."""
    decisions = next(each["Decisions"] for each in config.nav or () if "Decisions" in each)
    decisions.append(
        {"Each decision": [f"adr/{f.name}" for f in sorted(tree.DOCS.glob("adr/0*.md"))]}
    )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside ``docs/``."""
    from mkdocs.structure.files import File

    for place, file in tree.outside_pages().items():
        files.append(File.generated(config, place, abs_src_path=str(file)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turn a page of the repository into one of the site."""
    return tree.with_site_links(filled(markdown), page.file.src_uri)


def on_post_build(config: MkDocsConfig) -> None:
    """Make sure that no page loads anything from another host."""
    site = Path(config.site_dir)
    offline.strip(site)
    if found := offline.loads(site):
        raise ValueError(f"pages load from other hosts: {', '.join(found)}")
