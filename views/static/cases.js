// Calculator and cases: short addresses, folded boxes that open when something points at them.
for (const form of document.querySelectorAll("form[data-lean]")) {
  // Empty boxes say nothing: the address that is kept or shared stays short.
  form.addEventListener("formdata", (event) => {
    const kept = new Map();
    for (const name of new Set([...event.formData.keys()])) {
      const values = event.formData.getAll(name);
      if (values.some((value) => value !== "")) kept.set(name, values);
      event.formData.delete(name);
    }
    for (const [name, values] of kept) for (const value of values) event.formData.append(name, value);
  });
}
const open = (id) => {
  const box = document.getElementById(id);
  if (!box) return;
  for (let place = box.closest("details"); place; place = place.parentElement.closest("details")) place.open = true;
  box.focus();
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open-box]");
  if (link) { event.preventDefault(); open(link.getAttribute("href").slice(1)); }
});
// The first wrong box is where the hand should be; after the load, because the jump to an anchor takes the focus away.
const toFirstError = () => requestAnimationFrame(() => document.querySelector("[aria-invalid=true]")?.focus());
if (document.readyState === "complete") toFirstError(); else addEventListener("load", toFirstError);
// A step that was refused comes back with its dialog open and everything typed still there.
document.querySelector("dialog[data-open]")?.showModal();
