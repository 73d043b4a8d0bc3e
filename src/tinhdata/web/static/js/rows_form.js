// Rows entered by hand, quicker: rows come and go without loading the page, cells are pasted from
// Excel, and nobody leaves what was typed by mistake. Without this the buttons do the same.
(() => {
  const form = document.querySelector("form[data-rows]");
  const pattern = form?.querySelector("template[data-new-row]");
  if (!pattern) return;
  const body = form.querySelector("tbody");
  const most = Number(form.dataset.most);
  let changed = false;
  let sending = false;

  const nextNumber = () => Math.max(-1, ...[...body.rows].map((row) => Number(row.dataset.row))) + 1;

  function renumber() {
    [...body.rows].forEach((row, at) => {
      row.querySelector("[data-place]").textContent = String(at + 1);
      for (const cell of row.querySelectorAll("[aria-label]")) {
        cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, String(at + 1)));
      }
    });
    for (const button of form.querySelectorAll("[data-add]")) button.disabled = body.rows.length >= most;
  }

  function add(count) {
    for (let left = count; left > 0 && body.rows.length < most; left -= 1) {
      const number = nextNumber();
      const row = pattern.content.querySelector("tr").cloneNode(true);
      row.dataset.row = String(number);
      row.querySelector("[name=row]").value = String(number);
      for (const cell of row.querySelectorAll("[name^='c.']")) {
        cell.name = cell.name.replace("c.-1.", `c.${number}.`);
        cell.id = cell.id.replace("c--1-", `c-${number}-`);
      }
      row.querySelector("[data-remove]").value = `remove.${number}`;
      body.append(row);
    }
    renumber();
  }

  const cellsOf = (row) => [...row.querySelectorAll("[name^='c.']")];

  function put(cell, text) {
    const value = text.trim();
    if (cell.type === "checkbox") cell.checked = /^(1|x|có|true|yes)$/i.test(value);
    else if (cell.options) {
      const wanted = [...cell.options].find((one) => one.value === value || one.text === value);
      if (wanted) cell.value = wanted.value;
    } else if (cell.type === "date") {
      const day = value.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
      cell.value = day ? `${day[3]}-${day[2].padStart(2, "0")}-${day[1].padStart(2, "0")}` : value;
    } else cell.value = value;
  }

  function paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trimEnd()) || event.target.localName === "textarea") return;
    const start = event.target.closest("[name^='c.']");
    if (!start) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const first = start.closest("tr").sectionRowIndex;
    const column = cellsOf(start.closest("tr")).indexOf(start);
    add(Math.max(0, first + lines.length - body.rows.length));
    lines.forEach((values, down) => {
      const row = body.rows[first + down];
      if (row) values.forEach((value, right) => {
        const cell = cellsOf(row)[column + right];
        if (cell) put(cell, value);
      });
    });
    changed = true;
  }

  form.addEventListener("click", (event) => {
    const more = event.target.closest("[data-add]");
    const gone = event.target.closest("[data-remove]");
    if (!more && !gone) return;
    event.preventDefault();
    changed = true;
    if (more) {
      const first = body.rows.length;
      add(Number(more.dataset.add));
      cellsOf(body.rows[Math.min(first, body.rows.length - 1)])[0]?.focus();
    } else {
      gone.closest("tr").remove();
      renumber();
    }
  });
  form.addEventListener("paste", paste);
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => { if (changed && !sending) event.preventDefault(); });
  form.querySelector("[data-paste]").hidden = false;
  form.querySelector(".failing [aria-invalid]")?.focus();
})();
