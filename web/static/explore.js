/* Give every stored explore() figure its sliders: frames are looked up by the
   places of the controls, and without this script the first frame stands. */
function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

function bringToLife(figure) {
  const controls = JSON.parse(figure.dataset.controls);
  const frames = JSON.parse(figure.querySelector("script").textContent);
  const image = figure.querySelector("img");
  const says = figure.querySelector(".explore-says");
  const places = controls.map((control) => control.start);
  says.setAttribute("aria-live", "polite");

  const rows = controls.map((control, which) => {
    const id = `${figure.id}-${which}`;
    const slider = make("input", {
      type: "range",
      id,
      min: 0,
      max: control.values.length - 1,
      value: control.start,
    });
    const shown = make("output", { htmlFor: id });
    slider.addEventListener("input", () => move(which, Number(slider.value)));
    const row = make("div", { className: "explore-control" });
    row.append(make("label", { htmlFor: id, textContent: control.name }), slider, shown);
    return { row, slider, shown };
  });

  function move(which, place) {
    places[which] = place;
    if (!(places.join() in frames)) {
      /* not every combination is stored: the other controls go back to their start */
      controls.forEach((control, k) => { if (k !== which) places[k] = control.start; });
    }
    const frame = frames[places.join()];
    image.src = `data:image/png;base64,${frame.png}`;
    image.alt = frame.says;
    says.textContent = frame.says;
    showPlaces();
  }

  function showPlaces() {
    rows.forEach(({ slider, shown }, k) => {
      const value = controls[k].values[places[k]];
      slider.value = places[k];
      slider.setAttribute("aria-valuetext", `${controls[k].name} ${value}`);
      shown.textContent = value;
    });
  }

  const panel = make("div", { className: "explore-controls" });
  panel.append(...rows.map(({ row }) => row));
  image.after(panel);
  showPlaces();
}

document.querySelectorAll("figure.explore").forEach(bringToLife);
