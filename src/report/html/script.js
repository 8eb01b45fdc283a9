"use strict";
// Sorts and filters the table of systems, and opens everything for printing. The page says all of it without.
(() => {
  for (const table of document.querySelectorAll("table[data-sort]")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const number = (text) => parseFloat(text.replace(",", ".").replace("\u2212", "-"));
    const key = (row, column) => (row.cells[column].dataset.key || row.cells[column].textContent).trim();
    const compare = (column, kind) => (one, other) => {
      const [a, b] = [key(one, column), key(other, column)];
      return kind === "number" ? (number(a) || 0) - (number(b) || 0) : a.localeCompare(b, document.documentElement.lang);
    };
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const kind = head.dataset.sort;
      if (!kind) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const down = now ? now === "ascending" : kind === "number";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const by = compare(column, kind);
        const order = rows.map((row, index) => [row, index]);
        order.sort(([a, i], [b, j]) => (down ? by(b, a) : by(a, b)) || i - j);
        body.replaceChildren(...order.map(([row]) => row));
      });
    });
    const controls = document.getElementById(table.dataset.controls);
    if (!controls) continue;
    const [words, verdict, said] = ["input", "select", "output"].map((name) => controls.querySelector(name));
    const filter = () => {
      const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLocaleLowerCase();
        row.hidden = !(wanted.every((word) => text.includes(word)) && (!verdict.value || row.className === verdict.value));
        if (!row.hidden) shown += 1;
      }
      const numbers = [shown, rows.length];
      said.textContent = said.dataset.pattern.replace(/\{\}/g, () => numbers.shift());
    };
    words.addEventListener("input", filter);
    verdict.addEventListener("change", filter);
    filter();
    controls.hidden = false;
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
