// The search box suggests while someone types, and ticking a filter narrows the list at once.
(() => {
  const WAIT = 140;

  function prepare(input) {
    const list = document.getElementById(input.dataset.suggests);
    if (!list) return;
    let timer = 0, asked = "", active = -1;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("autocomplete", "off");

    const options = () => [...list.querySelectorAll("[role=option]")];

    function show(open) {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) mark(-1);
    }

    function mark(at) {
      active = at;
      options().forEach((option, number) => {
        option.id = `${list.id}-${number}`;
        option.setAttribute("aria-selected", String(number === at));
      });
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
      options()[at]?.scrollIntoView({ block: "nearest" });
    }

    async function ask() {
      const words = input.value.trim();
      asked = words;
      if (words.length < 2) { show(false); return; }
      try {
        const answer = await fetch(`/suggestions?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
        // An answer that a newer question has overtaken is for words that stand there no more.
        if (!answer.ok || asked !== words) return;
        list.innerHTML = await answer.text();
        show(options().length > 0 && document.activeElement === input);
        mark(-1);
      } catch { show(false); }
    }

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
    input.addEventListener("blur", () => setTimeout(() => show(false), 150));
    input.addEventListener("focus", () => { if (options().length && asked === input.value.trim()) show(true); });
    input.addEventListener("keydown", (event) => {
      const count = options().length;
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); return; }
      if (list.hidden || !count) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark((active + 1) % count); }
      if (event.key === "ArrowUp") { event.preventDefault(); mark(active < 0 ? count - 1 : active - 1); }
      if (event.key === "Enter" && active >= 0) { event.preventDefault(); location.href = options()[active].querySelector("a").href; }
    });
  }

  for (const input of document.querySelectorAll("[data-suggests]")) prepare(input);

  for (const form of document.querySelectorAll("[data-narrows]")) {
    form.querySelector("[data-narrow]").hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
})();
