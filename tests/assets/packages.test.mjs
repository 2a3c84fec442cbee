import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

test("the packages are pinned, and may come from any registry", () => {
  for (const version of Object.values(read("package.json").devDependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/);
  }
  for (const [name, found] of Object.entries(read("package-lock.json").packages)) {
    assert.equal(found.resolved, undefined, name);
  }
});
