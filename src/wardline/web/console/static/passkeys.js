// Asks a security key the question that stands on a button of the page, puts its answer into the button's form, and sends the form.
"use strict";
(() => {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const registered = async (question) => {
    const user = { ...question.user, id: bytes(question.user.id) };
    const publicKey = { ...question, challenge: bytes(question.challenge), user, excludeCredentials: known(question.excludeCredentials) };
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = made.response;
    return { made, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
  };

  const shown = async (question) => {
    const publicKey = { ...question, challenge: bytes(question.challenge), allowCredentials: known(question.allowCredentials) };
    const made = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    const response = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature) };
    if (userHandle) response.userHandle = text(userHandle);
    return { made, response };
  };

  const ask = async (button) => {
    const form = button.form;
    const says = form.querySelector("[data-passkey-says]");
    if (!form.reportValidity()) return;
    button.disabled = true;
    says.textContent = "Touch your key now.";
    try {
      const question = JSON.parse(button.dataset.passkey);
      const { made, response } = await (question.user ? registered : shown)(question);
      const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
      form.elements[button.dataset.answer].value = JSON.stringify(answer);
      says.textContent = "Thank you.";
      form.submit();
    } catch (error) {
      button.disabled = false;
      says.textContent = error.name === "InvalidStateError"
        ? "This key is registered already."
        : "The key gave no answer. Nothing was changed. Try again, or go another way.";
    }
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) {
      button.form.querySelector("[data-passkey-says]").textContent = "This browser knows no security keys here; it needs an encrypted address.";
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", () => ask(button));
  }
})();
