import program from "../../index";
import { TestEmulator } from "../emulator/harness";
import { connectionTo } from "./providers/azure";
import { TestStack, type Steps } from "./providers/testStack";

jest.setTimeout(180_000);

/** A stack of before the retirement, and what it goes through when its configuration names the other delivery. */
describe("moving a stack from certificates of the Batch account to the Key Vault extension", () => {
  let azure: TestEmulator;
  let stack: TestStack;
  let moved: Steps;

  const configure = (delivery: string) => {
    stack.setConfig("batch-keyvault:certificate", JSON.stringify({ delivery, generation: 2 }));
  };

  beforeAll(async () => {
    azure = await TestEmulator.start(undefined, new Date("2024-01-31"));
    stack = await TestStack.open(connectionTo(azure));
    stack.setConfig("azure-native:location", "westeurope");
    const pools = ["linux", "windows"].map((os) => ({ name: os, os, scale: { fixed: { dedicated: 0 } } }));
    stack.setConfig("batch-keyvault:pools", JSON.stringify(pools));
    configure("batchAccount");
    await stack.up(program);
    // Azure of today takes no such certificate any more, and lets those go that are there.
    await azure.restart(new Date("2026-11-24"));
    configure("keyVaultExtension");
    moved = await stack.up(program);
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  /** A pool and the random end of its name are steps of one name: the pool is made last of the two, and goes first. */
  const place = (step: string) => {
    const found = step.startsWith("delete") ? moved.steps.indexOf(step) : moved.steps.lastIndexOf(step);
    if (found < 0) throw new Error(`found no step "${step}", expected one of ${moved.steps.join(", ")}`);
    return found;
  };

  test.each(["linux", "windows"])("the new pool %s is made first, then the old one goes", (pool) => {
    expect(place(`delete-replaced ${pool}`)).toBeGreaterThan(place(`create-replacement ${pool}`));
  });

  test("the certificate is published, and may be read, before a pool observes it", () => {
    for (const pool of ["linux", "windows"]) {
      expect(place(`create-replacement ${pool}`)).toBeGreaterThan(place("create certs-batch-certificate"));
      expect(place(`create-replacement ${pool}`)).toBeGreaterThan(place("create certs-reader"));
    }
  });

  test("the account's certificates go last, after the pools that refer to them", () => {
    for (const certificate of ["delete certs-1", "delete certs-2"]) {
      for (const pool of ["linux", "windows"]) {
        expect(place(certificate)).toBeGreaterThan(place(`delete-replaced ${pool}`));
      }
    }
  });

  test("keys, credentials, application and secrets stay as they are", () => {
    const untouched = /^(?!same|read).* (generation-\d|application(-\d)?|vault(-\w+)?|batch)$/;
    expect(moved.steps.filter((step) => untouched.test(step))).toEqual([]);
    expect(moved.steps.length).toBeGreaterThan(10);
  });

  test("nothing is left to do", async () => {
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
  });
});
