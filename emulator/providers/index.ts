import { azureNativeProvider } from "./azure-native";
import { AzureClient, type AzureConnection } from "./azure/client";
import { azureadProvider } from "./azuread";
import { randomProvider } from "./random";
import { tlsProvider } from "./tls";
import type { Provider } from "./wire/provider";
import { serve } from "./wire/server";

export interface ProvidersOptions extends AzureConnection {
  /** @default the machine's time */
  readonly clock?: () => Date;
}

export interface RunningProviders {
  /** Value of PULUMI_DEBUG_PROVIDERS that makes an engine use these: `azure-native:PORT,azuread:PORT,…` */
  readonly debugProviders: string;
  readonly stop: () => Promise<void>;
}

/** Serves stand-ins for the official provider plugins, in this process, on loopback. */
export async function serveProviders(options: ProvidersOptions): Promise<RunningProviders> {
  const client = new AzureClient(options);
  const clock = options.clock ?? (() => new Date());
  const { debugProviders, stop } = await serveAll([
    azureNativeProvider(client),
    azureadProvider(client),
    tlsProvider(clock),
    randomProvider(),
  ]);
  return {
    debugProviders,
    stop: async () => {
      await stop();
      client.close();
    },
  };
}

/** Serves each provider on a port of its own. */
export async function serveAll(providers: readonly Provider[]): Promise<RunningProviders> {
  const running = await Promise.all(
    providers.map(async (provider) => ({ name: provider.name, ...(await serve(provider)) })),
  );
  return {
    debugProviders: running.map(({ name, port }) => `${name}:${port}`).join(","),
    stop: async () => {
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
}
