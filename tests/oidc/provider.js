// A provider of OpenID Connect on loopback, for tests: people sign in by their name alone, and the tests tell it what to say and what to spoil.
//
//   node provider.js PORT CLIENT_ID CLIENT_SECRET BACK SIGNED_OUT
//
// It prints its issuer once it listens. `POST /tests` with a JSON object changes what follows: `login` (who comes), `people` (name to claims),
// `keys` (a number: with another one come other keys).
import { createServer } from "node:http";
import { webcrypto } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, clientId, clientSecret, back, signedOut] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const control = { people: {}, keys: 0 };
let provider;

const fresh = async (kid) => {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  // Without what the browser's interface adds: that this half signs would be published of the other half, too.
  const { key_ops: _operations, ext: _extractable, ...key } = await webcrypto.subtle.exportKey("jwk", pair.privateKey);
  return { ...key, kid, use: "sig", alg: "ES256" };
};

const made = async () => new Provider(issuer, {
  clients: [{
    client_id: clientId, client_secret: clientSecret, redirect_uris: [back], response_types: ["code"],
    grant_types: ["authorization_code"], id_token_signed_response_alg: "ES256",
    backchannel_logout_uri: signedOut, backchannel_logout_session_required: true,
  }],
  // Its own way of asking refuses loopback, where everything is here.
  fetch: (address, { dispatcher: _guard, ...options }) => fetch(address, options),
  jwks: { keys: [await fresh(`key-${control.keys}`)] },
  cookies: { keys: ["for tests only"] },
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...control.people[id] }) }),
});

const body = async (request) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
};

// Whoever comes is asked for a name; `login` and consent are given at once.
const interact = async (request, answer) => {
  const { prompt, params } = await provider.interactionDetails(request, answer);
  const name = control.login;
  const grant = new provider.Grant({ accountId: name, clientId: params.client_id });
  grant.addOIDCScope("openid profile email");
  const consent = { grantId: await grant.save() };
  const login = { accountId: name, remember: false };
  await provider.interactionFinished(request, answer, prompt.name === "login" ? { login, consent } : { consent }, { mergeWithLastSubmission: true });
};

const server = createServer(async (request, answer) => {
  if (request.url === "/tests" && request.method === "POST") {
    const wanted = JSON.parse(await body(request));
    Object.assign(control, wanted);
    if ("keys" in wanted) provider = await made();
    answer.end("{}");
  } else if (request.url.startsWith("/interaction/")) {
    await interact(request, answer);
  } else {
    provider.callback()(request, answer);
  }
});
provider = await made();
server.listen(Number(port), "127.0.0.1", () => console.log(issuer));
