// What htmx does not do: the theme, dropping a file, moving through tables by keyboard, ticking
// all, saving what was typed before going on.
(() => {
  const root = document.documentElement;

  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  function toggleTheme(button) {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    try { localStorage.setItem("theme", theme); } catch { /* it lasts for this page then */ }
  }

  function showFile(zone) {
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector("[data-file-name]");
    const file = input.files[0];
    zone.classList.toggle("has-file", Boolean(file));
    if (name && file) name.textContent = file.name;
  }

  function moveInTable(event) {
    const cell = event.target.closest("[data-grid] td, [data-grid] th");
    if (!cell || event.target !== cell) return;
    const row = cell.parentElement;
    const rows = [...cell.closest("table").rows];
    const at = [row.rowIndex, cell.cellIndex];
    const moves = {
      ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
      Home: [0, -at[1]], End: [0, row.cells.length - 1 - at[1]],
      PageDown: [Math.min(10, rows.length - 1 - at[0]), 0], PageUp: [-Math.min(10, at[0]), 0],
    };
    const move = moves[event.key];
    if (!move) return;
    const next = rows[at[0] + move[0]]?.cells[at[1] + move[1]];
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  function prepare(scope) {
    for (const button of scope.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(isDark()));
    }
    for (const table of scope.querySelectorAll("table[data-grid]")) {
      const first = table.tBodies[0]?.rows[0]?.cells[0];
      if (first) first.tabIndex = 0;
      for (const cell of table.querySelectorAll("td")) if (cell !== first) cell.tabIndex = -1;
    }
    for (const box of scope.querySelectorAll("[data-tick-all]")) box.closest("label").hidden = false;
    for (const zone of scope.querySelectorAll("[data-drop]")) showFile(zone);
  }

  // Forms of rows whose cells were typed into and not saved yet.
  const typedForms = () => [...document.querySelectorAll("form[data-cells]")].filter((form) =>
    [...form.elements].some((cell) => cell.options
      ? cell.selectedIndex > 0
      : cell.type === "text" && cell.value !== cell.defaultValue));

  async function saveTyped(forms) {
    for (const form of forms) {
      const answer = await fetch(form.action, {
        method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams(new FormData(form)),
      });
      const row = await answer.text();
      // What could not be saved is sent once more by htmx, which shows the reason in the row.
      if (!answer.ok || row.includes("notice bad")) { form.requestSubmit(); return false; }
      const tick = form.closest("article").querySelector("[name=item]");
      if (tick) tick.checked = true;
    }
    return true;
  }

  // Whoever checks or goes on without saving each row first loses nothing that was typed.
  async function saveFirst(event, goOn) {
    const forms = typedForms();
    if (!forms.length) return;
    event.preventDefault();
    if (await saveTyped(forms)) goOn();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const decides = event.submitter?.name === "do" && event.submitter.value !== "recheck";
    if (form.matches("[data-saves-typed]") && !decides) saveFirst(event, () => form.submit());
  });

  document.addEventListener("click", (event) => {
    const onward = event.target.closest("a[data-saves-typed]");
    if (onward) saveFirst(event, () => { location.href = onward.href; });
    const toggle = event.target.closest("[data-theme-toggle]");
    if (toggle) toggleTheme(toggle);
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const code = copy.closest("figure").querySelector("code");
      navigator.clipboard?.writeText(code.textContent).then(() => {
        copy.querySelector("[data-copied]").hidden = false;
      });
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (zone) showFile(zone);
    if (event.target.matches("[data-tick-all]")) {
      // The boxes stand in the rows, outside of the form that they belong to.
      for (const box of event.target.form.elements) {
        if (box.name === "item") box.checked = event.target.checked;
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    moveInTable(event);
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        zone.querySelector("input[type=file]").files = event.dataTransfer.files;
        showFile(zone);
      }
    });
  }

  // Whose session has ended is asked to sign in, and comes back to this page.
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx?.response?.status === 401) location.reload();
  });

  document.addEventListener("htmx:after:swap", () => prepare(document));
  prepare(document);
})();
