// The overview of a unit: pick a page or everything that matches; a bulk step goes in portions with its progress told.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("#bulk"), PORTION = 500;
const boxes = () => $$("tbody [name=pick]", form), all = $("[data-all-filter]", form), page = $("[data-all-page]", form);
const ids = (form?.dataset.ids || "").split(",").filter(Boolean);
const chosen = () => (all?.checked ? ids : boxes().filter((box) => box.checked).map((box) => box.value));
function tell() {
  const place = $("[data-picked]", form), n = chosen().length;
  if (place) { place.hidden = !n; $("[data-picked-count]", place).textContent = n.toLocaleString("vi-VN"); }
}
if (form && all) {
  page?.addEventListener("change", () => { for (const box of boxes()) box.checked = page.checked; tell(); });
  all.addEventListener("change", () => { for (const box of [...boxes(), page]) { box.checked = all.checked; box.disabled = all.checked; } tell(); });
  form.addEventListener("change", tell); tell();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const picked = chosen(), button = event.submitter, step = button?.value;
    if (!step || form.dataset.sent) return;
    button.closest("dialog")?.close();
    form.dataset.sent = "1";
    const bar = $("[data-progress]"), gauge = $("progress", bar), text = $("[data-progress-text]", bar);
    bar.hidden = false; gauge.max = Math.max(picked.length, 1); gauge.value = 0;
    const base = new FormData(form); base.delete("pick"); base.delete("all");
    const total = { moved: 0, stayed: new Map(), faults: [] };
    const portions = picked.length ? Math.ceil(picked.length / PORTION) : 1;
    for (let at = 0; at < portions; at += 1) {
      text.textContent = `${form.dataset.saidWorking}: ${gauge.value.toLocaleString("vi-VN")}/${picked.length.toLocaleString("vi-VN")}`;
      const sent = new FormData();
      for (const [name, value] of base) sent.append(name, value);
      // Fields of the other steps' dialogs are not part of this one.
      for (const field of $$("[data-of]")) if (field.dataset.of !== step) dropOne(sent, field.name, field.value, step);
      sent.set("request_key", crypto.randomUUID()); sent.set("step", step);
      if (all.checked) sent.set("everyone", "1"); // those the step does not concern are passed over, not reported
      for (const id of picked.slice(at * PORTION, (at + 1) * PORTION)) sent.append("pick", id);
      let answer = null, body = null;
      try { answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } }); body = await answer.json(); } catch { answer = null; }
      if (!answer) { total.faults.push(form.dataset.saidLost); break; }
      total.moved += body.moved || 0;
      for (const one of body.stayed || []) {
        const old = total.stayed.get(one.message) || { ...one, names: [], count: 0 };
        old.names.push(...one.names); old.count += one.count; total.stayed.set(one.message, old);
      }
      if (!answer.ok) { total.faults.push(...(body.faults || [body.message])); break; }
      gauge.value = Math.min(picked.length, (at + 1) * PORTION);
    }
    bar.hidden = true; delete form.dataset.sent;
    if (!total.moved && !total.stayed.size && !total.faults.length) total.faults.push(form.dataset.saidNone);
    if (!total.stayed.size && !total.faults.length) { location.reload(); return; }
    outcome(button.dataset.step, total);
  });
}
function dropOne(sent, name, value, step) {
  const mine = $(`[data-of="${step}"][name="${name}"]`);
  sent.delete(name); if (mine) sent.set(name, mine.value);
}
function outcome(label, total) {
  const place = $("[data-outcome]"), box = document.createElement("section");
  box.className = "msg warning"; const head = document.createElement("b");
  const left = [...total.stayed.values()].reduce((sum, one) => sum + one.count, 0);
  head.textContent = `${label}: ${total.moved.toLocaleString("vi-VN")} ${form.dataset.saidMoved}; ${left.toLocaleString("vi-VN")} ${form.dataset.saidStayed}.`;
  const list = document.createElement("ul");
  for (const fault of total.faults) { const li = document.createElement("li"); li.textContent = fault; list.append(li); }
  for (const one of [...total.stayed.values()].sort((a, b) => b.count - a.count)) {
    const li = document.createElement("li"), names = document.createElement("details"), title = document.createElement("summary"), law = document.createElement("span");
    li.textContent = `${one.count.toLocaleString("vi-VN")} · ${one.message} `;
    if (one.article) { law.className = "law"; law.textContent = one.article; li.append(law); }
    title.className = "small"; title.textContent = one.names.slice(0, 3).join(", ") + (one.count > 3 ? "…" : "");
    const rest = one.count - one.names.length; names.append(title, one.names.join(", ") + (rest > 0 ? ` ${form.dataset.saidMore} ${rest}` : ""));
    li.append(names); list.append(li);
  }
  const again = Object.assign(document.createElement("a"), { className: "btn small", href: location.href, textContent: form.dataset.saidReload });
  box.append(head, list, again); place.replaceChildren(box); box.scrollIntoView({ block: "center" });
}
document.dispatchEvent(new CustomEvent("quota:saved")); // draws the ceiling the first time
