// The own sheet: saves itself while one types, survives a lost connection, tells a second editor; tasks row by row.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("#sheet-form"), tasks = $("#task-form"), say = form?.dataset ?? {};
const key = (f) => `hrms:${document.body.dataset.user || "-"}:${f.dataset.store}`;
const kept = (f) => { try { return JSON.parse(localStorage.getItem(key(f)) || "null"); } catch { return null; } };
const now = () => new Date().toLocaleTimeString("vi-VN");
const SKIP = ["csrf_token", "request_key", "seen_version"];
function values(f) {
  const found = {};
  for (const field of f.elements) {
    if (!field.name || SKIP.includes(field.name) || ["submit", "button", "file"].includes(field.type)) continue;
    if (field.type === "radio") { if (field.checked) found[field.name] = field.value; }
    else found[field.name] = field.value;
  }
  return found;
}
function put(f, stored) {
  for (const field of f.elements) if (field.name in stored && !SKIP.includes(field.name)) {
    if (field.type === "radio") field.checked = field.value === stored[field.name];
    else if (field.type !== "hidden") field.value = stored[field.name];
  }
}
const version = () => $("[name=seen_version]", form).value;
const setVersion = (n) => { for (const field of $$("[name=seen_version]")) field.value = n; };
const state = $("[data-state]"), told = (text, css = "") => { state.textContent = text; state.className = "evstate " + css; };
let dirty = false, running = null, timer = 0, retry = 0, stopped = false;

function keep(f) {
  try { localStorage.setItem(key(f), JSON.stringify({ at: Date.now(), version: version(), values: values(f) })); } catch { /* a full store must not stop the typing */ }
}
function typed() {
  dirty = true; keep(form); clearTimeout(timer);
  if (stopped) return;
  told(say.saidTyping); timer = setTimeout(flush, 1200);
}
async function save(keepalive = false) {
  dirty = false; told(say.saidSaving);
  const sent = new FormData(form);
  let answer = null, body = null;
  try { answer = await fetch(form.dataset.autosave, { method: "POST", body: sent, headers: { Accept: "application/json" }, keepalive }); body = await answer.json(); } catch { answer = answer && answer.status >= 400 ? answer : null; }
  if (!answer || answer.status >= 502) { // no connection: the text stays here and is sent later
    dirty = true; keep(form); told(say.saidOffline, "offline"); clearTimeout(retry); retry = setTimeout(flush, 8000); return false;
  }
  if (answer.ok) {
    setVersion(body.version); told(`${say.saidSaved} ${body.at}`, "saved"); show(body.sums);
    if (dirty) keep(form); else localStorage.removeItem(key(form));
    return true;
  }
  dirty = true; keep(form);
  if (answer.status === 409 && body?.version) { stopped = true; compare(body); return false; }
  if (answer.status === 403 || !body) { stopped = true; told(say.saidSession, "offline"); return false; }
  told((body.faults || []).map((one) => one.message).join(" ") || body.message || "", "offline");
  return false;
}
async function flush() {
  clearTimeout(timer);
  while (running) await running;
  if (!dirty || stopped) return !stopped;
  running = save();
  try { return await running; } finally { running = null; if (dirty && !stopped && !retryPending()) timer = setTimeout(flush, 1200); }
}
const retryPending = () => state.classList.contains("offline");
function show(sums) {
  if (!sums) return;
  for (const place of $$("[data-sum=total]")) place.textContent = sums.total;
  for (const place of $$("[data-line-points]")) place.textContent = sums.lines?.[place.dataset.linePoints] ?? "";
  for (const place of $$("[data-line-fault]")) {
    place.textContent = sums.faults[place.dataset.lineFault] ?? "";
    $("input", place.parentElement)?.toggleAttribute("aria-invalid", !!place.textContent);
    if (place.textContent) $("input", place.parentElement)?.setAttribute("aria-invalid", "true");
  }
  const missing = $("[data-missing]"); missing.textContent = sums.missing ? `${sums.missing} ${missing.dataset.words}` : "";
}
function bar(text, ...buttons) {
  const box = document.createElement("div");
  box.className = "msg warning"; box.setAttribute("role", "alert"); box.textContent = text + " ";
  for (const [label, act] of buttons) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: label });
    button.onclick = () => { box.remove(); act(); }; box.append(button, " ");
  }
  form.before(box); return box;
}
function compare(body) {
  told("");
  const box = bar(`${body.editor} ${say.saidStale}`,
    [say.saidKeep, () => { setVersion(body.version); stopped = false; dirty = true; flush(); }],
    [say.saidTake, () => { localStorage.removeItem(key(form)); dirty = false; location.reload(); }]);
  const list = document.createElement("ul");
  for (const one of body.differences) { const li = document.createElement("li"); const a = document.createElement("del"), b = document.createElement("ins"); a.textContent = one.theirs || "—"; b.textContent = one.yours || "—"; li.append(`${one.label}: `, a, " → ", b); list.append(li); }
  box.append(list); box.scrollIntoView({ block: "center" });
}

