"""The HTML document that the page stands in: its head, its scripts, and places for Dash's parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from html import escape

from iris_dash.dashboard.page.cards import SHOWN_CARDS
from iris_dash.query.locale import Locale

DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="ICON" type="image/svg+xml">
    <script src="THEME"></script>
    {%css%}
    MODULES
    <style>SHOWN_CARDS</style>
</head>
<body>
    {%app_entry%}
    <footer>
        {%config%}
        {%scripts%}
        {%renderer%}
    </footer>
</body>
</html>
"""


def document(icon: str, theme: str, modules: Iterable[str]) -> str:
    """Return the document as Dash takes it.

    `icon`: the address of its icon; `theme`: that of the script that sets the theme; it is in the
    head, before the first paint, so that nothing flashes. `modules`: those of what the page's own
    script imports; named here, they are fetched all at once.
    """
    links = "\n    ".join(f'<link rel="modulepreload" href="{url}">' for url in modules)
    filled = {"ICON": icon, "THEME": theme, "MODULES": links, "SHOWN_CARDS": SHOWN_CARDS}
    return re.sub("|".join(filled), lambda found: filled[found[0]], DOCUMENT)


def document_for(html: str, locale: Locale, asked: bool) -> str:
    """Return a document whose scripts know how its reader writes; `asked`: its address says so."""
    marks = escape(json.dumps(asdict(locale), ensure_ascii=False))
    kept = f' data-locale="{locale.tag}"' if asked else ""
    return html.replace('<html lang="en">', f'<html lang="en" data-reader="{marks}"{kept}>', 1)
