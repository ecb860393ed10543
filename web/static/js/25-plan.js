// SEND: the answer to a form with data-plan is the page that asks for the
// confirmation. Where there are scripts its question is asked in the dialog;
// any other answer is a page that says what is wrong, and is shown as one.
{
  const plan = async (form, button) => {
    const filled = new FormData(form, button.name ? button : undefined); // before it is disabled, which would leave it out
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: filled });
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
      if (button.name) { // which button was pressed goes with it
        const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
        form.append(pressed);
      }
      form.submit();
    }
  };
  document.addEventListener("submit", (submit) => {
    const form = submit.target;
    if (!("plan" in form.dataset) || !document.getElementById("confirm")) return;
    submit.preventDefault();
    plan(form, submit.submitter ?? form.querySelector("footer button, button"));
  });
}
