"""The top of the page: what the table is, and how to take this view elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.column_words import columns_in_words
from iris_dash.dashboard.page.elements import aria, data
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS, Format
from iris_dash.query.counted import counted


def header(explorer: Explorer) -> Component:
    """Return the table's name and words, and the buttons that copy, download and switch theme."""
    schema = explorer.schema
    about = counted(len(explorer.dataset), schema.rows)
    about = f"{about} · {schema.about or columns_in_words(schema)}"
    return html.Header(
        [
            html.H1(schema.title),
            html.P(about, className="about"),
            html.Nav(
                [
                    html.A("JSON routes", href="docs/", className="quiet-link"),
                    html.Button(
                        "Copy link",
                        type="button",
                        className="btn quiet-button",
                        **data(copy_link=""),
                    ),
                    html.Button(
                        "Copy as…", id=ids.COPY_AS, type="button", className="btn quiet-button"
                    ),
                    _download(bool(schema.measures)),
                    html.Button(
                        "◐",
                        type="button",
                        className="btn quiet-button",
                        title="Light or dark",
                        **data(theme_switch=""),
                        **aria(label="Switch between light and dark"),
                    ),
                ],
                **aria(label="Links, files and documentation"),
            ),
        ],
        className="top",
    )


def _download(means: bool) -> Component:
    """Return the menu of files; the page's script keeps the links to the shown query."""
    items = [_menu_part("Rows", "export", FORMATS)]
    if means:
        offered = [known for known in FORMATS if known.offers_means]
        items += [_menu_part("Means per group", "export/means", offered)]
    items += [_menu_link("docs/", "JSON routes", "is-apart")]
    menu: Component = dbc.DropdownMenu(
        items, label="Download", color="primary", align_end=True, className="download"
    )
    return menu


def _menu_part(title: str, path: str, formats: Iterable[Format]) -> Component:
    files = []
    for known in formats:
        files.append((f"{path}.{known.suffix}", known.title))
        if known.variant:
            files.append((f"{path}.{known.suffix}?{known.variant.key}=1", known.variant.title))
    links = [_menu_link(file, name, **data(export=file)) for file, name in files]
    return html.Div(
        [html.Div(title, className="dropdown-header"), *links], role="group", **aria(label=title)
    )


def _menu_link(path: str, name: str, look: str = "", **attributes: Any) -> Component:
    return html.A(name, href=path, className=f"dropdown-item {look}".strip(), **attributes)
