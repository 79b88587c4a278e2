// The rating board: forty people by keyboard, totals while one presses keys, only changed rows sent, faults in their rows.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const board = $("#board"), say = board?.dataset ?? {};
const rows = board ? $$("tr[data-row]", board) : [];
const level = (row) => $(".pickl input:checked", row)?.value ?? "";
const remark = (row) => $("textarea", row);
const id = (row) => row.dataset.row;
const was = (row, name) => board.elements[`was_${name}.${id(row)}`];
const under = (row) => row.nextElementSibling?.classList.contains("under") ? row.nextElementSibling : null;
const changed = (row) => level(row) !== was(row, "level").value || remark(row).value !== was(row, "remark").value || !!under(row)?.dataset.changed;
const storeKey = () => `hrms:${document.body.dataset.user || "-"}:${say.store}`;
let current = -1;

function counts() {
  const found = {};
  for (const row of rows) found[level(row)] = (found[level(row)] || 0) + 1;
  for (const place of $$("[data-count]")) place.textContent = found[place.dataset.count] || 0;
  const rated = rows.length - (found[""] || 0), share = $("[data-share]");
  if (share) share.textContent = rated ? `HTXS ${(100 * (found.HTXS || 0) / rated).toFixed(1).replace(".", ",")}%` : "";
}
function mark(row) {
  row.classList.toggle("changed", changed(row));
  try {
    const kept = {};
    for (const one of rows) if (changed(one)) kept[id(one)] = { level: level(one), remark: remark(one).value, version: board.elements[`version.${id(one)}`].value };
    if (Object.keys(kept).length) localStorage.setItem(storeKey(), JSON.stringify(kept)); else localStorage.removeItem(storeKey());
  } catch { /* a full store must not stop the rating */ }
}
function choose(row, code) {
  const field = $$(".pickl input", row).find((one) => one.value === code);
  if (!field) return;
  field.checked = true; told(row);
}
function told(row) {
  mark(row); counts();
  document.dispatchEvent(new CustomEvent("quota:levels", { detail: { [id(row)]: level(row) } }));
}
function go(index) {
  const to = Math.max(0, Math.min(rows.length - 1, index));
  if (current >= 0) rows[current].classList.remove("now");
  current = to; rows[to].classList.add("now");
  const field = $(".pickl input:checked", rows[to]) || $(".pickl input", rows[to]);
  field.focus({ preventScroll: true }); rows[to].scrollIntoView({ block: "nearest" });
}
async function lines(row) {
  const button = $("[data-points]", row), open = under(row);
  if (open) { open.hidden = !open.hidden; button.setAttribute("aria-expanded", String(!open.hidden)); return; }
  const answer = await fetch(button.dataset.points, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) { state(say.saidOffline); return; }
  const below = document.createElement("tr"), cell = document.createElement("td");
  below.className = "under"; cell.colSpan = row.cells.length; cell.innerHTML = await answer.text();
  below.append(cell); row.after(below); button.setAttribute("aria-expanded", "true"); $("input, select", below)?.focus();
  // Untouched, the own points stand: only what the head changed is sent.
  below.addEventListener("input", () => { below.dataset.changed = "1"; mark(row); });
}
const state = (text) => { const place = $("[data-state]", board); place.textContent = text; };
async function save(step) {
  if (board.dataset.sent) return;
  const picked = rows.filter((row) => changed(row) || (step === "submit" && level(row) && remark(row).value.trim()));
  if (!picked.length) { state(say.saidNothing); return; }
  const sent = new FormData();
  sent.set("csrf_token", $("[name=csrf_token]", board).value); sent.set("request_key", crypto.randomUUID()); sent.set("do", step);
  for (const row of picked) {
    const n = id(row); sent.append("row", n);
    for (const name of ["version", "was_level", "was_remark"]) sent.set(`${name}.${n}`, board.elements[`${name}.${n}`].value);
    sent.set(`level.${n}`, level(row)); sent.set(`remark.${n}`, remark(row).value);
    const open = under(row);
    if (open?.dataset.changed) for (const field of $$("[name]", open)) sent.set(field.name, field.value);
  }
  board.dataset.sent = "1"; state("…");
  let answer = null, body = null;
  try { answer = await fetch(board.action || location.href, { method: "POST", body: sent, headers: { Accept: "application/json" } }); body = await answer.json(); } catch { answer = null; }
  delete board.dataset.sent;
  if (!answer) { state(say.saidOffline); return; }
  if (!body.saved) { state(body.message || ""); return; }
  let first = null;
  for (const row of picked) {
    const n = id(row), done = body.saved[n], wrong = body.faults[n], place = $("[data-fault]", row);
    place.replaceChildren(); row.classList.remove("ok", "bad");
    if (done) {
      board.elements[`version.${n}`].value = done.version; was(row, "level").value = level(row); was(row, "remark").value = remark(row).value;
      if (done.score) $("[data-score]", row).textContent = done.score;
      const open = under(row); if (open) delete open.dataset.changed;
      row.classList.add("ok"); mark(row);
    } else if (wrong) {
      row.classList.add("bad"); first ||= row;
      if (body.stale[n]) stale(row, place, body.stale[n]); else place.textContent = wrong.map((one) => one.message).join(" ");
      for (const one of wrong) if (one.field.startsWith("points.")) { const field = under(row) && $(`[name="points.${n}.${one.field.slice(7)}"]`, under(row)); field?.setAttribute("aria-invalid", "true"); }
    }
  }
  const n = Object.keys(body.saved).length; state(`${n ? `${say.saidSaved} ${n} ${say.saidPeople} · ${new Date().toLocaleTimeString("vi-VN")}` : ""} ${body.message || ""}`);
  document.dispatchEvent(new CustomEvent("quota:saved"));
  if (first) go(rows.indexOf(first));
}
function stale(row, place, now) {
  const n = id(row), text = document.createElement("span"), keep = document.createElement("button"), take = document.createElement("button");
  text.textContent = `${now.by} ${say.saidStale} ${now.level || "—"} · “${now.remark || ""}” `;
  Object.assign(keep, { type: "button", className: "small", textContent: say.saidKeep }); Object.assign(take, { type: "button", className: "small quiet", textContent: say.saidTake });
  const accept = () => { board.elements[`version.${n}`].value = now.version; was(row, "level").value = now.level; was(row, "remark").value = now.remark; place.replaceChildren(); row.classList.remove("bad"); };
  keep.onclick = () => { accept(); mark(row); save("save"); };
  take.onclick = () => { accept(); remark(row).value = now.remark; for (const one of $$(".pickl input", row)) one.checked = one.value === now.level; told(row); };
  place.append(text, keep, " ", take);
}
if (board) {
  try {
    const kept = JSON.parse(localStorage.getItem(storeKey()) || "null");
    let some = false;
    for (const row of rows) if (kept?.[id(row)]?.version === board.elements[`version.${id(row)}`].value) {
      const one = kept[id(row)]; remark(row).value = one.remark; for (const field of $$(".pickl input", row)) field.checked = field.value === one.level; some = true; row.classList.add("changed");
    }
    if (some) state(say.saidRestored);
  } catch { localStorage.removeItem(storeKey()); }
  counts();
  board.addEventListener("focusin", (event) => { const row = event.target.closest("tr[data-row]"); if (row && rows[current] !== row) { rows[current]?.classList.remove("now"); current = rows.indexOf(row); row.classList.add("now"); } });
  board.addEventListener("change", (event) => { const row = event.target.closest("tr[data-row]"); if (row) told(row); });
  board.addEventListener("input", (event) => { const row = event.target.closest("tr[data-row]"); if (row) mark(row); });
  board.addEventListener("click", (event) => { const button = event.target.closest("[data-points]"); if (button) lines(button.closest("tr")); });
  board.addEventListener("submit", (event) => { event.preventDefault(); save(event.submitter?.value || "save"); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save("save"); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest?.("tr[data-row]"), writing = event.target.matches?.("textarea, select, input:not([type=radio])");
    if (writing) {
      if (event.target.matches("textarea") && row) {
        if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); go(rows.indexOf(row) + 1); }
        if (event.key === "Escape") { event.preventDefault(); go(rows.indexOf(row)); }
      }
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); go((current < 0 ? -1 : current) + (event.key === "ArrowDown" ? 1 : -1)); return; }
    if (current < 0) return;
    if ("1234".includes(event.key) && event.key.length === 1) { event.preventDefault(); choose(rows[current], ["HTXS", "HTT", "HT", "KHT"][event.key - 1]); }
    else if (event.key === "Enter" && row) { event.preventDefault(); remark(rows[current]).focus(); }
    else if (event.key.toLowerCase() === "p") { event.preventDefault(); lines(rows[current]); }
  });
  if (rows.length && !$(".msg.error")) go(0);
  const typed = Object.fromEntries(rows.filter(changed).map((row) => [id(row), level(row)]));
  document.dispatchEvent(new CustomEvent("quota:levels", { detail: typed })); // draws the ceiling, with what is not saved yet
}
// On the sheet's own page the lines open inside the head's form.
for (const box of $$("details[data-lines-of]")) box.addEventListener("toggle", async () => {
  const place = $("[data-lines-here]", box);
  if (!box.open || place.childElementCount) return;
  const answer = await fetch(box.dataset.linesOf, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
});
