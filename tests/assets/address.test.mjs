import assert from "node:assert/strict";
import { test } from "node:test";
import {
  here,
  pageOf,
  unembedded,
  withoutFilters,
  written,
} from "../../assets/scripts/address.mjs";

test("the page of an address, from 0; what is none is the first", () => {
  assert.equal(pageOf(""), 0);
  assert.equal(pageOf("?species=setosa"), 0);
  assert.equal(pageOf("?page=1"), 0);
  assert.equal(pageOf("?species=setosa&page=3"), 2);
  for (const wrong of ["0", "-1", "1.5", "x", "", "Infinity"]) {
    assert.equal(pageOf(`?page=${wrong}`), 0, wrong);
  }
});

test("Reset keeps order, colours, the page's size and what is the page's own", () => {
  const filters = "species=setosa&sepal_length=5.0..5.1&page=2";
  assert.equal(withoutFilters(`?${filters}`), "?");
  assert.equal(withoutFilters(""), "?");
  assert.equal(
    withoutFilters(`?${filters}&sort=-sepal_width&by=species&per_page=25&_view=table`),
    "?sort=-sepal_width&by=species&per_page=25&_view=table",
  );
  // Twice the same key, and a value that must be escaped.
  assert.equal(withoutFilters("?a=1&_x=p%20q&a=2"), "?_x=p+q");
});

test("an address that is too long to be sent stands behind the #, and is read from there", () => {
  assert.equal(written(""), "");
  assert.equal(written("a=1"), "?a=1");
  const long = `a=${"x".repeat(16_000)}`;
  assert.equal(written(long), `#?${long}`);
  const { window: before } = globalThis;
  try {
    globalThis.window = { location: { search: "?a=1", hash: "" } };
    assert.equal(here(), "?a=1");
    globalThis.window = { location: { search: "", hash: written(long) } };
    assert.equal(here(), `?${long}`);
  } finally {
    globalThis.window = before;
  }
});

test("an address for another window does not say that the page is embedded", () => {
  assert.equal(unembedded("?_embed=1"), "");
  assert.equal(unembedded("?species=setosa&_embed=1&page=2"), "species=setosa&page=2");
  assert.equal(unembedded("?a=p%2Fq"), "a=p%2Fq");
  assert.equal(unembedded(""), "");
});
