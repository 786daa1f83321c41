// The app `notebooks` opens links between notebooks in the app `tree`, as a
// Jupyter server would; here `tree` shows folders only. Pass files on.
(() => {
  const path = new URLSearchParams(location.search).get("path") ?? "";
  const app = path.endsWith(".ipynb") ? "notebooks" : "edit";
  if (/\.\w+$/.test(path)) {
    location.replace(`../${app}/index.html${location.search}`);
  }
})();
