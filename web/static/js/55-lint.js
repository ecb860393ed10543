// The findings of a script as one types: the server is asked shortly after
// the last key, and an older question is given up. Until the answer is there
// what was found before stays. SEND waits for a script without errors; where
// no answer comes the server decides when it is sent.
for (const text of document.querySelectorAll("textarea[data-lint]")) {
  const form = text.form, file = form.querySelector("[type=file]");
  const list = form.querySelector(".lint"), why = document.getElementById("send-why");
  const numbers = text.parentElement.querySelector("ol").children;
  const explained = why.textContent;
  let timer, asked, marked = [];

  // applies tells whether what is sent now is the script in the editor.
  const applies = () => form.elements.type.value === "jetporch" && !form.elements.bundle?.value && !file.files.length;

  const judge = () => {
    const refusal = applies() ? list.dataset.refusal : "";
    for (const button of form.querySelectorAll("footer button:not([data-cannot])")) button.disabled = refusal !== "";
    why.textContent = refusal || explained;
    why.classList.toggle("wrong", refusal !== "");
    text.setAttribute("aria-invalid", String(list.dataset.refusal !== ""));
  };

  const mark = () => {
    for (const number of marked) { number.className = ""; number.title = ""; }
    marked = [];
    for (const found of list.querySelectorAll("[data-line]")) {
      const number = numbers[found.dataset.line - 1];
      if (!number) continue;
      if (number.className !== "hue-fail") number.className = found.dataset.hue;
      number.title = [number.title, found.dataset.title].filter(Boolean).join("\n");
      marked.push(number);
    }
  };

  const show = (now) => {
    list.dataset.refusal = now.dataset.refusal;
    const [said, says] = [list.querySelector("p"), now.querySelector("p").textContent];
    if (said.textContent !== says) said.textContent = says;
    const [old, next] = [list.querySelector("ul"), now.querySelector("ul")];
    if (old && next) { if (!old.isEqualNode(next)) old.replaceWith(next); }
    else if (next) list.append(next); else old?.remove();
    mark();
    judge();
  };

  const lint = async () => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const answer = await fetch(text.dataset.lint, { method: "POST", body: new URLSearchParams({ script: text.value }), redirect: "manual", signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!signal.aborted) show(page.querySelector(".lint"));
    } catch {
      if (signal.aborted) return;
      list.dataset.refusal = "";
      judge();
    }
  };

  // A chosen file is shown in the editor, where it can be read by all.
  const take = async () => {
    const chosen = file.files[0];
    if (chosen && chosen.size <= Number(file.dataset.most)) {
      const read = await chosen.text();
      if (!read.includes("\uFFFD")) {
        text.value = read;
        file.value = "";
        text.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    judge();
  };

  // go puts the caret where a finding is; columns count characters.
  const go = (line, column) => {
    const lines = text.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
    text.focus();
    text.setSelectionRange(at, at);
    text.scrollTop = (line - 1) * parseFloat(getComputedStyle(text).lineHeight) - text.clientHeight / 2;
  };

  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(lint, 250); });
  form.addEventListener("change", (change) => { if (change.target === file) take(); else judge(); });
  list.addEventListener("click", (click) => {
    const found = click.target.closest("[data-line]");
    if (!found) return;
    click.preventDefault();
    go(Number(found.dataset.line), Number(found.dataset.column));
  });
  addEventListener("pageshow", () => { if (text.value) lint(); }); // what the browser kept of the form
  mark();
  judge();
}
