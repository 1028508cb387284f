import { randomUUID } from "node:crypto";
import type { Caller } from "../entra/tokens";
import { hosts } from "../server/cloud";
import { type Answer, type Exchange, Refusal, type Service } from "../server/exchange";
import type { World } from "../world";
import { dataPlaneVersions } from "./apiVersions";
import { authenticate } from "./callers";
import { emptyRemovedVaults, findVaultByName, type Vault } from "./model";
import { countRead } from "./readCounts";
import { badParameter, InnerRefusal } from "./refusals";
import { secretRoutes } from "./secretApi";

/** The vaults' own hosts: `NAME.vault.azure.net`, where secrets are read and written. */
export function vaultService(world: World): Service {
  emptyRemovedVaults(world);

  const routes = secretRoutes(world);

  async function answer(exchange: Exchange): Promise<Answer> {
    let caller: Caller | undefined;
    let answer: Answer;
    try {
      const vault = requireVault(world, exchange.host);
      caller = await authenticate(world, exchange, vault);
      requireVersion(exchange);
      const handle = routes.find({ ...exchange, vault, caller });
      if (!handle) {
        throw new Refusal(
          404,
          "NotFound",
          `The emulated vault has no '${exchange.method} ${exchange.url.pathname}', only secrets.`,
        );
      }
      answer = await handle();
    } catch (problem) {
      answer = asError(problem);
    }
    countRead(world, exchange, caller, answer);
    return withHeaders(answer);
  }

  return { name: "Key Vault", answersFor: (host) => host.endsWith(`.${hosts.vaultSuffix}`), answer };
}

/** On Azure the name would not resolve; clients would retry that for long, so they are told at once. */
function requireVault(world: World, host: string): Vault {
  const vault = findVaultByName(world, host.slice(0, host.indexOf(".")));
  if (vault) return vault;
  throw new Refusal(404, "VaultNotFound", `There is no vault at '${host}': on Azure this name would not resolve.`);
}

function requireVersion({ url }: Exchange): void {
  const version = url.searchParams.get("api-version");
  if (!version) throw badParameter("api-version must be specified");
  if (dataPlaneVersions.includes(version)) return;
  const latest = dataPlaneVersions.at(-1) ?? "";
  throw badParameter(
    `The specified version (${version}) is not recognized. Consider using the latest supported version (${latest}).`,
  );
}

/** How a vault writes a refusal. */
function asError(problem: unknown): Answer {
  if (!(problem instanceof Refusal)) throw problem;
  const inner = problem instanceof InnerRefusal ? { innererror: { code: problem.innerCode } } : {};
  return {
    status: problem.status,
    headers: problem.headers,
    body: { error: { code: problem.code, message: problem.message, ...inner } },
  };
}

function withHeaders(answer: Answer): Answer {
  const headers = {
    "x-ms-request-id": randomUUID(),
    "x-ms-keyvault-service-version": "2.0.0.0",
    "Cache-Control": "no-cache",
  };
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
