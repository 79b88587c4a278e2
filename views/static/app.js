// What pages need beyond HTML: shortcuts, dialogs, drafts that are not lost, selects that search the server, progress.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

// "/" goes to the search field, as on the page's hint.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const field = $("[data-list-search]") || $("[data-slash]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) { $(opener.dataset.dialog)?.showModal(); return; }
  const closer = event.target.closest("[data-close]");
  if (closer) { closer.closest("dialog")?.close(); return; }
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) { $(toggle.dataset.toggle)?.classList.toggle("open"); return; }
  if (event.target.closest("[data-back]")) { event.preventDefault(); history.back(); return; }
  const row = event.target.closest("tr.link");
  if (row && !event.target.closest("a, button, input, label, summary")) { $("a", row)?.click(); }
  // An open pop-up menu closes when one clicks elsewhere.
  for (const menu of $$("details.menu-pop[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// A form marked data-once is sent once: the second click waits for the answer. The server knows the request key too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) { event.preventDefault(); return; }
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  clearDraft(form);
});
window.addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });

// Drafts: what is typed into form[data-draft] survives a closed tab, an ended session, a lost connection. Per user, per form.
const draftKey = (form) => `hrms:${document.body.dataset.user || "-"}:${form.dataset.draft}`;
function clearDraft(form) { if (form.dataset.draft) { form.dataset.clearing = "1"; sessionStorage.setItem(draftKey(form) + ":sent", "1"); } }
function values(form) {
  const kept = {};
  for (const field of form.elements) {
    if (!field.name || ["hidden", "password", "file", "submit", "button"].includes(field.type) || ["csrf_token", "request_key"].includes(field.name)) continue;
    if (field.type === "checkbox") kept[field.name] = field.checked;
    else if (field.type === "radio") { if (field.checked) kept[field.name] = field.value; }
    else kept[field.name] = field.value;
  }
  return kept;
}
for (const form of $$("form[data-draft]")) {
  const key = draftKey(form), note = $("[data-saved]", form);
  const original = JSON.stringify(values(form));
  let stored = null;
  try { stored = JSON.parse(localStorage.getItem(key) || "null"); } catch { localStorage.removeItem(key); }
  if (sessionStorage.getItem(key + ":sent") && !$(".msg.error, .err", form.closest("main") || document)) {
    localStorage.removeItem(key); sessionStorage.removeItem(key + ":sent"); stored = null; // it arrived: nothing to restore
  }
  if (stored && JSON.stringify(stored.values) !== original && !$("[aria-invalid]", form)) {
    const bar = document.createElement("div");
    bar.className = "msg info"; bar.setAttribute("role", "status");
    bar.textContent = (form.dataset.draftText || document.body.dataset.draftText) + " " + new Date(stored.at).toLocaleString("vi-VN") + ". ";
    const use = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: form.dataset.draftUse || document.body.dataset.draftUse });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "small quiet", textContent: form.dataset.draftDrop || document.body.dataset.draftDrop });
    use.onclick = () => {
      for (const field of form.elements) if (field.name in stored.values) {
        if (field.type === "checkbox") field.checked = stored.values[field.name];
        else if (field.type === "radio") field.checked = field.value === stored.values[field.name];
        else if (field.type !== "hidden" && field.type !== "file") field.value = stored.values[field.name];
      }
      form.dispatchEvent(new Event("change", { bubbles: true })); bar.remove();
    };
    drop.onclick = () => { localStorage.removeItem(key); bar.remove(); };
    bar.append(use, drop); form.prepend(bar);
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values(form) }));
        if (note) note.textContent = (form.dataset.draftSaved || document.body.dataset.draftSaved) + " " + new Date().toLocaleTimeString("vi-VN");
      } catch { /* a full store must not stop the typing */ }
    }, 600);
  });
}

// Dates are typed as dd/mm/yyyy: 15061965 becomes 15/06/1965 when one leaves the field.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-date]")) return;
  const digits = field.value.replace(/\D/g, "");
  if (/^\d{8}$/.test(field.value.trim())) field.value = `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}`;
});
// Money fields show thousands dots when one leaves them.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-money]")) return;
  const digits = field.value.replace(/[.\s]/g, "");
  if (/^\d+$/.test(digits)) field.value = digits.replace(/\B(?=(\d{3})+(?!\d))/g, ".");
});

