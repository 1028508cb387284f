import { done, failureOf, generationsOf, RotationStack } from "./rotationStack";
import type { Steps } from "./providers/testStack";

jest.setTimeout(240_000);

/** The tests follow one stack from generation to generation, in order. */
describe("certificate generations", () => {
  let rotation: RotationStack;
  let first: string | undefined;
  let pool: string;

  const poolOf = ({ outputs }: Steps) => (outputs["pools"] as { linux: { name: string } }).linux.name;

  beforeAll(async () => {
    rotation = await RotationStack.start({ generation: 1 });
    first = await rotation.published();
    pool = poolOf(await rotation.up({ generation: 1 }));
  });

  afterAll(() => rotation.close());

  test("raised by one: registered first, then published; nothing else changes, and the one before still signs in", async () => {
    const steps = [
      // The component, its key and its certificate have one name.
      ...Array.from({ length: 3 }, () => "create generation-2"),
      "create application-2",
      "update rotation",
      "update certs-batch-certificate",
      "update published",
    ];
    const told = await rotation.preview({ generation: 2 });
    expect(done(told)).toEqual(steps);
    expect(Object.keys(told.diffs)).toEqual(["certs-batch-certificate"]);
    const raised = await rotation.up({ generation: 2 });
    expect(done(raised)).toEqual(steps);

    expect(generationsOf(raised)).toEqual([2, 1]);
    expect(poolOf(raised)).toBe(pool);
    expect(await rotation.signIn(first)).toBe("signed in");
    expect(await rotation.signIn(await rotation.published())).toBe("signed in");
    expect(Object.keys((await rotation.up({ generation: 2 })).changes)).toEqual(["same"]);
  });

  test("raised again, and failing half-way: what nodes have goes on, and the next run does the rest, the oldest last", async () => {
    const second = await rotation.published();
    const oldestGoes = ["delete application-1", ...Array.from({ length: 3 }, () => "delete generation-1")];
    expect(done(await rotation.preview({ generation: 3 }))).toEqual([
      ...Array.from({ length: 3 }, () => "create generation-3"),
      ...["create application-3", "update rotation", "update certs-batch-certificate", "update published"],
      ...oldestGoes,
    ]);

    const publishing = rotation.failOnce((method, url) => method === "PUT" && url.includes("/secrets/batch-cert"));
    expect(await failureOf(rotation.up({ generation: 3 }))).toContain("Azure is not feeling well");
    expect(publishing()).toBe(true);
    // Nodes have 2, which the next raise would take away; going on from it is all right.
    expect(await failureOf(rotation.preview({ generation: 4 }))).toContain(
      "certificate.generation: found 4, expected at most 3: nodes have generation 2, and keepPrevious, which is 1,",
    );
    expect(await rotation.published()).toBe(second);
    expect([await rotation.signIn(first), await rotation.signIn(second)]).toEqual(["signed in", "signed in"]);

    const removing = rotation.failOnce(
      (method, _, body) => method === "PATCH" && (body?.["keyCredentials"] as unknown[] | undefined)?.length === 2,
    );
    expect(await failureOf(rotation.up({ generation: 3 }))).toContain("Azure is not feeling well");
    expect(removing()).toBe(true);
    const third = await rotation.published();
    expect(third).not.toBe(second);
    expect([await rotation.signIn(second), await rotation.signIn(third)]).toEqual(["signed in", "signed in"]);

    const raised = await rotation.up({ generation: 3 });
    expect(done(raised)).toEqual(oldestGoes);
    expect(generationsOf(raised)).toEqual([3, 2]);
    expect(poolOf(raised)).toBe(pool);
    expect([await rotation.signIn(first), await rotation.signIn(second)]).toEqual(["AADSTS700027", "signed in"]);
    expect(await rotation.signIn(third)).toBe("signed in");
  });

  test("revoked: cut off before its pools go, its secret is gone, and pools are made anew beside the old ones", async () => {
    const stolen = await rotation.published();
    expect(await rotation.signIn(stolen)).toBe("signed in");
    const revoked = { generation: 4, revoke: [3] };
    const told = await rotation.preview(revoked);
    const cut = await rotation.up(revoked);
    for (const { steps } of [told, cut]) {
      const seen = steps.filter((step) =>
        /application-|certs-batch|rotation|(create-replacement|delete-replaced) linux/.test(step),
      );
      expect(seen).toEqual([
        ...["create application-4", "update rotation", "create certs-batch-certificate-after-3"],
        // The pool, and what its name ends in.
        ...["create-replacement linux", "create-replacement linux"],
        ...["delete certs-batch-certificate", expect.stringMatching(/^delete application-[23]$/) as string],
        ...seen.slice(7),
      ]);
      expect(seen).toContain("delete application-3");
      expect(seen.lastIndexOf("delete application-3")).toBeLessThan(seen.indexOf("delete-replaced linux"));
    }

    expect(await rotation.signIn(stolen)).toBe("AADSTS700027");
    expect(await rotation.published()).toBeUndefined();
    expect(await rotation.signIn(await rotation.published("batch-certificate-after-3"))).toBe("signed in");
    // 3 is not kept although it is the one before.
    expect(generationsOf(cut)).toEqual([4]);
    expect(poolOf(cut)).not.toBe(pool);
    pool = poolOf(cut);
    expect(Object.keys((await rotation.up(revoked)).changes)).toEqual(["same"]);
  });

  test("left as it is, a revocation changes nothing more at the next raise; the next one takes its place", async () => {
    const raised = await rotation.up({ generation: 5, revoke: [3] });
    expect(done(raised)).toContain("update certs-batch-certificate-after-3");
    expect([generationsOf(raised), poolOf(raised)]).toEqual([[5, 4], pool]);
    // The newest stays, and so nothing that its nodes read with is cut off.
    const newest = await rotation.published("batch-certificate-after-3");
    const again = await rotation.up({ generation: 5, revoke: [4] });
    expect(done(again)).toContain("create certs-batch-certificate-after-4");
    expect(generationsOf(again)).toEqual([5]);
    expect(poolOf(again)).not.toBe(pool);
    expect(await rotation.published("batch-certificate-after-4")).toBe(newest);
    expect(await rotation.signIn(newest)).toBe("signed in");
  });
});
