// Passkeys on plain pages: asks the browser what a form's data says, and posts what it answers with the form.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const readable = (asked) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    ...(asked.excludeCredentials && { excludeCredentials: keys(asked.excludeCredentials) }),
    ...(asked.allowCredentials && { allowCredentials: keys(asked.allowCredentials) }),
  });

  const written = (key) => {
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    if (key.response.getTransports) response.transports = key.response.getTransports();
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    const said = form.querySelector("[role=status]");
    const publicKey = () => readable(JSON.parse(form.dataset.passkey));
    if (!window.PublicKeyCredential) {
      said.textContent = form.dataset.none;
      button.disabled = true;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      said.textContent = "";
      try {
        const asked = { publicKey: publicKey() };
        const key = form.dataset.make ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked);
        form.elements.code.value = written(key);
        form.submit();
      } catch {
        said.textContent = form.dataset.failed;
        button.disabled = false;
      }
    });
  }
})();