// A select that asks the server: <div class="combo" data-combo="/url?q="><input data-combo-text><input type=hidden name=…></div>
for (const combo of $$("[data-combo]")) {
  const text = $("input[data-combo-text]", combo), hidden = $("input[type=hidden]", combo);
  const list = document.createElement("ul"); list.id = text.id + "-list"; list.setAttribute("role", "listbox"); list.hidden = true; combo.append(list);
  text.setAttribute("role", "combobox"); text.setAttribute("aria-expanded", "false"); text.setAttribute("aria-controls", list.id); text.autocomplete = "off";
  let found = [], at = -1, timer, asked = 0;
  const close = () => { list.hidden = true; text.setAttribute("aria-expanded", "false"); at = -1; };
  const choose = (item) => {
    hidden.value = item.id; text.value = item.text; close();
    const fill = combo.dataset.comboFill && text.form?.elements[combo.dataset.comboFill]; // what was chosen names something else, too
    if (fill && !fill.value) fill.value = item.text;
    hidden.dispatchEvent(new Event("change", { bubbles: true })); };
  const draw = () => {
    list.replaceChildren(...found.map((item, i) => {
      const li = document.createElement("li"); li.setAttribute("role", "option"); li.id = `${list.id}-${i}`; li.setAttribute("aria-selected", String(i === at));
      li.textContent = item.text; if (item.note) { const small = document.createElement("small"); small.textContent = item.note; li.append(small); }
      li.onmousedown = (e) => { e.preventDefault(); choose(item); }; return li;
    }));
    if (!found.length) { const li = document.createElement("li"); li.textContent = combo.dataset.none || "Không tìm thấy"; li.setAttribute("aria-disabled", "true"); list.append(li); }
    list.hidden = false; text.setAttribute("aria-expanded", "true");
    if (at >= 0) text.setAttribute("aria-activedescendant", `${list.id}-${at}`); else text.removeAttribute("aria-activedescendant");
  };
  text.addEventListener("input", () => {
    hidden.value = ""; clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked, q = text.value.trim();
      if (!q && !(combo.dataset.comboWith && text.value)) { hidden.dispatchEvent(new Event("change", { bubbles: true })); close(); return; }
      // data-combo-with="unit:unit_id": the answer also depends on what another field of the form holds (by its name:
      // form.elements would also find the box of the same id, and then has no value). A blank shows the whole list.
      const [name, other] = (combo.dataset.comboWith || "").split(":");
      const more = other ? `&${name}=${encodeURIComponent($(`[name="${other}"]`, text.form)?.value ?? "")}` : "";
      const answer = await fetch(combo.dataset.combo + encodeURIComponent(q) + more, { headers: { Accept: "application/json" } }).catch(() => null);
      if (mine !== asked || !answer?.ok) return;
      found = (await answer.json()).result; at = found.length ? 0 : -1; draw();
    }, 180);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(found.length, 1); draw(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(found[at]); }
    else if (event.key === "Escape") close();
  });
  text.addEventListener("blur", () => setTimeout(close, 120));
}

// Progress of background work: asks once a second, survives a reload because the job lives on the server.
for (const box of $$("[data-job]")) {
  const bar = $("progress", box), label = $("[data-job-text]", box);
  const ask = async () => {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) { setTimeout(ask, 3000); return; }
    const job = await answer.json();
    if (bar) { if (job.total) { bar.max = job.total; bar.value = job.done; } else bar.removeAttribute("value"); }
    if (label) label.textContent = job.text;
    if (job.over) location.assign(box.dataset.then || location.href); else setTimeout(ask, 1000);
  };
  ask();
}

