// The contract editor: line numbers that follow the text, jumps to a line, no text lost by leaving.
(() => {
  const form = document.querySelector("form[data-editing]");
  const box = form?.querySelector("[data-editor]");
  if (!box) return;
  const text = box.querySelector("textarea");
  const gutter = box.querySelector(".gutter");
  const begun = text.value;
  let sending = false;

  function number() {
    const lines = text.value.split("\n");
    const wanted = lines.length + 3;
    while (gutter.children.length < wanted) {
      const mark = document.createElement("span");
      mark.textContent = String(gutter.children.length + 1);
      mark.id = `L${mark.textContent}`;
      gutter.append(mark);
    }
    while (gutter.children.length > wanted) gutter.lastChild.remove();
    text.rows = wanted;
    text.cols = Math.min(Math.max(...lines.map((line) => line.length)) + 2, 400);
  }

  function mark() {
    for (const old of gutter.querySelectorAll(".marked")) old.classList.remove("marked");
    for (const found of form.querySelectorAll("#check [data-line]")) {
      gutter.children[Number(found.dataset.line) - 1]?.classList.add("marked");
    }
  }

  function jump(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const spot = gutter.children[line - 1];
    if (spot) box.scrollTop = spot.offsetTop - box.clientHeight / 3;
    box.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("click", (event) => {
    const found = event.target.closest("[data-line]");
    if (!found) return;
    event.preventDefault();
    jump(Number(found.dataset.line));
  });
  form.addEventListener("submit", () => { sending = true; });
  text.addEventListener("input", number);
  document.addEventListener("htmx:after:swap", mark);
  addEventListener("beforeunload", (event) => {
    if (!sending && text.value !== begun) event.preventDefault();
  });
  number();
})();
