import { timingSafeEqual } from "node:crypto";
import type { Answer, Exchange } from "../server/exchange";
import type { World } from "../world";
import { verifyAssertion } from "./assertion";
import { findApplicationByAppId, findPrincipalByAppId, hashSecret, passwordsOf, type Application } from "./directory";
import { namedCredential } from "./namedCredential";
import { SignInRefusal } from "./refusals";
import { findTarget, missingParameter, resourceOfScope } from "./scopes";
import { issueToken } from "./tokens";

type Form = Readonly<Record<string, string | undefined>>;

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Answers the token endpoint's client credentials flow, and counts what came of it. @throws {SignInRefusal} */
export async function signIn(world: World, exchange: Exchange, endpoint: "1.0" | "2.0"): Promise<Answer> {
  const form: Form = Object.fromEntries(new URLSearchParams(exchange.body.toString("utf8")));
  try {
    const answer = await issueFor(world, form, endpoint);
    count(world, form, "ok");
    return answer;
  } catch (error) {
    if (error instanceof SignInRefusal) count(world, form, error.code);
    throw error;
  }
}

function count(world: World, { client_id: appId, client_assertion: assertion }: Form, code: string): void {
  const find = () => (appId === undefined ? undefined : findApplicationByAppId(world, appId));
  const application = find() ?? world.store.asPropagated(find);
  world.counts.signIn({ appId, code, ...(assertion ? namedCredential(world, application, assertion) : {}) });
}

async function issueFor(world: World, form: Form, endpoint: "1.0" | "2.0"): Promise<Answer> {
  if (!form.grant_type) throw missingParameter("grant_type");
  if (form.grant_type !== "client_credentials") {
    throw new SignInRefusal(
      "unsupported_grant_type",
      70003,
      `The app requested an unsupported grant type '${form.grant_type}'.`,
    );
  }
  const { application, principal } = world.store.asPropagated(() => findClient(world, form.client_id));
  await checkCredentials(world, application, form);

  const resource = endpoint === "2.0" ? resourceOfScope(form.scope) : form.resource;
  if (!resource) throw missingParameter("resource");
  const target = world.store.asPropagated(() => findTarget(world, resource));
  const { accessToken, expiresInSeconds } = await issueToken(world, {
    audience: target.audience,
    version: target.version,
    principal: { objectId: principal.id, appId: application.appId, displayName: application.displayName },
    ...(target.isGraph ? { roles: principal.graphRoles } : {}),
  });
  // Clients hold it against their own clocks; only what the token itself says is Azure's time.
  const now = Math.floor(world.clientClock().getTime() / 1000);
  const token = { token_type: "Bearer", access_token: accessToken };
  return {
    status: 200,
    headers: { "cache-control": "no-store" },
    body:
      endpoint === "2.0"
        ? { ...token, expires_in: expiresInSeconds, ext_expires_in: expiresInSeconds }
        : {
            ...token,
            // The v1 endpoint writes its numbers as strings.
            expires_in: String(expiresInSeconds),
            ext_expires_in: String(expiresInSeconds),
            expires_on: String(now + expiresInSeconds),
            not_before: String(now),
            resource,
          },
  };
}

function findClient(world: World, clientId: string | undefined) {
  if (!clientId) throw missingParameter("client_id");
  const application = findApplicationByAppId(world, clientId);
  const { tenantId } = world.tenant;
  if (!application) {
    throw new SignInRefusal(
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  }
  const principal = findPrincipalByAppId(world, application.appId);
  if (!principal) {
    throw new SignInRefusal(
      "invalid_client",
      7000229,
      `The client application ${clientId} is missing service principal in the tenant ${tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    );
  }
  if (principal.properties.accountEnabled === false) {
    throw new SignInRefusal(
      "unauthorized_client",
      7000112,
      `Application '${application.appId}'(${application.displayName}) is disabled.`,
    );
  }
  return { application, principal };
}

async function checkCredentials(world: World, application: Application, form: Form): Promise<void> {
  if (form.client_assertion) {
    if (form.client_assertion_type !== assertionType) throw missingParameter("client_assertion_type");
    await verifyAssertion(world, application, form.client_assertion);
  } else if (form.client_secret) {
    const secret = form.client_secret;
    world.store.asPropagated(() => {
      checkSecret(world, application, secret);
    });
  } else {
    throw new SignInRefusal(
      "invalid_request",
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
}

function checkSecret(world: World, application: Application, secret: string): void {
  const given = Buffer.from(hashSecret(secret));
  const found = passwordsOf(world, application.id).find(({ secretHash }) =>
    timingSafeEqual(Buffer.from(secretHash), given),
  );
  const now = world.clock().getTime();
  if (!found || now < Date.parse(found.startDateTime)) {
    throw new SignInRefusal(
      "invalid_client",
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.appId}'.`,
    );
  }
  if (now >= Date.parse(found.endDateTime)) {
    throw new SignInRefusal(
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
}
