// Confirmation: a form with data-ask opens the page's one dialog, which says
// what will happen to which devices, and is sent only from there. What the
// form tells beside its sentence is repeated. Escape and Back close it and
// give the focus back.
{
  const dialog = document.getElementById("confirm");
  const ask = (form) => {
    dialog.querySelector("h2").textContent = form.dataset.ask;
    dialog.querySelector("p").textContent = form.dataset.explain ?? "";
    dialog.querySelector(".told")?.remove();
    const told = form.querySelector("[data-told]")?.cloneNode(true);
    if (told) dialog.querySelector(".actions").before(told);
    const go = dialog.querySelector("[value=yes]");
    go.textContent = form.dataset.do;
    go.classList.toggle("stop", form.dataset.kind === "stop");
    go.classList.toggle("go", form.dataset.kind !== "stop");
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      if (document.contains(form)) { form.submit(); return; }
      location.reload();
    };
    dialog.showModal();
    dialog.querySelector("[value=no]").focus();
  };
  document.addEventListener("submit", (submit) => {
    if (!dialog || !submit.target.dataset.ask) return;
    submit.preventDefault();
    ask(submit.target);
  });
}
