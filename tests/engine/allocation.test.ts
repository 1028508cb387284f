import program from "../../index";
import { TestEmulator } from "../emulator/harness";
import { connectionTo } from "./providers/azure";
import { TestStack } from "./providers/testStack";

jest.setTimeout(180_000);

describe("pools in the account's own subscription", () => {
  let azure: TestEmulator;
  let stack: TestStack;

  beforeAll(async () => {
    azure = await TestEmulator.start();
    stack = await TestStack.open(connectionTo(azure));
    stack.setConfig("azure-native:location", "westeurope");
    const pools = [{ name: "work", os: "linux", scale: { fixed: { dedicated: 0 } } }];
    stack.setConfig("batch-keyvault:pools", JSON.stringify(pools));
    await stack.up(program);
  });

  afterAll(async () => {
    await stack.close();
    await azure.stop();
  });

  test("take another account of the same name, whose pools go with the old one", async () => {
    stack.setConfig("batch-keyvault:batch", JSON.stringify({ poolAllocationMode: "UserSubscription" }));
    const { steps } = await stack.up(program);
    const at = (step: string) => {
      if (!steps.includes(step)) throw new Error(`found no step "${step}", expected one of ${steps.join(", ")}`);
      return steps.lastIndexOf(step);
    };
    expect(at("delete-replaced batch")).toBeLessThan(at("create-replacement batch"));
    expect(at("create service-service")).toBeLessThan(at("create-replacement batch"));
    expect(Object.keys((await stack.up(program)).changes)).toEqual(["same"]);
  });
});
