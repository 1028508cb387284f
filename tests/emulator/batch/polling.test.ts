import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "../../../emulator/server/connect";
import { TestEmulator } from "../harness";
import { ask } from "../vault/support";
import {
  eventually,
  type Identity,
  keyVaultExtension,
  linuxMachine,
  makeCertificate,
  oneNode,
  pollingSeconds,
  poolBody,
  Subscription,
  withExtensions,
} from "./subscription";

const vault = "pollingvault1";
const secret = "observed";
const pemType = "application/x-pem-file";

let azure: TestEmulator;
let connection: Connection;
let subscription: Subscription;
let identity: Identity;

beforeAll(async () => {
  azure = await TestEmulator.start();
  connection = await azure.connection();
  subscription = await Subscription.open(azure);
  await subscription.makeAccount();
  await subscription.makeVault(vault);
  identity = await subscription.makeIdentity("polling-identity");
});

afterAll(async () => {
  await azure.stop();
});

const publish = async () => subscription.setSecret(vault, secret, (await makeCertificate("CN=a")).pem, pemType);

const pool = () => {
  const extension = keyVaultExtension("linux", identity, `https://${vault}.vault.azure.net/secrets/${secret}`);
  return poolBody({ ...withExtensions(linuxMachine, [extension]), scaleSettings: oneNode }, identity);
};

/** The version that the node has, as its link says. */
async function installed(name: string): Promise<string | undefined> {
  const [node] = await subscription.nodes(name);
  const root = join(azure.folder, "nodes", "trialaccount", name, node?.id ?? "");
  const link = join(root, `var/lib/waagent/Microsoft.Azure.KeyVault.Store/${vault}.${secret}`);
  return existsSync(link) ? readlinkSync(link).split(".").at(-1) : undefined;
}

const toHave = (name: string, version: string) =>
  eventually(
    `${name} to have version ${version}`,
    () => installed(name),
    (found) => found === version,
  );

/** How often the node looked: each poll lists and then reads. */
async function polls(): Promise<number> {
  const { reads } = await connection.counts();
  return reads.filter(({ appId }) => appId === identity.clientId).reduce((sum, { count }) => sum + count, 0);
}

describe("a node whose extension waits for a right that is on its way", () => {
  it("is starting, not unusable, until the right has arrived", async () => {
    await publish();
    await connection.setPropagation(3600);
    await subscription.allow(vault, identity.principalId, ["get", "list"]);
    await subscription.putPool("waiting", pool());
    await eventually(
      "the first try",
      async () => (await subscription.nodes("waiting"))[0]?.state,
      (state) => state === "starting",
    );
    await pause(1000);
    expect((await subscription.nodes("waiting"))[0]?.state).toBe("starting");
    await connection.advanceClock(3600);
    await subscription.nodesIn("waiting", ["idle"]);
  });

  it("is unusable where no right has come when all have arrived", async () => {
    await subscription.removePool("waiting");
    await connection.setPropagation(0);
    await subscription.allow(vault, identity.principalId, ["get"]);
    await connection.setPropagation(3600);
    // Something else is under way.
    await subscription.allow(vault, "00000000-0000-4000-8000-000000000000", ["get"]);
    await subscription.putPool("waiting", pool());
    await subscription.nodesIn("waiting", ["starting"]);
    await connection.setPropagation(0);
    await subscription.nodesIn("waiting", ["unusable"]);
    await subscription.removePool("waiting");
    await subscription.allow(vault, identity.principalId, ["get", "list"]);
  });
});

describe("a node polls", () => {
  beforeAll(async () => {
    const version = await publish();
    await subscription.putPool("polling", pool());
    await subscription.nodesIn("polling", ["idle"]);
    await toHave("polling", version);
  });

  it("once, however many of its intervals have gone by at once", async () => {
    const skipped = await publish();
    const version = await publish();
    await connection.resetCounts();
    await connection.advanceClock(5 * pollingSeconds);
    await toHave("polling", version);
    await pause(700);
    expect(await polls()).toBe(1);
    const [node] = await subscription.nodes("polling");
    const root = join(azure.folder, "nodes", "trialaccount", "polling", node?.id ?? "");
    const files = readdirSync(join(root, "var/lib/waagent/Microsoft.Azure.KeyVault.Store"));
    expect(files).toContain(`${vault}.${secret}.${version}`);
    expect(files).not.toContain(`${vault}.${secret}.${skipped}`);
  });

  it("faster where the emulator is told so, and as its pool says where it no longer is", async () => {
    expect(await connection.setPolling(0.5)).toMatchObject({ pollingSeconds: 0.5 });
    const version = await publish();
    await toHave("polling", version);
    await connection.resetCounts();
    await eventually("three polls", polls, (count) => count >= 3);
    expect(await connection.setPolling(null)).toMatchObject({ pollingSeconds: null });
    await pause(500);
    await connection.resetCounts();
    const unseen = await publish();
    await pause(1000);
    expect(await polls()).toBe(0);
    expect(await installed("polling")).toBe(version);
    await expect(connection.setPolling(0)).rejects.toThrow(/400.*0 seconds, expected more than 0/);
    await connection.advanceClock(pollingSeconds);
    await toHave("polling", unseen);
  });

  it("when the emulator starts, and then as fast as that is asked to", async () => {
    const missed = await publish();
    await azure.restart(undefined, { pollingSeconds: 0.5 });
    connection = await azure.connection();
    await toHave("polling", missed);
    await toHave("polling", await publish());
    await azure.restart(undefined, {});
    connection = await azure.connection();
  });

  it("for the newest version that is valid", async () => {
    const valid = await installed("polling");
    const change = (version: string, attributes: object) =>
      ask(azure, vault, `/secrets/${secret}/${version}?api-version=7.4`, { method: "PATCH", body: { attributes } });
    const { objectId } = azure.world.tenant.deployer;
    await subscription.allow(vault, objectId, ["get", "set"]);
    const [disabled, ended] = [await publish(), await publish()];
    expect((await change(disabled, { enabled: false })).status).toBe(200);
    expect((await change(ended, { exp: Math.floor(azure.world.clock().getTime() / 1000) - 1 })).status).toBe(200);
    await connection.resetCounts();
    await connection.advanceClock(pollingSeconds);
    await eventually("the poll", polls, (count) => count === 1);
    expect(await installed("polling")).toBe(valid);
    expect((await change(disabled, { enabled: true })).status).toBe(200);
    await connection.advanceClock(pollingSeconds);
    await toHave("polling", disabled);
  });
});
