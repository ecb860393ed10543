// The list of devices to choose from: narrow it by typing, choose all that
// are shown, count what is chosen.
{
  const list = document.getElementById("pick");
  const field = document.getElementById("pick-find");
  const all = document.getElementById("pick-all");
  const count = document.getElementById("pick-count");
  if (list && field && all && count) {
    for (const part of [field.closest("[hidden]"), all]) if (part) part.hidden = false;
    const rows = [...list.querySelectorAll("label")];
    const boxes = () => rows.filter((row) => !row.hidden).map((row) => row.querySelector("input"));
    const tell = () => {
      const n = rows.filter((row) => row.querySelector("input").checked).length;
      count.textContent = `${n} of ${rows.length} chosen`;
    };
    field.addEventListener("input", () => {
      const text = field.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(text);
    });
    field.addEventListener("keydown", (key) => { if (key.key === "Enter") key.preventDefault(); });
    all.addEventListener("click", () => {
      const shown = boxes();
      const to = shown.some((box) => !box.checked);
      for (const box of shown) box.checked = to;
      tell();
    });
    list.addEventListener("change", tell);
    tell();
  }
}
