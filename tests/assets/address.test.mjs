import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Address,
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

test("one gesture is one step of Back, however long it takes", (t) => {
  const steps = [];
  const { window: before, document: page } = globalThis;
  t.after(() => Object.assign(globalThis, { window: before, document: page }));
  const location = { pathname: "/", search: "", hash: "" };
  const write = (kind) => (_state, _title, address) => {
    steps.push(`${kind} ${address}`);
    location.search = address.slice(1);
  };
  globalThis.window = {
    location,
    history: { pushState: write("push"), replaceState: write("replace") },
  };
  globalThis.document = { documentElement: { dataset: {} } };
  t.mock.timers.enable({ apis: ["Date"], now: 10_000 });
  const address = new Address({});
  const gesture = (type, detail = {}) => address.begin({ type, ...detail });
  const answer = (search) => {
    t.mock.timers.tick(5_000);
    address.write(search);
  };
  gesture("pointerdown");
  for (const low of [1, 2, 3]) {
    address.asked();
    answer(`a=${low}..`);
  }
  gesture("click", { detail: 1 }); // the end of the same press
  address.asked();
  answer("a=4..");
  gesture("keydown");
  address.asked();
  gesture("pointerdown"); // before the answer to the key comes
  answer("a=5..");
  gesture("keydown", { repeat: true });
  address.asked();
  answer("a=6..");
  address.asked();
  answer("a=7..");
  assert.deepEqual(steps, [
    "push /?a=1..",
    "replace /?a=2..",
    "replace /?a=3..",
    "replace /?a=4..",
    "push /?a=5..",
    "push /?a=6..",
    "replace /?a=7..",
  ]);
});