// Lists: pick all, how many are picked, bulk bar.
for (const table of $$("table[data-pick]")) {
  const all = $("[data-pick-all]", table), boxes = () => $$("tbody [name=pick]", table), bar = $(table.dataset.pick);
  const tell = () => { const n = boxes().filter((b) => b.checked).length; if (bar) { bar.hidden = !n; const c = $("[data-pick-count]", bar); if (c) c.textContent = n; } };
  all?.addEventListener("change", () => { for (const b of boxes()) b.checked = all.checked; tell(); });
  table.addEventListener("change", tell); tell();
}
// A dialog whose form came back with errors opens by itself.
$("dialog[data-open]")?.showModal();
// A step asked in a dialog and refused: the answer stands at the address of its form; the dialog opens again as it was
// left, with what is wrong. Kept in this window only, and only until the next page.
const LEFT = "hrms:dialog", MACHINERY = ["csrf_token", "request_key", "version"], pathOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("dialog") || (form.getAttribute("method") || "").toLowerCase() !== "post") return;
  const typed = [...form.elements].filter((one) => (one.name || one.id) && !MACHINERY.includes(one.name) && !["password", "file", "submit", "button"].includes(one.type));
  try { sessionStorage.setItem(LEFT, JSON.stringify([pathOf(form), typed.map((one) => [one.name || one.id, ["checkbox", "radio"].includes(one.type) ? one.checked : one.value])])); } catch { /* nothing kept */ }
});
try {
  const [path, typed] = JSON.parse(sessionStorage.getItem(LEFT) || "[null, []]"), fault = $("main .msg.error");
  sessionStorage.removeItem(LEFT);
  const form = path === location.pathname && fault && $$("dialog form").find((one) => pathOf(one) === path);
  if (form && !$("dialog[open]")) {
    const left = [...typed];
    for (const one of form.elements) {
      const at = left.findIndex(([key]) => key === (one.name || one.id));
      if (at < 0) continue;
      const [[, value]] = left.splice(at, 1);
      if (typeof value === "boolean") one.checked = value; else one.value = value;
    }
    $("h2", form)?.after(fault.cloneNode(true));
    form.closest("dialog").showModal();
  }
} catch { /* a window without storage asks again */ }
// Sensitive facts: shown after a reason, for one minute, then masked again.
for (const form of $$("form[data-reveal]")) form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const message = $("[data-reveal-error]", form);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok) { message.hidden = false; message.textContent = told?.message || form.dataset.failed; return; }
  message.hidden = true;
  for (const [name, text] of Object.entries(told.values)) for (const place of $$(`[data-secret="${name}"]`)) {
    const before = place.textContent; place.textContent = text || "—"; place.classList.add("revealed");
    setTimeout(() => { place.textContent = before; place.classList.remove("revealed"); }, 60000);
  }
  form.closest("dialog")?.close(); form.reset();
});
// Empty filters do not stand in the address: a list's address is kept and sent around.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.listbar")) return;
  const empty = [...event.target.elements].filter((field) => field.name && field.type !== "checkbox" && field.value === "" && !("keep" in field.dataset));
  for (const field of empty) field.disabled = true;
  setTimeout(() => { for (const field of empty) field.disabled = false; }, 0);
});
// Filters of lists apply at once.
for (const form of $$("form[data-live]")) form.addEventListener("change", () => form.requestSubmit());
// A tree one filters by typing, without marks.
for (const field of $$("[data-tree-filter]")) {
  const tree = $(field.dataset.treeFilter);
  field.addEventListener("input", () => {
    const wanted = folded(field.value.trim());
    for (const li of $$("li", tree)) li.hidden = wanted && !folded(li.textContent).includes(wanted);
    if (wanted) for (const box of $$(".twist", tree)) box.checked = true;
  });
}
// Drop a file onto the box.
for (const box of $$(".drop")) {
  const input = $("input[type=file]", box), name = $("[data-file-name]", box);
  const say = () => { if (name && input.files.length) name.textContent = [...input.files].map((f) => f.name).join(", "); };
  box.addEventListener("dragover", (e) => { e.preventDefault(); box.classList.add("over"); });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (e) => { e.preventDefault(); box.classList.remove("over"); if (e.dataTransfer.files.length) { input.files = e.dataTransfer.files; say(); } });
  input?.addEventListener("change", say);
}
