// The hand-over sheet: a tick without a day is today, one box for all, and more rows. Without this file: one blank row.
const sheet = document.querySelector("[data-handover]");
if (sheet) {
  const today = sheet.dataset.today, body = sheet.querySelector("tbody");
  const dated = (box) => {
    const day = box.closest("tr").querySelector("[data-day]");
    if (box.checked && !day.value) day.value = today;
  };
  sheet.addEventListener("change", (event) => { if (event.target.matches("[data-tick]")) dated(event.target); });
  const all = sheet.querySelector("[data-tick-all]");
  all?.addEventListener("change", () => {
    for (const box of body.querySelectorAll("[data-tick]")) {
      const name = box.closest("tr").querySelector("[data-label]");
      if (name && !name.value.trim()) continue; // a blank row
      box.checked = all.checked;
      dated(box);
    }
  });
  sheet.querySelector("[data-add-row]")?.addEventListener("click", () => {
    const rows = [...body.querySelectorAll("tr")], last = rows.at(-1), fresh = last.cloneNode(true);
    const old = last.querySelector("[name=row]").value, key = `n${rows.length + Math.floor(Math.random() * 1e6)}`;
    for (const one of fresh.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) if (one.getAttribute(name)?.startsWith(old)) one.setAttribute(name, key + one.getAttribute(name).slice(old.length));
      if (one.name === "row") one.value = key; // its own field names
      else if (one.type === "checkbox") one.checked = false;
      else if ("value" in one && !one.name?.endsWith("-seen")) one.value = "";
    }
    fresh.querySelector(".err")?.remove();
    body.append(fresh);
    fresh.querySelector("[data-label]").focus();
  });
}
