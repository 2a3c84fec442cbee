import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceComponent } from "../../assets/scripts/choice.mjs";

/** React, as far as it makes elements: each as HTML. */
const Choice = choiceComponent({
  createElement: (kind, props, ...children) => {
    const said = Object.entries(props)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ` ${name}='${typeof value === "object" ? value.color : value}'`);
    return `<${kind}${said.join("")}>${children.join("")}</${kind}>`;
  },
});

test("a value stands between its symbol and its count", () => {
  assert.equal(
    Choice({ text: "setosa", count: "1,200", mark: "●", look: "series-0" }),
    "<span className='facet-choice'>" +
      "<span className='glyph series-0' aria-hidden='true'>●</span>" +
      "<span className='facet-value'>setosa</span>" +
      "<span className='facet-count'>1,200</span></span>",
  );
});

test("one without rows is dimmed, one of its own colour has it", () => {
  const found = Choice({
    text: "a",
    count: "0",
    dimmed: true,
    mark: "■",
    look: "s",
    colour: "red",
  });
  assert.match(String(found), /^<span className='facet-choice no-rows'>/);
  assert.match(String(found), /<span className='glyph s' style='red' aria-hidden='true'>■</);
});

test("of a long one the middle is cut, and nothing is lost", () => {
  assert.equal(
    Choice({ text: "George Bush Intercontinental", end: 8 }),
    "<span className='facet-choice'>" +
      "<span className='facet-value is-cut' title='George Bush Intercontinental'>" +
      "<span className='value-start'>George Bush Intercon</span>" +
      "<span className='value-end'>tinental</span></span>" +
      "<span className='facet-count'></span></span>",
  );
});
