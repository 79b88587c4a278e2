// The planning board: drag a person onto a post to pin; the rules are asked at once and their reason is shown; undo.
// Without this file the same is done by choosing a person, a post from the list, and a button.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("#pin-form"), told = $("#board-told"), may = form?.dataset.may === "1";
const lists = JSON.parse($("#pin-lists")?.textContent || "{}"), memory = "hrms:board:undo";
const asked = new Map();

function say(text, kind = "info") { told.hidden = false; told.className = `msg ${kind}`; told.textContent = text; }

async function why(person, post) {
  const key = `${person}|${post}`;
  if (!asked.has(key)) {
    const answer = await fetch(`${form.dataset.why}?person=${encodeURIComponent(person)}&post=${encodeURIComponent(post)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return null;
    asked.set(key, await answer.json());
  }
  return asked.get(key);
}

async function send(fields, undoable = true) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  const data = await answer?.json().catch(() => null);
  if (!data) { say(form.dataset.failed, "error"); return; }
  if (!data.ok) { say((data.reasons || [data.message || form.dataset.failed]).join(" "), "error"); return; }
  if (undoable) sessionStorage.setItem(memory, JSON.stringify({ run: data.run, before: data.before }));
  else sessionStorage.removeItem(memory);
  location.assign(data.to);
}

// The sheet of moves: those of one chain are ticked together.
for (const box of $$("[data-chain]")) box.addEventListener("change", () => {
  for (const other of $$(`[data-chain="${box.dataset.chain}"]`)) if (other.checked !== box.checked) other.click();
});

if (form && may) {
  let dragged = null;
  for (const card of $$("[data-person][draggable]")) {
    card.addEventListener("dragstart", (event) => { dragged = card; event.dataTransfer.setData("text/plain", card.dataset.person); event.dataTransfer.effectAllowed = "move"; card.classList.add("dragging"); });
    card.addEventListener("dragend", () => { card.classList.remove("dragging"); dragged = null; for (const post of $$(".over, .barred, .fits")) post.classList.remove("over", "barred", "fits"); });
  }
  for (const post of $$("[data-post]")) {
    post.addEventListener("dragenter", async () => {
      if (!dragged) return;
      const person = dragged.dataset.person;
      post.classList.add("over");
      const answer = await why(person, post.dataset.post);
      if (!answer || dragged?.dataset.person !== person || !post.classList.contains("over")) return;
      post.classList.add(answer.allowed ? "fits" : "barred");
      say(answer.allowed ? form.dataset.allowed : answer.reasons.join(" "), answer.allowed ? "success" : "warning");
    });
    post.addEventListener("dragover", (event) => { if (dragged) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; } });
    post.addEventListener("dragleave", (event) => { if (!post.contains(event.relatedTarget)) post.classList.remove("over", "barred", "fits"); });
    post.addEventListener("drop", async (event) => {
      event.preventDefault();
      const person = event.dataTransfer.getData("text/plain") || dragged?.dataset.person;
      if (!person) return;
      say(form.dataset.checking);
      const answer = await why(person, post.dataset.post);
      if (answer && !answer.allowed) { say(answer.reasons.join(" "), "error"); return; }
      await send({ act: "pin", person, post: post.dataset.post });
    });
  }
  // The keyboard's way: the rules answer as soon as a post is chosen in the list; Enter in the list pins.
  const select = $("[data-why-select]");
  if (select) {
    const person = select.form.elements.person.value, line = $("#why-told");
    const look = async () => {
      if (!select.value) return;
      const answer = await why(person, select.value);
      if (answer) { line.textContent = answer.allowed ? `✓ ${form.dataset.fits}` : answer.reasons.join(" "); line.className = answer.allowed ? "small" : "small bad-ink"; }
    };
    select.addEventListener("change", look); look();
    select.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); send({ act: "pin", person, post: select.value }); } });
    select.form.addEventListener("submit", (event) => {
      event.preventDefault();
      send({ act: event.submitter?.value || "pin", person, post: select.value });
    });
    if (location.hash === "#chosen") $("#chosen")?.focus();
  }
  // Undo: the lists as they were before the last change on this run.
  let last = null;
  try { last = JSON.parse(sessionStorage.getItem(memory) || "null"); } catch { sessionStorage.removeItem(memory); }
  if (last && last.run === lists.run) {
    $("#undo-card").hidden = false;
    $("#undo").addEventListener("click", () => send({ act: "replace", pinned: JSON.stringify(last.before.pinned), forbidden: JSON.stringify(last.before.forbidden) }, false));
  }
}
