// A search sends only what was filled in, so that its address stays short.
for (const form of document.querySelectorAll("form.finder")) {
  form.addEventListener("formdata", (sent) => {
    for (const [name, value] of [...sent.formData]) if (value === "") sent.formData.delete(name);
  });
}
