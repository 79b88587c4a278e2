// The live ceiling: <section data-quota="/evaluation/1/quota/2.json"> is drawn anew while levels move, saved or not.
// Whoever changes a level on the page says so:
//   document.dispatchEvent(new CustomEvent("quota:levels", { detail: { 12: "HTXS", 15: "" } }))   // sheet → typed level
//   document.dispatchEvent(new CustomEvent("quota:saved"))                                        // forget what was typed
const box = document.querySelector("[data-quota]");
if (box) {
  const typed = new Map();
  const body = box.querySelector("[data-quota-body]") || box;
  let timer, asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const levels = [...typed].map(([id, level]) => `${id}:${level}`).join(",");
    const answer = await fetch(`${box.dataset.quota}?levels=${encodeURIComponent(levels)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const told = await answer.json();
    body.innerHTML = told.html; // our own rendered fragment, escaped by the template
    box.classList.toggle("is-over", told.agency.over > 0 || told.groups.some((group) => group.over > 0));
    document.dispatchEvent(new CustomEvent("quota:drawn", { detail: told }));
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 200); };
  document.addEventListener("quota:levels", (event) => { for (const [id, level] of Object.entries(event.detail)) typed.set(id, level); soon(); });
  document.addEventListener("quota:saved", () => { typed.clear(); soon(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  if (box.dataset.quotaEvery) setInterval(() => { if (!document.hidden) ask(); }, Number(box.dataset.quotaEvery) * 1000); // others rate too
}
