import * as random from "@pulumi/random";
import { TestStack } from "./testStack";

describe("the bundled random provider", () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.open();
  });

  afterAll(async () => {
    await stack.close();
  });

  const program = (rules: Partial<random.RandomPasswordArgs> = {}) =>
    async function program() {
      const password = new random.RandomPassword("password", {
        length: 24,
        minNumeric: 4,
        minSpecial: 3,
        overrideSpecial: "!?",
        ...rules,
      });
      const text = new random.RandomString("text", { length: 8, special: false, upper: false });
      const uuid = new random.RandomUuid("uuid", { keepers: { reason: "first" } });
      const id = new random.RandomId("id", { byteLength: 4, prefix: "p-" });
      return Promise.resolve({
        password: password.result,
        text: text.result,
        uuid: uuid.result,
        hex: id.hex,
        dec: id.dec,
      });
    };

  test("values follow their rules and stay", async () => {
    const first = await stack.up(program());
    expect(first.changes).toEqual({ create: 5 });
    const { password, text, uuid, hex, dec } = first.outputs as Record<string, string>;
    expect(password).toHaveLength(24);
    expect(password?.match(/[0-9]/g)?.length).toBeGreaterThanOrEqual(4);
    expect(password?.match(/[!?]/g)?.length).toBeGreaterThanOrEqual(3);
    expect(password).toMatch(/^[A-Za-z0-9!?]+$/);
    expect(text).toMatch(/^[a-z0-9]{8}$/);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(hex).toMatch(/^p-[0-9a-f]{8}$/);
    expect(dec).toBe(`p-${parseInt(hex?.slice(2) ?? "", 16)}`);

    const second = await stack.up(program());
    expect(second.changes).toEqual({ same: 5 });
    expect(second.outputs).toEqual(first.outputs);
    expect((await stack.refresh()).changes).toEqual({ same: 5 });
    expect(stack.state().text.includes(String(password))).toBe(false);
  });

  test("a change of rules makes a new value before the old one goes", async () => {
    const first = await stack.up(program());
    const second = await stack.up(program({ length: 30 }));
    expect(second.steps).toEqual(["create-replacement password", "replace password", "delete-replaced password"]);
    expect(second.diffs["password"]).toEqual({ length: "update-replace" });
    expect(second.outputs["password"]).toHaveLength(30);
    expect(second.outputs["text"]).toBe(first.outputs["text"]);
  });

  test("rules that no value can follow are refused before anything is made", async () => {
    await expect(stack.preview(program({ length: 5 }))).rejects.toThrow(
      "length is 5, expected at least 7, the sum of the min* rules",
    );
    await expect(
      stack.preview(
        program({ upper: false, lower: false, numeric: false, special: false, minNumeric: 0, minSpecial: 0 }),
      ),
    ).rejects.toThrow("no characters are allowed");
  });
});
