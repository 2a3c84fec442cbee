"""A page is written for its reader; links, JSON and files are the same for everybody."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from bs4 import BeautifulSoup

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

GERMAN, FRENCH = {"Accept-Language": "de-DE,de;q=0.9"}, {"Accept-Language": "fr"}
ROWS = 1_500
HELD = {
    "kind": ["a", "b", "c"] * (ROWS // 3),
    "weight": [n / 2 + 1000 for n in range(ROWS)],
    "day": [date(2013, 1 + n % 12, 14) for n in range(ROWS)],
}
ASKED = "?weight=1000.5..1600.5&day=2013-02..2013-11"


@pytest.fixture(scope="module")
def client():
    return create_app(pl.DataFrame(HELD), Settings(log="none")).server.test_client()


def layout(client, headers, search=ASKED):
    answer = client.get("/_dash-layout", query_string={"search": search}, headers=headers)
    assert answer.status_code == 200
    return answer


def test_the_page_says_how_its_reader_writes(client):
    for headers, path, tag, asked in (
        ({}, "/", "en", None),
        (GERMAN, "/", "de", None),
        (GERMAN, "/?_locale=fr-CH", "fr-CH", "fr-CH"),
        (GERMAN, "/?_locale=nonsense", "de", None),
    ):
        answer = client.get(path, headers=headers)
        root = BeautifulSoup(answer.text, "html.parser").html
        assert (json.loads(root["data-reader"])["tag"], root.get("data-locale")) == (tag, asked)
        assert root["lang"] == "en"
        assert "Accept-Language" in answer.vary


def test_counts_chips_boxes_and_the_table_have_the_readers_marks(client):
    german, english = layout(client, GERMAN), layout(client, {})
    for answer, said in (
        (german, ("1.500", "1000,5", "1600,5", "02.2013 – 11.2013", "14.02.2013")),
        (english, ("1,500", "1000.5", "1600.5", "2013-02 – 2013-11", "2013-02-14")),
    ):
        for text in said:
            assert text in answer.get_data(as_text=True), text
        assert "Accept-Language" in answer.vary
    assert german.headers["ETag"] != english.headers["ETag"]


def test_what_is_kept_for_one_reader_is_not_shown_to_another(client):
    first = [layout(client, headers).data for headers in ({}, GERMAN, FRENCH)]
    again = [layout(client, headers).data for headers in (FRENCH, {}, GERMAN)]
    assert first == [again[1], again[2], again[0]]
    assert len(set(first)) == 3
    plain = [client.get("/_dash-layout", headers=headers).data for headers in ({}, GERMAN, {})]
    assert plain[0] == plain[2] != plain[1]


@pytest.mark.parametrize(
    "path", ["/range/", "/stats/mean/", "/diagnose/", "/columns/", "/export.csv", "/openapi.json"]
)
def test_machines_are_answered_alike(client, path):
    answers = [client.get(path + ASKED, headers=headers) for headers in ({}, GERMAN)]
    assert answers[0].data == answers[1].data
    assert answers[0].headers.get("ETag") == answers[1].headers.get("ETag")


def test_an_unknown_locale_is_said(client):
    text = layout(client, GERMAN, "?_locale=nonsense").get_data(as_text=True)
    assert "unknown locale 'nonsense'" in text
    assert "unknown" not in layout(client, GERMAN, "?_locale=fr").get_data(as_text=True)
