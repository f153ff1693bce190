// npm's oidc-provider, running for real: whoever comes is who their login_hint says, and consents at once.
// node issuer.mjs <port> <redirect uri>; addresses that begin with "unverified" are not vouched for, and one that
// begins with a name of `wrong` gets an ID token that says that instead, signed anew by the provider's own key.
import { generateKeyPairSync } from "node:crypto";
import { SignJWT, decodeJwt, importJWK } from "jose";
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const key = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" };
const ago = (seconds) => Math.floor(Date.now() / 1000) - seconds;
const wrong = {
  "as.it.was": {},
  issuer: { iss: "https://issuer.example" },
  audience: { aud: "another portal", azp: "portal" },
  nonce: { nonce: "of another sign-in" },
  expired: { iat: ago(7200), exp: ago(3600) },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "portal", client_secret: "a secret & more", redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  jwks: { keys: [key] },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith("unverified") }),
  }),
});

provider.use(async (context, next) => {
  await next();
  const said = context.body?.id_token ? decodeJwt(context.body.id_token) : {};
  const change = wrong[Object.keys(wrong).find((name) => said.sub?.startsWith(name))];
  if (!change) return;
  const anew = new SignJWT({ ...said, ...change }).setProtectedHeader({ alg: "RS256", kid: key.kid });
  context.body.id_token = await anew.sign(await importJWK(key));
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) return next();
  const asked = await provider.interactionDetails(context.req, context.res);
  if (asked.prompt.name === "login") {
    return provider.interactionFinished(context.req, context.res, { login: { accountId: asked.params.login_hint } });
  }
  const grant = new provider.Grant({ accountId: asked.session.accountId, clientId: asked.params.client_id });
  grant.addOIDCScope("openid email");
  return provider.interactionFinished(context.req, context.res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
