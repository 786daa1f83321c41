import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Kernel, Stopped } from "../../../web/live/kernel.js";

/** A thread that does what the test tells it. */
class FakeWorker {
  static made = [];
  sent = [];
  ended = false;
  constructor() {
    FakeWorker.made.push(this);
  }
  postMessage(message) {
    this.sent.push(message);
  }
  terminate() {
    this.ended = true;
  }
  say(data) {
    this.onmessage({ data });
  }
  answer(result, which = -1) {
    this.say({ type: "reply", id: this.sent.at(which).id, result });
  }
}

globalThis.Worker = FakeWorker;
let heard;
let kernel;

async function started(onMessage = (message) => heard.push(message)) {
  kernel = new Kernel({ version: "1", bytes: 1 });
  Object.assign(kernel, { onMessage, onProgress: (...told) => heard.push(told) });
  const start = kernel.start("book/a.ipynb");
  const worker = FakeWorker.made.at(-1);
  worker.answer({ status: "ok" });
  await start;
  return worker;
}

beforeEach(() => {
  heard = [];
});

test("a start tells the thread where Python is and how far it got", async () => {
  const worker = await started();
  const { operation, version, notebook } = worker.sent[0];
  assert.deepEqual([operation, version, notebook], ["start", "1", "book/a.ipynb"]);
  worker.say({ type: "progress", done: 0.5, what: "Fetching" });
  assert.deepEqual(heard, [[0.5, "Fetching"]]);
});

test("a start that fails says why", async () => {
  kernel = new Kernel({ version: "", bytes: 1 });
  const start = kernel.start("book/a.ipynb");
  const worker = FakeWorker.made.at(-1);
  worker.say({ type: "reply", id: worker.sent[0].id, error: "no memory" });
  await assert.rejects(start, /no memory/);
});

test("a thread that cannot be loaded fails the start", async () => {
  kernel = new Kernel({ version: "", bytes: 1 });
  const start = kernel.start("book/a.ipynb");
  FakeWorker.made.at(-1).onerror({ message: "", preventDefault() {} });
  await assert.rejects(start, /could not be fetched/);
});

test("a run ends when all that it published has been shown, in order", async () => {
  const shown = [];
  const worker = await started(async ({ content }) => {
    await new Promise((resolve) => setTimeout(resolve, content.text === "slow" ? 20 : 0));
    shown.push(content.text);
  });
  const run = kernel.run("print()", "m9");
  worker.say({ type: "stream", content: { text: "slow" }, parent: "m9", buffers: [] });
  worker.say({ type: "stream", content: { text: "quick" }, parent: "m9", buffers: [] });
  worker.answer({ status: "ok", count: 1 });
  assert.deepEqual(await run, { status: "ok", count: 1 });
  assert.deepEqual(shown, ["slow", "quick"]);
});

test("a message that cannot be shown does not hold up the next", async (t) => {
  t.mock.method(console, "error", () => {});
  const worker = await started(({ content }) => {
    if (content.bad) throw new Error("bad");
    heard.push(content);
  });
  const run = kernel.run("", "m1");
  worker.say({ type: "stream", content: { bad: true }, parent: "m1", buffers: [] });
  worker.say({ type: "stream", content: { good: true }, parent: "m1", buffers: [] });
  worker.answer({ status: "ok", count: 1 });
  await run;
  assert.deepEqual(heard, [{ good: true }]);
  assert.equal(console.error.mock.callCount(), 1);
});

test("answers find their questions, whatever the order", async () => {
  const worker = await started();
  const [one, two] = [kernel.run("1", "a"), kernel.run("2", "b")];
  worker.answer({ status: "ok", count: 2 }, -1);
  worker.answer({ status: "error", count: 1 }, -2);
  assert.equal((await one).status, "error");
  assert.equal((await two).count, 2);
});

test("a run that breaks Python down fails", async () => {
  const worker = await started();
  const run = kernel.run("[0] * 10**10", "a");
  worker.say({ type: "reply", id: worker.sent.at(-1).id, error: "out of memory" });
  await assert.rejects(run, /out of memory/);
});

test("what a stopped thread still says is not heard", async () => {
  const worker = await started();
  kernel.stop();
  worker.say({ type: "stream", content: { text: "late" }, parent: "a", buffers: [] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(heard, []);
});

test("a message that is never done with does not outlive its Python", async () => {
  const worker = await started(({ content }) =>
    content.stuck ? new Promise(() => {}) : heard.push(content.text),
  );
  worker.say({ type: "stream", content: { stuck: true }, parent: "a", buffers: [] });
  kernel.stop();
  const start = kernel.start("book/a.ipynb");
  const next = FakeWorker.made.at(-1);
  next.answer({ status: "ok" });
  await start;
  const run = kernel.run("", "b");
  next.say({ type: "stream", content: { text: "fresh" }, parent: "b", buffers: [] });
  next.answer({ status: "ok", count: 1 });
  await run;
  assert.deepEqual(heard, ["fresh"]);
});

test("stopping ends the thread and what waits for it", async () => {
  const worker = await started();
  const run = kernel.run("while True: pass", "a");
  kernel.stop();
  assert.ok(worker.ended);
  await assert.rejects(run, Stopped);
  await assert.rejects(kernel.run("1", "b"), Stopped);
});
