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

/** What the certificate makes possible must be impossible without it, and it must open nothing else. */
export async function tryRefusals(stack: StackContract, http: AzureHttp, secret: string): Promise<RefusalResult[]> {
  const armToken = await http.deployerToken(armResource);
  const observed = await observedCertificate(stack, http, armToken);
  const certificate = await readAsDeployer(http, observed);
  const application = await http.certificateToken(stack.clientId, certificate, vaultResource);

  const answered = (name: string, request: HttpRequest) => refusedAnswer(name, http, request);
  return [
    await answered("the secret without a token", {
      method: "GET",
      url: `${stack.vault.uri}secrets/${secret}?${vaultApi}`,
    }),
    await refusedSignIn("a certificate that is not registered", stack, http),
    await answered("the application reading the certificate vault", {
      ...{ method: "GET", url: `${observed}?${vaultApi}`, token: application },
    }),
    await answered("the application listing secrets", {
      ...{ method: "GET", url: `${stack.vault.uri}secrets?${vaultApi}`, token: application },
    }),
    await answered("a pool identity's token, asked for from outside a node", {
      method: "GET",
      url: `http://${hosts.instanceMetadata}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${vaultResource}`,
      headers: { metadata: "true" },
    }),
    await answered("a certificate on the Batch account", {
      method: "PUT",
      url: `https://${hosts.resourceManager}${stack.batchAccount.id}/certificates/sha1-${stack.certificate.thumbprint}?api-version=2024-07-01`,
      token: armToken,
      body: {
        properties: { thumbprintAlgorithm: "sha1", thumbprint: stack.certificate.thumbprint, format: "Cer", data: "" },
      },
    }),
  ];
}

async function refusedAnswer(name: string, http: AzureHttp, request: HttpRequest): Promise<RefusalResult> {
  const answer = await http.send(request);
  // A wrong address, or a service that fails, has not refused anything.
  if (answer.status >= 400 && ![400, 401, 403].includes(answer.status))
    throw new Error(`${name}: found status ${answer.status} ${codeOf(answer)}, expected 400, 401 or 403`);
  return { case: name, code: answer.status < 400 ? null : codeOf(answer) };
}

async function refusedSignIn(name: string, stack: StackContract, http: AzureHttp): Promise<RefusalResult> {
  try {
    await http.certificateToken(
      stack.clientId,
      await unregisteredCertificate(stack.certificate.subject),
      vaultResource,
    );
    return { case: name, code: null };
  } catch (error) {
    const code = /AADSTS\d+/.exec((error as Error).message)?.[0];
    if (code === undefined) throw error;
    return { case: name, code };
  }
}

/** URL of the vault secret that the nodes' extension watches, as a pool of the stack carries it. */
async function observedCertificate(stack: StackContract, http: AzureHttp, token: string): Promise<string> {
  const [pool] = Object.values(stack.pools);
  if (!pool) throw new Error("the stack has no pool");
  const url = `https://${hosts.resourceManager}${pool.id}?api-version=2024-07-01`;
  const answer = await http.send({ method: "GET", url, token });
  const found = /https:\/\/[\w-]+\.vault\.azure\.net\/secrets\/[\w-]+/.exec(answer.text)?.[0];
  if (found === undefined)
    throw new Error(`pool ${pool.id} observes no vault secret: ${answer.status} ${codeOf(answer)}`);
  return found;
}

/** The deployer may read what it published; the certificate stays in this process's memory. */
async function readAsDeployer(http: AzureHttp, url: string): Promise<string> {
  const token = await http.deployerToken(vaultResource);
  const { status, body } = await http.send({ method: "GET", url: `${url}?${vaultApi}`, token });
  if (typeof body.value !== "string")
    throw new Error(`the deployer cannot read ${url}: ${status} ${JSON.stringify(body)}`);
  return body.value;
}
