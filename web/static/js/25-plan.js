// SEND: the answer to a form with data-plan is the page that asks for the
// confirmation. Where there are scripts its question is asked in the dialog;
// any other answer is a page that says what is wrong, and is shown as one.
{
  const plan = async (form, button) => {
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const asked = answer.ok && page.querySelector("form[data-asked]");
      if (!asked) throw new Error("no question");
      const question = document.adoptNode(asked);
      question.hidden = true;
      document.querySelectorAll("form[data-asked]").forEach((old) => old.remove());
      document.body.append(question);
      button.disabled = false;
      button.focus();
      question.requestSubmit();
    } catch {
      button.disabled = false;
      form.submit();
    }
  };
  document.addEventListener("submit", (submit) => {
    const form = submit.target;
    if (!("plan" in form.dataset) || !document.getElementById("confirm")) return;
    submit.preventDefault();
    plan(form, submit.submitter ?? form.querySelector("footer button"));
  });
}
