import assert from "node:assert/strict";
import { test } from "node:test";
import { newestOnly } from "../../assets/scripts/requests.mjs";

/** @param {string} output */
const asking = (output) => JSON.stringify({ output });
const answered = (/** @type {string} */ text) => new Response(text);

test("an answer that comes after a newer question for the same outputs changes nothing", async () => {
  const pass = newestOnly();
  /** @type {(response: Response) => void} */
  let giveOlder = () => assert.fail();
  const older = pass(
    asking("count"),
    new Promise((give) => {
      giveOlder = give;
    }),
  );
  const newer = pass(asking("count"), Promise.resolve(answered("newer")));
  assert.equal(await (await newer).text(), "newer");
  giveOlder(answered("older"));
  assert.equal((await older).status, 204);
});

test("nor does one that comes before the newer answer", async () => {
  const pass = newestOnly();
  const older = pass(asking("count"), Promise.resolve(answered("older")));
  const newer = pass(asking("count"), Promise.resolve(answered("newer")));
  assert.equal((await older).status, 204);
  assert.equal(await (await newer).text(), "newer");
});

test("questions for other outputs stand beside each other", async () => {
  const pass = newestOnly();
  const one = pass(asking("count"), Promise.resolve(answered("one")));
  const other = pass(asking("copy"), Promise.resolve(answered("other")));
  assert.deepEqual([await (await one).text(), await (await other).text()], ["one", "other"]);
});
