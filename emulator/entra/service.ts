import { hosts } from "../server/cloud";
import { Routes, type Answer, type Exchange, type Service } from "../server/exchange";
import type { World } from "../world";
import { instanceDiscovery, openIdConfiguration } from "./discovery";
import { signInError, SignInRefusal } from "./refusals";
import { signIn } from "./signIn";
import { signingKey } from "./signingKey";
import { requireTenant } from "./tenantNames";

/** login.microsoftonline.com: discovery, keys, and tokens for applications. */
export function loginService(world: World): Service {
  const configuration = (version: "1.0" | "2.0") => (_: Exchange, params: Readonly<Record<string, string>>) => {
    const { tenant = "" } = params;
    requireTenant(world, tenant, { shared: true });
    return { status: 200, body: openIdConfiguration(world, tenant, version) };
  };
  const publishedKeys = async (_: Exchange, params: Readonly<Record<string, string>>): Promise<Answer> => {
    requireTenant(world, params.tenant ?? "", { shared: true });
    return { status: 200, body: { keys: [(await signingKey(world)).published] } };
  };
  const token = (version: "1.0" | "2.0") => (exchange: Exchange, params: Readonly<Record<string, string>>) => {
    requireTenant(world, params.tenant ?? "", { shared: false });
    return signIn(world, exchange, version);
  };
  const routes = new Routes()
    .on("GET", "/:tenant/v2.0/.well-known/openid-configuration", configuration("2.0"))
    .on("GET", "/:tenant/.well-known/openid-configuration", configuration("1.0"))
    .on("GET", "/:tenant/discovery/v2.0/keys", publishedKeys)
    .on("GET", "/:tenant/discovery/keys", publishedKeys)
    .on("GET", "/common/discovery/instance", ({ url }) => {
      const endpoint = url.searchParams.get("authorization_endpoint") ?? "";
      return { status: 200, body: instanceDiscovery(/^https:\/\/[^/]+\/([^/]+)\//.exec(endpoint)?.[1] ?? "common") };
    })
    .on("POST", "/:tenant/oauth2/v2.0/token", token("2.0"))
    .on("POST", "/:tenant/oauth2/token", token("1.0"));
  return {
    name: "Microsoft Entra",
    answersFor: (host) => host === hosts.login,
    async answer(exchange) {
      try {
        return (await routes.find(exchange)?.()) ?? { status: 404 };
      } catch (error) {
        if (error instanceof SignInRefusal) return signInError(world, exchange, error);
        throw error;
      }
    },
  };
}
