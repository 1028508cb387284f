import { ClientCertificateCredential } from "@azure/identity";
import program from "../../index";
import { EngineError } from "../../emulator/engine/engineCommand";
import { AzureClient } from "../../emulator/providers/azure/client";
import { TestEmulator } from "../emulator/harness";
import { connectionTo } from "./providers/azure";
import { TestStack, type Steps } from "./providers/testStack";

type Send = Parameters<AzureClient["send"]>;
const millisecondsPerMinute = 60_000;

/** The whole program as a stack with one pool, and an application that one can sign in to by any of its certificates. */
export class RotationStack {
  #clientId = "";

  private constructor(
    readonly azure: TestEmulator,
    readonly stack: TestStack,
  ) {}

  /** @param certificate settings to start with */
  static async start(certificate: object): Promise<RotationStack> {
    const azure = await TestEmulator.start();
    const started = new RotationStack(azure, await TestStack.open(connectionTo(azure)));
    started.stack.setConfig("azure-native:location", "westeurope");
    const pools = [{ name: "linux", os: "linux", scale: { fixed: { dedicated: 0 } } }];
    started.stack.setConfig("batch-keyvault:pools", JSON.stringify(pools));
    const { outputs } = await started.up(certificate);
    started.#clientId = String(outputs["clientId"]);
    return started;
  }

  async close(): Promise<void> {
    jest.useRealTimers();
    await this.stack.close();
    await this.azure.stop();
  }

  async preview(certificate: object): Promise<Steps> {
    this.#configure(certificate);
    return this.stack.preview(program);
  }

  async up(certificate: object): Promise<Steps> {
    this.#configure(certificate);
    return this.stack.up(program);
  }

  /** The published certificate with its key, as a node has it or somebody who got hold of it; undefined where there is none. */
  async published(secretName = "batch-certificate"): Promise<string | undefined> {
    const { certificateName } = this.stack.resource("certs").outputs as { certificateName: string };
    const [vaultName = ""] = certificateName.split(".");
    const url = `https://${vaultName}.vault.azure.net/secrets/${secretName}?api-version=7.4`;
    const token = await this.azure.token("https://vault.azure.net");
    const { status, json } = await this.azure.send("GET", url, { token });
    return status === 404 ? undefined : (json as { value: string }).value;
  }

  /** `signed in`, or Entra's code. */
  async signIn(certificate: string | undefined): Promise<string> {
    const { tenantId } = this.azure.world.tenant;
    const options = this.azure.clientOptions();
    const given = { certificate: certificate ?? "" };
    const credential = new ClientCertificateCredential(tenantId, this.#clientId, given, options);
    return credential.getToken("https://vault.azure.net/.default").then(
      () => "signed in",
      (error: unknown) => /AADSTS\d+/.exec(String(error))?.[0] ?? String(error),
    );
  }

  /** Lets time pass for everybody but the engine, which has none of its own. */
  passMinutes(minutes: number): void {
    const now = Date.now() + minutes * millisecondsPerMinute;
    jest.useFakeTimers({ now, advanceTimers: true, doNotFake: timersOfNode });
  }

  /** Has Azure's answer to one request be a failure. @returns whether it has come to it */
  failOnce(isMeant: (method: Send[1], url: string, body: Send[3]) => boolean): () => boolean {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const send = AzureClient.prototype.send;
    let failed = false;
    const spy = jest.spyOn(AzureClient.prototype, "send").mockImplementation(function (this: AzureClient, ...request) {
      const [, method, url, body] = request;
      if (failed || !isMeant(method, url, body)) return send.apply(this, request);
      failed = true;
      spy.mockRestore();
      return Promise.reject(new Error("Azure is not feeling well"));
    });
    return () => failed;
  }

  #configure(certificate: object): void {
    this.stack.setConfig("batch-keyvault:certificate", JSON.stringify(certificate));
  }
}

/** All but the date. */
const timersOfNode = [
  ...(["hrtime", "nextTick", "performance", "queueMicrotask"] as const),
  ...(["setImmediate", "clearImmediate", "setInterval", "clearInterval", "setTimeout", "clearTimeout"] as const),
];

/** What was done, without what stayed or was read. */
export function done({ steps }: Steps): string[] {
  return steps.filter((step) => !/^(same|read) /.test(step));
}

export function generationsOf({ outputs }: Pick<Steps, "outputs">): number[] {
  return (outputs["generations"] as { generation: number }[]).map(({ generation }) => generation);
}

/** The output of a command that fails. */
export async function failureOf(work: Promise<Steps>): Promise<string> {
  return work.then(
    ({ steps }) => `it did not fail, but ended after: ${steps.join(", ")}`,
    // What resources say goes to stdout.
    (error: unknown) => (error instanceof EngineError ? `${error.end.stdout}${error.end.stderr}` : String(error)),
  );
}
