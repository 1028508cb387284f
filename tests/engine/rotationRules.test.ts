import { done, failureOf, generationsOf, RotationStack } from "./rotationStack";

jest.setTimeout(300_000);

const aMinuteAfterAllHaveLooked = 61;

/** The tests follow one stack, in order; each knows by which certificate its nodes sign in. */
describe("what a change does to nodes that have not fetched the newest certificate", () => {
  let rotation: RotationStack;
  const held = new Map<number, string | undefined>();
  const hold = async (generation: number) => held.set(generation, await rotation.published());
  const signIn = (generation: number) => rotation.signIn(held.get(generation));

  beforeAll(async () => {
    rotation = await RotationStack.start({ generation: 1 });
    await hold(1);
  });

  afterAll(() => rotation.close());

  test.each([
    [
      "a skipped number",
      { generation: 3 },
      "certificate.generation: found 3, expected at most 2: nodes have generation 1, and keepPrevious, which is 1,",
    ],
    [
      "another subject of a generation that is made",
      { generation: 1, commonName: "other" },
      'certificate.commonName: found "other", expected "batch-keyvault", with which generation 1 was made',
    ],
  ])("%s is refused at preview, and without one before nodes are given anything", async (_, change, expected) => {
    expect(await failureOf(rotation.preview(change))).toContain(expected);
    expect(await failureOf(rotation.up(change))).toContain(expected);
    expect(await rotation.published()).toBe(held.get(1));
    expect(await signIn(1)).toBe("signed in");
  });

  test("what a refused update has made already goes with the next one", async () => {
    expect(generationsOf(await rotation.up({ generation: 1 }))).toEqual([1]);
    expect(await rotation.published()).toBe(held.get(1));
    expect(Object.keys((await rotation.up({ generation: 1 })).changes)).toEqual(["same"]);
  });

  test("keepPrevious: 2 bridges a skipped number", async () => {
    const raised = await rotation.up({ generation: 3, keepPrevious: 2 });
    expect(generationsOf(raised)).toEqual([3, 2, 1]);
    await hold(3);
    expect([await signIn(1), await signIn(3)]).toEqual(["signed in", "signed in"]);
  });

  test("going back is refused, at preview and without one", async () => {
    const expected =
      "certificate.generation: found 2, expected 3 or more: generation 3 was given to nodes, and its credential would go. To get away from a generation, raise it";
    expect(await failureOf(rotation.preview({ generation: 2, keepPrevious: 2 }))).toContain(expected);
    expect(await failureOf(rotation.up({ generation: 2, keepPrevious: 2 }))).toContain(expected);
    expect(await rotation.published()).toBe(held.get(3));
    expect(await signIn(3)).toBe("signed in");
  });

  test("two raises within one polling interval are warned of, for good reason", async () => {
    const text = /credential of generation 1 goes, but nodes that have not fetched generation 2 yet sign in with it/;
    expect((await rotation.up({ generation: 4, keepPrevious: 2 })).stdout).toMatch(text);
    await hold(4);
    // 3 came 2 raises after 1.
    expect([await signIn(1), await signIn(3)]).toEqual(["AADSTS700027", "signed in"]);
  });

  test("with keepPrevious: 3 as many raises may follow each other", async () => {
    const raised = await rotation.up({ generation: 7, keepPrevious: 3 });
    expect(raised.stdout).toMatch(/credential of generation 3 goes, but nodes that have not fetched generation 4 yet/);
    expect(generationsOf(raised)).toEqual([7, 6, 5, 4]);
    await hold(7);
    expect([await signIn(3), await signIn(4), await signIn(7)]).toEqual(["AADSTS700027", "signed in", "signed in"]);
  });

  test("once all nodes have looked, nothing is said, and nothing that they have is taken away", async () => {
    rotation.passMinutes(aMinuteAfterAllHaveLooked);
    const told = await rotation.preview({ generation: 8, keepPrevious: 1 });
    expect(told.stdout).not.toMatch(/ goes, but /);
    const raised = await rotation.up({ generation: 8, keepPrevious: 1 });
    expect(done(raised)).toContain("delete application-4");
    expect([await signIn(4), await signIn(7)]).toEqual(["AADSTS700027", "signed in"]);
    await hold(8);
  });

  test("keepPrevious: 0 is warned of, and takes away what nodes have", async () => {
    const told = await rotation.preview({ generation: 9, keepPrevious: 0 });
    expect(told.stdout).toContain(
      "certificate.keepPrevious: 0 takes the credential that nodes sign in with away as soon as certificate.generation is raised",
    );
    expect(generationsOf(await rotation.up({ generation: 9, keepPrevious: 0 }))).toEqual([9]);
    expect(await signIn(8)).toBe("AADSTS700027");
    await hold(9);
  });

  test("another validity counts from the raise on; what was registered keeps its end", async () => {
    const ends = ({ outputs }: { outputs: Readonly<Record<string, unknown>> }) =>
      (outputs["generations"] as { notBefore: string; notAfter: string }[]).map(
        ({ notBefore, notAfter }) => (Date.parse(notAfter) - Date.parse(notBefore)) / (24 * 60 * 60 * 1000),
      );
    const changed = { generation: 10, keepPrevious: 1, validityDays: 90, organization: "Contoso", keyBits: 3072 };
    const raised = await rotation.up(changed);
    expect(ends(raised)).toEqual([90, 365]);
    expect(done(raised).filter((step) => /-9$/.test(step))).toEqual(["update generation-9"]);
    expect(await signIn(9)).toBe("signed in");
    expect(Object.keys((await rotation.up(changed)).changes)).toEqual(["same"]);
  });

  test("a revocation that was taken back is refused, as the secret that was deleted for it would come back", async () => {
    await rotation.up({ generation: 11, revoke: [10], validityDays: 90, organization: "Contoso", keyBits: 3072 });
    const without = { generation: 12, validityDays: 90, organization: "Contoso", keyBits: 3072 };
    const expected = "certificate.revoke: found [], expected 10 in it, or a later one";
    expect(await failureOf(rotation.preview(without))).toContain(expected);
    expect(await failureOf(rotation.up(without))).toContain(expected);
    expect(await rotation.published()).toBeUndefined();
  });
});