if (form) {
  const stored = kept(form);
  if (stored && !$(".msg.error", form.closest("main"))) {
    const at = new Date(stored.at).toLocaleString("vi-VN");
    if (JSON.stringify(stored.values) === JSON.stringify(values(form))) localStorage.removeItem(key(form));
    else if (stored.version === version()) { put(form, stored.values); bar(`${say.saidRestored} ${at}.`); dirty = true; flush(); }
    else bar(`${say.saidOther} ${at}.`, [say.saidUse, () => { put(form, stored.values); dirty = true; flush(); }], [say.saidDrop, () => localStorage.removeItem(key(form))]);
  }
  form.addEventListener("input", typed);
  form.addEventListener("change", (event) => { if (event.target.type === "radio" || event.target.tagName === "SELECT") typed(); });
  window.addEventListener("online", () => { if (dirty) flush(); });
  window.addEventListener("offline", () => { if (dirty) told(say.saidOffline, "offline"); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && dirty && !running && !stopped) save(true); });
  window.addEventListener("beforeunload", (event) => { if (dirty && !form.dataset.sent && !kept(form)) event.preventDefault(); });
  form.addEventListener("click", (event) => {
    const fill = event.target.closest("[data-fill]");
    if (fill) { const field = document.getElementById(fill.dataset.fill); field.value = fill.dataset.value; typed(); }
  });
  // Sending waits for what is still being saved, so that the version is the newest one; tasks go first.
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    event.preventDefault();
    const step = event.submitter?.value || "save";
    if (tasksDirty && !(await saveTasks())) return;
    while (running) await running;
    if (!navigator.onLine) { told(say.saidWait, "offline"); keep(form); return; }
    clearTimeout(timer);
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: step });
    form.append(field); keep(form); form.dataset.sent = "1"; dirty = false; form.submit();
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; $$("input[name=do]", form).forEach((one) => one.remove()); });
}

// Tasks
let tasksDirty = false, rows = tasks ? $$("[data-task]", tasks).length : 0;
async function saveTasks() {
  const place = $("[data-task-state]", tasks);
  clearTimeout(timer); while (running) await running;
  if (dirty && !stopped) await flush();
  let answer = null, body = null;
  $("[name=request_key]", tasks).value = crypto.randomUUID();
  place.textContent = say.saidSaving;
  try { answer = await fetch(tasks.action, { method: "POST", body: new FormData(tasks), headers: { Accept: "application/json" } }); body = await answer.json(); } catch { answer = null; }
  for (const old of $$(".err", tasks)) old.textContent = "";
  for (const field of $$("[aria-invalid]", tasks)) field.removeAttribute("aria-invalid");
  if (!answer) { place.textContent = say.saidOffline; keep(tasks); return false; }
  if (answer.status === 409) { place.textContent = body.message || ""; return false; }
  if (!answer.ok) {
    place.textContent = (body.faults || []).map((one) => one.message).join(" ") || body.message;
    for (const fault of body.faults || []) rowField(fault.field)?.setAttribute("aria-invalid", "true");
    return false;
  }
  tasksDirty = false; localStorage.removeItem(key(tasks)); setVersion(body.version); show(body.sums);
  const ratios = $("[data-ratios]"); if (ratios) ratios.textContent = (body.ratios || []).map((one) => one.join(" ")).join(" · ");
  place.textContent = `${say.saidSaved} ${body.at}`; return true;
}
// The server counts rows as they come; empty ones do not count.
function rowField(name) {
  const [, number, column] = name.split(".");
  const filled = $$("[data-task]", tasks).filter((row) => ["name", "done", "unit_of_count", "note"].some((one) => $(`[name$=".${one}"]`, row)?.value.trim()));
  return filled[number - 1] && $(`[name$=".${column}"]`, filled[number - 1]);
}
if (tasks) {
  const add = $("[data-task-add]", tasks), box = $("[data-tasks]", tasks), template = $("[data-task-template]", tasks);
  add.hidden = false;
  const addRow = () => {
    rows += 1; const row = template.content.cloneNode(true);
    for (const field of $$("[name]", row)) field.name = field.name.replace("tasks.N.", `tasks.${rows}.`);
    box.append(row); return box.lastElementChild;
  };
  add.addEventListener("click", () => $("input", addRow()).focus());
  tasks.addEventListener("click", (event) => { const drop = event.target.closest("[data-task-drop]"); if (drop) { drop.closest("[data-task]").remove(); tasksDirty = true; keep(tasks); } });
  tasks.addEventListener("input", () => { tasksDirty = true; keep(tasks); });
  tasks.addEventListener("submit", (event) => { event.preventDefault(); saveTasks(); });
  const stored = kept(tasks);
  if (stored && JSON.stringify(stored.values) !== JSON.stringify(values(tasks))) {
    const most = Math.max(0, ...Object.keys(stored.values).map((name) => +name.split(".")[1] || 0));
    bar(`${say.saidRestored} ${new Date(stored.at).toLocaleString("vi-VN")} (${$("#tasks h2").firstChild.textContent.trim()}).`,
      [say.saidUse, () => { while (rows < most) addRow(); put(tasks, stored.values); tasksDirty = true; }], [say.saidDrop, () => localStorage.removeItem(key(tasks))]);
  }
}
