import assert from "node:assert/strict";
import { test } from "node:test";
import { restore } from "../../assets/scripts/live_repair.mjs";

const text = (nodeValue) => ({ nodeValue });
const element = (className, ...childNodes) => ({
  nodeValue: null,
  className,
  style: {},
  childNodes,
});
const part = (props) => ({ type: "Span", namespace: "dash_html_components", props });

test("texts, classes and styles become those that Dash knows", () => {
  const [count, rest] = [text("3"), text(" of 150")];
  const bar = element("bar-front");
  const shown = element("", element("count is-out", count), rest, bar);
  restore(shown, [
    part({ className: "count", children: "150" }),
    " of 150",
    part({ style: { width: "5%" } }),
  ]);
  assert.deepEqual([count.nodeValue, rest.nodeValue], ["150", " of 150"]);
  assert.equal(shown.childNodes[0].className, "count");
  assert.deepEqual([bar.className, bar.style], ["bar-front", { width: "5%" }]);
});

test("what React is still to make is left to it", () => {
  const own = text("3");
  restore(element("", own), ["4", "5"]);
  assert.equal(own.nodeValue, "3");
  restore(element("", own), [null, "4", undefined]);
  assert.equal(own.nodeValue, "4");
});
