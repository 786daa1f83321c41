/**
 * What bench_live.py measures inside a page, in seconds by the page's clock.
 * Only what a reader sees is looked at: the bar, the states of cells, pictures.
 */
window.bench = (() => {
  const bar = () => document.querySelector(".live-bar");
  const main = () => document.querySelector(".live-main");
  const now = () => performance.now() / 1000;
  const everything = {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  };

  /** Wait until `look` returns something, asked at each change of the page. */
  function seen(look) {
    return new Promise((resolve, reject) => {
      const observer = new MutationObserver(ask);
      function ask() {
        try {
          const found = look();
          if (!found) return;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        observer.disconnect();
      }
      observer.observe(document.body, everything);
      ask();
    });
  }

  function says() {
    return bar().querySelector(".live-status").textContent;
  }

  function isReady() {
    if (main().textContent === "Try again") throw new Error(says());
    return main().textContent === "Run all";
  }

  function isDone() {
    if (document.querySelector("[data-live=error]")) throw new Error(says());
    return !bar().classList.contains("live-busy");
  }

  /** Click to ready. */
  async function start() {
    const begun = now();
    main().click();
    await seen(isReady);
    return now() - begun;
  }

  /** Click to ready, and to the first figure of "Run all", pressed at once. */
  async function startAndDraw() {
    const begun = now();
    const ready = await start();
    main().click();
    const picture = await seen(
      () => isDone() || document.querySelector(".live-output img"),
    );
    await picture.decode();
    return { ready, figure: now() - begun };
  }

  /** "Run all" to the end of the last cell; the whole, and each cell. */
  async function runAll() {
    const began = {};
    const cells = {};
    const watch = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const id = target.id.replace(/^cell-/, "");
        if (target.dataset.live === "running") began[id] = now();
        else if (began[id]) cells[id] ??= now() - began[id];
      }
    });
    watch.observe(document.body, {
      attributeFilter: ["data-live"],
      subtree: true,
    });
    const begun = now();
    main().click();
    await seen(isDone);
    const whole = now() - begun;
    watch.disconnect();
    return { whole, cells };
  }

  /** Run all cells down to the first with a slider; return its handle. */
  async function runToSlider(id) {
    const cell = document.getElementById(`cell-${id}`);
    cell.querySelector("button[aria-label^='Run to here']").click();
    await seen(isDone);
    const find = () => cell.querySelector(".live-output .noUi-handle");
    const handle = await seen(find);
    await seen(() => cell.querySelector(".live-output img"));
    return handle;
  }

  /** Run the page's first cell once more. */
  async function runFirst() {
    document.querySelector("button[aria-label^='Run: ']").click();
    await seen(isDone);
  }

  /** From the next key on the handle to a new picture, decoded. */
  async function step(handle) {
    const output = handle.closest(".live-output");
    const shown = () => output.querySelector("img").src;
    const before = shown();
    const key = new Promise((done) => {
      const heard = (event) => done(event.timeStamp / 1000);
      addEventListener("keydown", heard, { capture: true, once: true });
    });
    const changed = seen(() => output.querySelector("img") && shown() !== before);
    const begun = await key;
    await changed;
    await output.querySelector("img").decode();
    return now() - begun;
  }

  return { start, startAndDraw, runAll, runToSlider, runFirst, step };
})();
