import type { Reply, TestEmulator } from "../../emulator/harness";
import type { ProvidersOptions } from "../../../emulator/providers";

/** How the bundled providers reach `azure`, as its deployer. */
export function connectionTo(azure: TestEmulator): ProvidersOptions {
  const { tenantId, subscriptionId, deployer } = azure.world.tenant;
  return {
    proxyUrl: azure.emulator.url,
    caBundleFile: azure.world.caBundleFile,
    credentials: { tenantId, subscriptionId, clientId: deployer.clientId, clientSecret: deployer.clientSecret },
  };
}

/** One request to Resource Manager past the engine, as its deployer. */
export function sendToArm(azure: () => TestEmulator) {
  return async (method: "GET" | "PUT" | "DELETE", id: unknown, apiVersion: string, body?: unknown): Promise<Reply> => {
    const host = "https://management.azure.com";
    const token = await azure().token(host);
    return azure().send(method, `${host}${String(id)}?api-version=${apiVersion}`, {
      token,
      ...(body === undefined ? {} : { body }),
    });
  };
}
