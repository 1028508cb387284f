import { rotationProblems, rotationWarnings, type Rotation } from "../../../components/rotationRules";

const made = "2026-11-24T12:00:00Z";
const madeWith = { commonName: "batch-keyvault", keyBits: 2048, validityDays: 365 };

/** Where a stack stands: its generations newest first, all made at the same time. */
function rotation(generations: readonly number[], rest: Partial<Rotation> = {}): Rotation {
  const registered = generations.map((generation) => ({ generation, notBefore: made }));
  return { registered, keepPrevious: 1, revoke: [], madeWith, ...rest };
}

describe("a change that would leave nodes with nothing that counts is refused", () => {
  test.each<[string, Rotation, Rotation, string]>([
    [
      "going back",
      rotation([3, 2]),
      rotation([2, 1]),
      "certificate.generation: found 2, expected 3 or more: generation 3 was given to nodes, and its credential would go. To get away from a generation, raise it",
    ],
    [
      "a skipped number",
      rotation([1]),
      rotation([3, 2]),
      "certificate.generation: found 3, expected at most 2: nodes have generation 1, and keepPrevious, which is 1, would not keep it until they have fetched another",
    ],
    [
      "more skipped than kept",
      rotation([1], { keepPrevious: 3 }),
      rotation([5, 4, 3, 2], { keepPrevious: 3 }),
      "certificate.generation: found 5, expected at most 4: nodes have generation 1, and keepPrevious, which is 3, would not keep it until they have fetched another",
    ],
    [
      "another validity of what is made",
      rotation([2, 1]),
      rotation([2, 1], { madeWith: { ...madeWith, validityDays: 90 } }),
      "certificate.validityDays: found 90, expected 365, with which generation 2 was made: raise certificate.generation in the same change",
    ],
    [
      "an organization added to what is made",
      rotation([1]),
      rotation([1], { madeWith: { ...madeWith, organization: "Contoso" } }),
      'certificate.organization: found "Contoso", expected nothing, with which generation 1 was made: raise certificate.generation in the same change',
    ],
    [
      "a stolen key that keepPrevious would register again",
      rotation([7, 5, 4], { revoke: [6], keepPrevious: 3 }),
      rotation([8, 6, 5], { revoke: [7], keepPrevious: 3 }),
      "certificate.revoke: found [7], expected 6 in it: it was cut off, and keepPrevious, which is 3, has it",
    ],
    [
      "a revocation taken back",
      rotation([4], { revoke: [3] }),
      rotation([5, 4]),
      "certificate.revoke: found [], expected 3 in it, or a later one: nodes would be sent back to the secret that was deleted for it",
    ],
  ])("%s", (_, before, after, expected) => {
    expect(rotationProblems(before, after)).toEqual([expected]);
  });

  test("all that is wrong is told at once", () => {
    const after = rotation([1], { madeWith: { ...madeWith, commonName: "other", keyBits: 4096 } });
    expect(rotationProblems(rotation([1]), after)).toEqual([
      expect.stringContaining("certificate.commonName"),
      expect.stringContaining("certificate.keyBits"),
    ]);
  });

  test.each<[string, Rotation, Rotation]>([
    ["nothing", rotation([2, 1]), rotation([2, 1])],
    ["a raise", rotation([2, 1]), rotation([3, 2])],
    [
      "a raise that changes what is made",
      rotation([1]),
      rotation([2, 1], { madeWith: { ...madeWith, keyBits: 3072 } }),
    ],
    ["a skipped number that is bridged", rotation([1]), rotation([3, 2, 1], { keepPrevious: 2 })],
    ["keeping more", rotation([2]), rotation([2, 1])],
    ["a purpose: keepPrevious: 0", rotation([2, 1]), rotation([3], { keepPrevious: 0 })],
    ["a purpose: revoke", rotation([3, 2]), rotation([4], { revoke: [3] })],
    ["a later revocation in place of the earlier", rotation([5, 4], { revoke: [3] }), rotation([5], { revoke: [4] })],
  ])("not so %s", (_, before, after) => {
    expect(rotationProblems(before, after)).toEqual([]);
  });
});

describe("a credential that nodes may still live on", () => {
  const at = (minutes: number) => new Date(Date.parse(made) + minutes * 60_000);

  test("goes with a warning until all nodes have looked for its successor", () => {
    const warning = rotationWarnings(rotation([2, 1]), rotation([3, 2]), 60, at(59));
    expect(warning).toEqual([
      "certificate: the credential of generation 1 goes, but nodes that have not fetched generation 2 yet sign in with it, and reads on them will fail until they have fetched a newer one. By 2026-11-24T13:00:00.000Z all have looked; or set keepPrevious to 2",
    ]);
    expect(rotationWarnings(rotation([2, 1]), rotation([3, 2]), 60, at(60))).toEqual([]);
  });

  test("goes without one where that is the purpose, or where it stays", () => {
    expect(rotationWarnings(rotation([2, 1]), rotation([3, 2], { revoke: [1] }), 60, at(0))).toEqual([]);
    expect(rotationWarnings(rotation([2, 1]), rotation([3, 2, 1], { keepPrevious: 2 }), 60, at(0))).toEqual([]);
    // It has no successor yet: keepPrevious: 0 has a warning of its own.
    expect(rotationWarnings(rotation([1]), rotation([2], { keepPrevious: 0 }), 60, at(0))).toEqual([]);
  });
});

test("another subject is warned of, as tasks find a certificate by it", () => {
  const renamed = rotation([2, 1], { madeWith: { ...madeWith, commonName: "other" } });
  expect(rotationWarnings(rotation([1]), renamed, 60, new Date(made))).toEqual([
    "certificate: commonName changed, and tasks find a certificate by its subject: those that are given the new one find none on a node until it has fetched generation 2, up to 60 minutes, and Windows nodes must be restarted",
  ]);
  const longer = rotation([2, 1], { madeWith: { ...madeWith, keyBits: 4096 } });
  expect(rotationWarnings(rotation([1]), longer, 60, new Date(made))).toEqual([]);
});
