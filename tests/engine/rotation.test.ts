import { ClientCertificateCredential } from "@azure/identity";
import program from "../../index";
import { TestEmulator } from "../emulator/harness";
import { connectionTo } from "./providers/azure";
import { TestStack, type Steps } from "./providers/testStack";

jest.setTimeout(240_000);

/** The tests follow one stack from generation to generation, in order. */
describe("certificate generations", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let first: Steps;

  const configure = (certificate: object) =>
    stack.setConfig("batch-keyvault:certificate", JSON.stringify({ keepPrevious: 1, ...certificate }));
  const poolOf = ({ outputs }: Steps) => (outputs["pools"] as { linux: { name: string } }).linux.name;
  const generationsOf = ({ outputs }: Steps) =>
    (outputs["generations"] as { generation: number }[]).map(({ generation }) => generation);
  /** Steps of custom resources that the test names; components and what is not told apart are left out. */
  const order = ({ steps }: Steps, names: RegExp) => steps.filter((step) => names.test(step));

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
    await stack.setConfig("azure-native:location", "westeurope");
    await stack.setConfig(
      "batch-keyvault:pools",
      JSON.stringify([{ name: "linux", os: "linux", scale: { fixed: { dedicated: 0 } } }]),
    );
    await configure({ generation: 1 });
    first = await stack.up(program);
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  /** The published certificate with its key, as somebody has it who got hold of it. */
  const published = async (secretName = "batch-certificate") => {
    const vault = String(stack.resource("certs-batch-certificate").inputs?.["vaultName"]);
    const token = await azure.token("https://vault.azure.net");
    const url = `https://${vault}.vault.azure.net/secrets/${secretName}?api-version=7.4`;
    return (await azure.send("GET", url, { token })).json as { value: string };
  };
  const signIn = async (certificate: string) => {
    const { tenantId } = azure.world.tenant;
    const clientId = String(first.outputs["clientId"]);
    const credential = new ClientCertificateCredential(tenantId, clientId, { certificate }, azure.clientOptions());
    return (await credential.getToken("https://vault.azure.net/.default")).token;
  };

  test("raised by one: registered first, then published; nothing else changes, and the one before still signs in", async () => {
    const { value: before } = await published();
    await configure({ generation: 2 });
    const told = await stack.preview(program);
    expect(order(told, /^(?!same)/)).not.toContainEqual(expect.stringMatching(/replace|delete| linux$/));
    const raised = await stack.up(program);
    expect(order(raised, /application-|certs-batch/)).toEqual([
      "create application-2",
      "update certs-batch-certificate",
    ]);
    expect(raised.steps.filter((step) => !/^(same|read) /.test(step)).sort()).toEqual([
      "create application-2",
      // The component, its key and its certificate have one name.
      ...Array.from({ length: 3 }, () => "create generation-2"),
      "update certs-batch-certificate",
    ]);
    expect(generationsOf(raised)).toEqual([2, 1]);
    expect(poolOf(raised)).toBe(poolOf(first));
    expect(await signIn(before)).toBeTruthy();
    expect(await signIn((await published()).value)).toBeTruthy();
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
  });

  test("raised again: the oldest goes when the newest is published", async () => {
    await configure({ generation: 3 });
    expect(order(await stack.up(program), /application-|certs-batch/)).toEqual([
      "create application-3",
      "update certs-batch-certificate",
      "delete application-1",
    ]);
  });

  test("revoked: the stolen key is refused at once, its secret is gone, and pools are made anew beside the old ones", async () => {
    const { value: stolen } = await published();
    expect(await signIn(stolen)).toBeTruthy();
    const vault = String(stack.resource("certs-batch-certificate").inputs?.["vaultName"]);
    await configure({ generation: 4, revoke: [3] });
    const cut = await stack.up(program);

    await expect(signIn(stolen)).rejects.toThrow("AADSTS700027");
    const token = await azure.token("https://vault.azure.net");
    const old = `https://${vault}.vault.azure.net/secrets/batch-certificate?api-version=7.4`;
    expect((await azure.send("GET", old, { token })).status).toBe(404);
    expect(generationsOf(cut)).toEqual([4]);
    expect(poolOf(cut)).not.toBe(poolOf(first));
    const steps = order(cut, /application-[34]|certs-batch|(create-replacement|delete-replaced) linux/);
    const at = (step: string) => steps.indexOf(step);
    expect(at("create application-4")).toBeLessThan(at("create certs-batch-certificate-after-3"));
    expect(at("create certs-batch-certificate-after-3")).toBeLessThan(steps.lastIndexOf("create-replacement linux"));
    expect(steps.lastIndexOf("create-replacement linux")).toBeLessThan(at("delete certs-batch-certificate"));
    expect(at("delete application-3")).toBeGreaterThan(-1);
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
  });
});
