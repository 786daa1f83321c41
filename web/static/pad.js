/* Give every drawing_pad() figure a pad: the network is small enough to be
   computed here. Without this script the first picture stands. */
(() => {
  const SIDE = 8;
  const LARGE = 4; /* a hidden answer drawn in full color */

  /** Make an element with properties and attributes, and put children in. */
  function make(tag, properties = {}, attributes = {}, children = []) {
    const element = Object.assign(document.createElement(tag), properties);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  }

  /**
   * Unpack a block of base64: W1, b1, W2, b2 and the first picture as float32.
   * @param {{hidden: number, numbers: string}} stored
   */
  function unpack({ hidden, numbers }) {
    const bytes = Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0));
    const all = new Float32Array(bytes.buffer);
    let from = 0;
    const [W1, b1, W2, b2, start] = [hidden * 64, hidden, 10 * hidden, 10, 64].map(
      (count) => all.subarray(from, (from += count)),
    );
    return { W1, b1, W2, b2, start };
  }

  /** W x + b, where W is stored row by row. */
  function affine(W, b, x) {
    return Array.from(b, (sum, row) => {
      x.forEach((value, column) => { sum += W[row * x.length + column] * value; });
      return sum;
    });
  }

  /** The forward pass: hidden answers h and the probabilities p of ten digits. */
  function read({ W1, b1, W2, b2 }, x) {
    const h = affine(W1, b1, x).map((a) => Math.max(a, 0));
    const z = affine(W2, b2, h);
    const e = z.map((score) => Math.exp(score - Math.max(...z)));
    const sum = e.reduce((a, b) => a + b);
    return { h, p: e.map((value) => value / sum) };
  }

  /** What the machine thinks, and how sure it is (the same in mfdl/pad.py). */
  function sentence(x, p) {
    const most = Math.max(...p);
    const best = p.indexOf(most);
    const thinks = most > 0.9 ? `is nearly sure of ${best}`
      : most > 0.5 ? `leans toward ${best}` : `hardly knows, and guesses ${best}`;
    const opening = x.some((ink) => ink > 0) ? "" : "The page is empty. ";
    return `${opening}The machine ${thinks}: probability ${most.toFixed(2)}.`;
  }

  /** Press a pen with soft edges: 1 in the middle, nothing from 1.4 pixels on. */
  function press(x, row, column) {
    for (let k = 0; k < x.length; k += 1) {
      const distance = Math.hypot(Math.floor(k / SIDE) - row, (k % SIDE) - column);
      x[k] = Math.max(x[k], Math.min(1, Math.max(0, 1.4 - distance)));
    }
  }

  /** Eight rows of eight cells; one of them at a time is in the tab order. */
  function makeGrid() {
    const cells = Array.from({ length: SIDE * SIDE }, (_, k) =>
      make("div", { className: "pad-cell", tabIndex: k ? -1 : 0 }, { role: "gridcell" }));
    const rows = Array.from({ length: SIDE }, (_, r) =>
      make("div", { className: "pad-row" }, { role: "row" }, cells.slice(r * SIDE, (r + 1) * SIDE)));
    const grid = make("div", { className: "pad-grid" },
      { role: "grid", "aria-label": "pad of 8 by 8 pixels" }, rows);
    return { grid, cells };
  }

  /** Ten lines: the digit, its bar, its probability. */
  function makeBars() {
    const lines = Array.from({ length: 10 }, (_, digit) => {
      const bar = make("span", { className: "pad-bar" });
      const number = make("span", { className: "pad-number" });
      const name = make("span", { textContent: digit });
      return { bar, number, line: make("li", {}, {}, [name, bar, number]) };
    });
    const list = make("ul", { className: "pad-bars" },
      { "aria-label": "probability of each digit" }, lines.map(({ line }) => line));
    return { list, lines };
  }

  function bringToLife(figure) {
    const network = unpack(JSON.parse(figure.querySelector("script").textContent));
    const x = Array.from(network.start);
    const says = figure.querySelector(".pad-says");
    says.setAttribute("aria-live", "polite");

    const { grid, cells } = makeGrid();
    const { list, lines } = makeBars();
    const units = Array.from(network.b1, () => make("span"));
    const strip = make("div", { className: "pad-units" }, { role: "img" }, units);
    const clear = make("button", { type: "button", textContent: "clear" });
    const again = make("button", { type: "button", textContent: "the first picture again" });

    function show() {
      const { h, p } = read(network, x);
      cells.forEach((cell, k) => {
        const ink = Math.round(10 * x[k]) / 10;
        cell.style.setProperty("--ink", `${100 * x[k]}%`);
        cell.setAttribute("aria-label",
          `row ${Math.floor(k / SIDE) + 1}, column ${(k % SIDE) + 1}, ink ${ink}`);
      });
      units.forEach((unit, k) => unit.style.setProperty("--ink", `${Math.min(100, (100 * h[k]) / LARGE)}%`));
      strip.setAttribute("aria-label",
        `${h.length} hidden units, ${h.filter((a) => a > 0).length} of them above zero`);
      lines.forEach(({ bar, number }, digit) => {
        bar.style.setProperty("--ink", `${100 * p[digit]}%`);
        number.textContent = p[digit].toFixed(2);
      });
      says.textContent = sentence(x, p);
    }

    function fill(picture) {
      picture.forEach((ink, k) => { x[k] = ink; });
      show();
    }

    let here = 0; /* the cell in the tab order */
    function go(place) {
      cells[here].tabIndex = -1;
      here = place;
      cells[here].tabIndex = 0;
      cells[here].focus({ preventScroll: true });
    }

    grid.addEventListener("keydown", (event) => {
      const row = Math.floor(here / SIDE);
      const column = here % SIDE;
      const actions = {
        ArrowUp: () => row > 0 && go(here - SIDE),
        ArrowDown: () => row < SIDE - 1 && go(here + SIDE),
        ArrowLeft: () => column > 0 && go(here - 1),
        ArrowRight: () => column < SIDE - 1 && go(here + 1),
        " ": () => { press(x, row, column); show(); },
      };
      if (event.key in actions && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        actions[event.key]();
      }
    });

    /* A stroke: presses half a pixel apart from where the pointer was. */
    let last = null;
    function stroke(event) {
      const box = grid.getBoundingClientRect();
      const row = ((event.clientY - box.top) / box.height) * SIDE - 0.5;
      const column = ((event.clientX - box.left) / box.width) * SIDE - 0.5;
      const [fromRow, fromColumn] = last ?? [row, column];
      const presses = Math.ceil(2 * Math.hypot(row - fromRow, column - fromColumn)) || 1;
      for (let k = 1; k <= presses; k += 1) {
        press(x, fromRow + ((row - fromRow) * k) / presses, fromColumn + ((column - fromColumn) * k) / presses);
      }
      last = [row, column];
      show();
    }
    grid.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault(); /* no text is selected */
      grid.setPointerCapture(event.pointerId);
      const place = cells.indexOf(event.target);
      if (place >= 0) go(place);
      last = null;
      stroke(event);
    });
    grid.addEventListener("pointermove", (event) => {
      if (grid.hasPointerCapture(event.pointerId)) stroke(event);
    });
    clear.addEventListener("click", () => fill(x.map(() => 0)));
    again.addEventListener("click", () => fill(network.start));

    const help = make("p", {
      className: "pad-help",
      id: `${figure.id}-help`,
      textContent: "Draw with the mouse or a finger. With the keyboard: arrow keys move, Space inks.",
    });
    grid.setAttribute("aria-describedby", help.id);
    figure.querySelector("img").replaceWith(
      make("div", { className: "pad-board" }, {}, [
        make("div", {}, {}, [grid, make("div", { className: "pad-buttons" }, {}, [clear, again])]),
        strip,
        list,
      ]),
      help,
    );
    show();
  }

  document.querySelectorAll("figure.pad").forEach(bringToLife);
})();
