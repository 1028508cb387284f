import { hosts, tokenResources } from "../../server/cloud";
import type { StackContract } from "../../../outputs";
import { type AzureHttp, codeOf, type HttpRequest } from "./http";
import { unregisteredCertificate } from "./unregisteredCertificate";

/** One attempt that Azure must refuse. */
export interface RefusalResult {
  readonly case: string;
  /** What Azure answered, or null where it allowed what it must not. */
  readonly code: string | null;
}

const vaultApi = "api-version=7.4";
const vaultResource = tokenResources.vault.names[0];
const armResource = tokenResources.resourceManager.names[0];

/** What attempts are made with. */
export interface RefusalContext {
  readonly stack: StackContract;
  readonly http: AzureHttp;
  /** Name of a secret that tasks read. */
  readonly secret: string;
  /** Whether Azure takes no certificates of Batch accounts any more. */
  readonly isRetired: boolean;
}

/** What the stack makes possible must be impossible in any other way, and it must open nothing else. */
export async function tryRefusals(context: RefusalContext): Promise<RefusalResult[]> {
  const { stack, http, secret } = context;
  return [
    await refusedAnswer("the secret without a token", http, {
      method: "GET",
      url: `${stack.vault.uri}secrets/${secret}?${vaultApi}`,
    }),
    ...(await certificateRefusals(context)),
    await refusedAnswer("a pool identity's token, asked for from outside a node", http, {
      method: "GET",
      url: `http://${hosts.instanceMetadata}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${vaultResource}`,
      headers: { metadata: "true" },
    }),
    ...(context.isRetired ? [await refusedAccountCertificate(context)] : []),
  ];
}

/** Where tasks sign in by certificate: no other one will do, and this one opens nothing but the secrets. */
async function certificateRefusals({ stack, http }: RefusalContext): Promise<RefusalResult[]> {
  const { certificate, clientId, vault } = stack;
  if (!certificate) return [];
  const unregistered = await refusedSignIn("a certificate that is not registered", http, clientId, certificate.subject);
  const observed = await observedCertificate(stack, http);
  // A certificate of the Batch account cannot be had back, so there is nothing to sign in with.
  if (observed === undefined) return [unregistered];
  const application = await http.certificateToken(clientId, await readAsDeployer(http, observed), vaultResource);
  return [
    unregistered,
    await refusedAnswer("the application reading the certificate vault", http, {
      ...{ method: "GET", url: `${observed}?${vaultApi}`, token: application },
    }),
    await refusedAnswer("the application listing secrets", http, {
      ...{ method: "GET", url: `${vault.uri}secrets?${vaultApi}`, token: application },
    }),
  ];
}

/** What it holds does not matter: Azure refuses any. */
async function refusedAccountCertificate({ stack, http }: RefusalContext): Promise<RefusalResult> {
  const thumbprint = stack.certificate?.thumbprint ?? "0".repeat(40);
  return refusedAnswer("a certificate on the Batch account", http, {
    method: "PUT",
    url: `https://${hosts.resourceManager}${stack.batchAccount.id}/certificates/sha1-${thumbprint}?api-version=2024-07-01`,
    token: await http.deployerToken(armResource),
    body: { properties: { thumbprintAlgorithm: "sha1", thumbprint, format: "Cer", data: "" } },
  });
}

async function refusedAnswer(name: string, http: AzureHttp, request: HttpRequest): Promise<RefusalResult> {
  const answer = await http.send(request);
  // A wrong address, or a service that fails, has not refused anything.
  if (answer.status >= 400 && ![400, 401, 403].includes(answer.status))
    throw new Error(`${name}: found status ${answer.status} ${codeOf(answer)}, expected 400, 401 or 403`);
  return { case: name, code: answer.status < 400 ? null : codeOf(answer) };
}

async function refusedSignIn(name: string, http: AzureHttp, clientId: string, subject: string): Promise<RefusalResult> {
  try {
    await http.certificateToken(clientId, await unregisteredCertificate(subject), vaultResource);
    return { case: name, code: null };
  } catch (error) {
    const code = /AADSTS\d+/.exec((error as Error).message)?.[0];
    if (code === undefined) throw error;
    return { case: name, code };
  }
}

/** URL of the vault secret that the nodes' extension watches, as a pool of the stack carries it; undefined without an extension. */
async function observedCertificate(stack: StackContract, http: AzureHttp): Promise<string | undefined> {
  const [pool] = Object.values(stack.pools);
  if (!pool) throw new Error("the stack has no pool");
  const url = `https://${hosts.resourceManager}${pool.id}?api-version=2024-07-01`;
  const answer = await http.send({ method: "GET", url, token: await http.deployerToken(armResource) });
  if (answer.status !== 200) throw new Error(`pool ${pool.id} cannot be read: ${answer.status} ${codeOf(answer)}`);
  return /https:\/\/[\w-]+\.vault\.azure\.net\/secrets\/[\w-]+/.exec(answer.text)?.[0];
}

/** The deployer may read what it published; the certificate stays in this process's memory. */
async function readAsDeployer(http: AzureHttp, url: string): Promise<string> {
  const token = await http.deployerToken(vaultResource);
  const { status, body } = await http.send({ method: "GET", url: `${url}?${vaultApi}`, token });
  if (typeof body.value !== "string")
    throw new Error(`the deployer cannot read ${url}: ${status} ${JSON.stringify(body)}`);
  return body.value;
}
