import { certificatePem, certificateThumbprint, validity } from "../fixtures";
import { privateKeyPem } from "../stack";
import { canonicalText } from "../../../components/canonicalText";
import { pemBundle, subjectText, thumbprintOf } from "../../../components/certificateText";
import { daysAfter, endNotice, unixSeconds, wholeUtcSeconds } from "../../../components/certificateTimes";
import { certificateSecretName, previousGenerations } from "../../../components/generations";
import { filledIdentifierUri } from "../../../components/identifierUri";
import { batchAccountNameForm, uniqueName, vaultNameForm } from "../../../components/names";
import { pendingTasksFormula, scaleSettings, type PoolScale } from "../../../components/scale";

describe("globally unique names", () => {
  test.each([
    ["dev", "vault-dev-1a2b3c4d", "batchdev1a2b3c4d"],
    ["Feature_X.42", "vault-feature-x-1a2b3c4d", "batchfeaturex421a2b3c4d"],
    ["a-very-long-stack-name", "vault-a-very-lo-1a2b3c4d", "batchaverylongst1a2b3c4d"],
    ["___", "vault-1a2b3c4d", "batch1a2b3c4d"],
  ])("of stack %s", (stack, vault, account) => {
    const names = [
      uniqueName(vaultNameForm, "vault", stack, "1a2b3c4d"),
      uniqueName(batchAccountNameForm, "batch", stack, "1a2b3c4d"),
    ];
    expect(names).toEqual([vault, account]);
    expect(names[0]).toMatch(/^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
    expect(names[1]).toMatch(/^[a-z0-9]{3,24}$/);
  });
});

test("the canonical text of a value does not depend on the order of its keys", () => {
  expect(canonicalText({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(canonicalText([2, 1])).not.toBe(canonicalText([1, 2]));
});

describe("times", () => {
  test.each([
    [validity.asTlsGivesIt.validityStartTime, validity.notBefore],
    ["2026-11-24T11:00:32.334910811Z", "2026-11-24T11:00:32Z"],
    ["2026-11-24T11:00:32.999999999Z", "2026-11-24T11:00:32Z"],
    ["2026-11-24T11:00:32Z", "2026-11-24T11:00:32Z"],
    ["2026-12-31T20:00:00-05:00", "2027-01-01T01:00:00Z"],
  ])("%s is %s", (time, expected) => {
    expect(wholeUtcSeconds(time)).toBe(expected);
  });

  test.each(["", "tomorrow", "2026-13-01T00:00:00Z", "1"])("%j is refused", (time) => {
    expect(() => wholeUtcSeconds(time)).toThrow(
      `validity time: found ${JSON.stringify(time)}, expected a time such as`,
    );
  });

  test("Key Vault counts seconds", () => {
    expect(unixSeconds("1970-01-02T00:00:00.9Z")).toBe(86_400);
  });

  test.each([
    ["2027-10-01T00:00:00Z", undefined],
    ["2027-10-20T00:00:00Z", { severity: "warning", ends: "ends on 2027-11-24T11:00:32Z, in 35 days" }],
    ["2027-11-24T11:00:31Z", { severity: "warning", ends: "ends on 2027-11-24T11:00:32Z, in 0 days" }],
    ["2027-12-01T00:00:00Z", { severity: "error", ends: "ended on 2027-11-24T11:00:32Z" }],
  ])("on %s what is told is %j", (now, expected) => {
    const notice = endNotice({ generation: 3, notAfter: validity.notAfter }, 45, new Date(now));
    if (expected === undefined) {
      expect(notice).toBeUndefined();
      return;
    }
    expect(notice?.severity).toBe(expected.severity);
    expect(notice?.text).toContain("certificate.generation: found 3, expected 4");
    expect(notice?.text).toContain(expected.ends);
  });

  test("an end is counted in whole days from the start", () => {
    expect(daysAfter(validity.notBefore, 365)).toBe(validity.notAfter);
    expect(daysAfter(validity.asTlsGivesIt.validityStartTime, 1)).toBe("2026-11-25T11:00:32Z");
  });
});

describe("certificate texts", () => {
  test("the thumbprint is what other tools call it", () => {
    expect(thumbprintOf(certificatePem)).toBe(certificateThumbprint);
    expect(() => thumbprintOf("no certificate")).toThrow();
  });

  test("the bundle has the key, then the certificate", () => {
    expect(pemBundle(privateKeyPem, certificatePem)).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/,
    );
  });

  test("another form of key is refused without printing it", () => {
    const otherForm = privateKeyPem.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY");
    expect(() => pemBundle(otherForm, certificatePem)).toThrow(
      /^certificate bundle: found another text than a PEM, expected "-----BEGIN PRIVATE KEY-----"$/,
    );
    expect(() => pemBundle(privateKeyPem, privateKeyPem)).toThrow('expected "-----BEGIN CERTIFICATE-----"');
  });

  test("the subject", () => {
    expect(subjectText("batch-keyvault")).toBe("CN=batch-keyvault");
    expect(subjectText("batch", "Contoso Ltd.")).toBe("CN=batch, O=Contoso Ltd.");
  });
});

test.each([
  [1, 1, []],
  [2, 1, [1]],
  [5, 2, [3, 4]],
  [5, 0, []],
  [2, 4, [1]],
])("generation %i with %i kept leaves %j registered", (newest, keepPrevious, expected) => {
  expect(previousGenerations(newest, keepPrevious)).toEqual(expected);
});

test("a revoked generation does not stay registered, and another secret is published after it", () => {
  expect(previousGenerations(5, 3, [4, 2])).toEqual([3]);
  expect(previousGenerations(5, 3, [1])).toEqual([2, 3, 4]);
  expect(certificateSecretName([])).toBe("batch-certificate");
  expect(certificateSecretName([4, 2])).toBe("batch-certificate-after-4");
});

test("an identifier URI gets the ids it names", () => {
  const ids = { clientId: "c", tenantId: "t" };
  expect(filledIdentifierUri("api://{tenantId}/{clientId}", ids)).toBe("api://t/c");
  expect(filledIdentifierUri("https://contoso.com/batch", ids)).toBe("https://contoso.com/batch");
});

describe("scale", () => {
  test.each<[string, PoolScale, unknown]>([
    [
      "fixed, no spot nodes unless asked for",
      { fixed: { dedicated: 2 } },
      { fixedScale: { targetDedicatedNodes: 2, targetLowPriorityNodes: 0 } },
    ],
    [
      "spot nodes",
      { fixed: { dedicated: 0, spot: 3 } },
      { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 3 } },
    ],
    [
      "a formula as it is",
      { formula: "$TargetDedicatedNodes = 1;" },
      { autoScale: { formula: "$TargetDedicatedNodes = 1;", evaluationInterval: "PT5M" } },
    ],
    [
      "the tasks' formula",
      { pendingTasks: { min: 1, max: 4 } },
      { autoScale: { formula: pendingTasksFormula({ min: 1, max: 4 }, 2), evaluationInterval: "PT5M" } },
    ],
  ])("%s", (_, scale, expected) => {
    expect(scaleSettings(scale, 2)).toEqual(expected);
  });

  test("is of exactly one kind", () => {
    expect(() => scaleSettings({}, 1)).toThrow("scale: found nothing, expected exactly one of");
    expect(() => scaleSettings({ fixed: { dedicated: 1 }, formula: "x" }, 1)).toThrow("found fixed and formula");
  });

  test("the tasks' formula is one that Batch takes and that never acts on a single sample", () => {
    const formula = pendingTasksFormula({ min: 1, max: 4 }, 2);
    expect(formula).toContain("minimumNodes = 1;\nmaximumNodes = 4;\nslotsPerNode = 2;");
    expect(formula.split("\n").every((line) => line.endsWith(";"))).toBe(true);
    expect(formula).toContain("GetSamplePercent");
    expect(formula).not.toContain("GetSample(1)");
    expect(formula).toMatch(/\$TargetDedicatedNodes = .*\n\$NodeDeallocationOption = taskcompletion;$/);
  });
});
