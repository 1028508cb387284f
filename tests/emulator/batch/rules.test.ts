import "reflect-metadata";
import { evaluateFormula } from "../../../emulator/batch/autoScale/evaluate";
import { FormulaProblem, parseFormula } from "../../../emulator/batch/autoScale/parse";
import { durationSeconds } from "../../../emulator/batch/duration";
import { bundleOf, openBundle, thumbprint } from "../../../emulator/batch/extension/bundle";
import { readPkcs12 } from "../../../emulator/batch/extension/pkcs12";
import { readSettings } from "../../../emulator/batch/extension/settings";
import { splitCommandLine } from "../../../emulator/batch/nodes/commandLine";
import { parseSystemdRun } from "../../../emulator/batch/nodes/pathUnits";
import { supportsEncryptionAtHost } from "../../../emulator/batch/rules/encryptionAtHost";
import { makeCertificate, makePfx } from "./subscription";

describe("autoscale formulas", () => {
  const now = new Date("2026-11-24T12:30:00Z");
  const sizeOf = (formula: string, dedicated = 0) =>
    evaluateFormula(formula, { dedicated, lowPriority: 0 }, now).size.dedicated;

  const problemOf = (formula: string) => {
    try {
      return parseFormula(formula).length;
    } catch (problem) {
      return problem instanceof FormulaProblem ? problem.code : problem;
    }
  };

  it.each<[string, number]>([
    ["$TargetDedicatedNodes = 1 + 2 * 3", 7],
    ["$TargetDedicatedNodes = (1 + 2) * 3;", 9],
    ["$TargetDedicated = 4;", 4],
    ["$TargetDedicatedNodes = -2;", 0],
    ["$TargetDedicatedNodes = 7 / 2;", 4],
    ["$TargetDedicatedNodes = time().weekday == 2 ? 5 : 1;", 5],
    ["$TargetDedicatedNodes = (time().hour >= 8 && time().hour < 18) || 0 ? 3 : 0;", 3],
    ['$TargetDedicatedNodes = time() - time("2026-11-24T12:00:00Z") > 20 * TimeInterval_Minute ? 2 : 1;', 2],
    [
      "$s = $ActiveTasks.GetSamplePercent(TimeInterval_Minute * 5); $TargetDedicatedNodes = $s < 70 ? max(0, $ActiveTasks.GetSample(1)) : 9;",
      0,
    ],
    ["x = [1, 2, 3]; $TargetDedicatedNodes = sum(x, 4) + len(x) + val(x, 1) + avg(x) + percentile(x, 50);", 19],
    ["/* twice */ $TargetDedicatedNodes = $CurrentDedicatedNodes * 2; // done", 6],
    ["$TargetDedicatedNodes = 2; stop(); $TargetDedicatedNodes = 8;", 2],
    ["$TargetDedicatedNodes = !0 + !5;", 1],
  ])("%s → %d", (formula, nodes) => {
    expect(sizeOf(formula, 3)).toBe(nodes);
  });

  it.each([
    "$TargetDedicatedNodes = ",
    "$TargetDedicatedNodes = (1;",
    "$TargetDedicatedNodes = unknown;",
    "$TargetDedicatedNodes = least(1, 2);",
    "$TargetDedicatedNodes = $PendingTasks.Latest();",
    "$CurrentDedicatedNodes = 1;",
    "$TargetNodes = 1;",
    "$TargetDedicatedNodes = 1 $x = 2;",
    "$TargetDedicatedNodes = 1 # two;",
  ])("cannot be read: %s", (formula) => {
    expect(problemOf(formula)).toBe("AutoScalingFormulaSyntaxError");
  });

  it("have at most 100 statements", () => {
    expect(parseFormula("a = 1;".repeat(100))).toHaveLength(100);
    expect(problemOf("a = 1;".repeat(101))).toBe("AutoScalingFormulaTooLong");
  });

  it.each([
    ["$TargetDedicatedNodes = $PendingTasks.GetSample(TimeInterval_Minute * 5, 50);", "InsufficientSampleData"],
    ["$TargetDedicatedNodes = avg($PendingTasks.GetSample(1));", "InsufficientSampleData"],
    ['$TargetDedicatedNodes = "one" + 1;', "AutoScalingFormulaEvaluationError"],
    ["$TargetDedicatedNodes = time() * 2;", "AutoScalingFormulaEvaluationError"],
  ])("leave the size as it is where they fail: %s", (formula, code) => {
    const evaluation = evaluateFormula(formula, { dedicated: 3, lowPriority: 1 }, now);
    expect(evaluation).toMatchObject({ size: { dedicated: 3, lowPriority: 1 }, error: { code } });
  });
});

it.each([
  ["Standard_D2s_v5", true],
  ["STANDARD_D2ADS_V5", true],
  ["Standard_DS2_v2", true],
  ["Standard_B2ms", true],
  ["Standard_NC6s_v3", true],
  ["Standard_D2_v3", false],
  ["Standard_D2_v2", false],
  ["Standard_A2m_v2", false],
  ["Standard_E4_v3", false],
  ["Standard_F2", false],
  ["Standard_NC24r", false],
  ["Basic_A1", false],
  ["large", false],
])("hosts of %s encrypt what they keep: %s", (size, supported) => {
  expect(supportsEncryptionAtHost(size)).toBe(supported);
});

it("reads durations, and only these", () => {
  expect(["PT15M", "P1DT2H", "PT0.5S", "P2D"].map(durationSeconds)).toEqual([900, 93_600, 0.5, 172_800]);
  expect(["15M", "P", "PT", "PT1H30", ""].map(durationSeconds)).toEqual(Array(5).fill(undefined));
});

it("splits command lines as Batch does, without a shell", () => {
  expect(splitCommandLine(`/bin/sh -c 'echo "$A" \\n'  "b \\"c\\" \\d" e\\ f ""`)).toEqual([
    "/bin/sh",
    "-c",
    'echo "$A" \\n',
    'b "c" \\d',
    "e f",
    "",
  ]);
  expect(() => splitCommandLine(`sh -c 'open`)).toThrow("ends inside");
});

it("reads systemd-run's words: what is watched, the command, and only the environment that is passed on", () => {
  const words = [
    "--unit=u",
    "-p",
    "Nice=1",
    "--path-property=PathChanged=/a",
    "--path-property",
    "PathExists=/b",
    "--setenv=A=1",
    "-E",
    "B",
    "--collect",
    "--",
    "run",
    "--me",
  ];
  expect(parseSystemdRun("u", words, { B: "2", C: "3" })).toEqual({
    name: "u",
    watched: ["/a", "/b"],
    command: ["run", "--me"],
    environment: { A: "1", B: "2" },
  });
});

describe("secrets that hold certificates", () => {
  it("are read as PEM in any order", async () => {
    const { certificate, key, pem, thumbprint: expected } = await makeCertificate("CN=x");
    for (const text of [pem, certificate + key]) {
      expect(thumbprint(openBundle(text, "application/x-pem-file", "s").leaf)).toBe(expected);
    }
    const other = await makeCertificate("CN=y");
    expect(() => openBundle(other.certificate + key, "application/x-pem-file", "s")).toThrow("public half");
    expect(() =>
      openBundle("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "application/x-pem-file", "s"),
    ).toThrow("cannot be read");
  });

  it("are read as PKCS#12 without a password, plain or under PBES2", async () => {
    const { pem, key, thumbprint: expected } = await makeCertificate("CN=x");
    for (const options of [[], ["-keypbe", "NONE", "-certpbe", "NONE"]]) {
      const bundle = openBundle(makePfx(pem, "", options), "application/x-pkcs12", "s");
      expect(thumbprint(bundle.leaf)).toBe(expected);
      expect(bundle.key.export({ format: "pem", type: "pkcs8" })).toBe(key);
    }
    expect(() => openBundle("AAAA", "application/x-pkcs12", "s")).toThrow("cannot be read");
  });

  it.each<[string, string[]]>([
    ["PBES2", []],
    ["PBES2, with a MAC of SHA-512", ["-macalg", "sha512"]],
    [
      "three-key DES, as Windows writes it",
      ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    ],
  ])("are read as PKCS#12 with a password, by it alone: %s", async (_, options) => {
    const { pem, thumbprint: expected } = await makeCertificate("CN=x");
    for (const password of ["correct horse", "Pä$$wörd 💥", "x".repeat(100)]) {
      const file = Buffer.from(makePfx(pem, password, options), "base64");
      expect(thumbprint(bundleOf(readPkcs12(file, password)).leaf)).toBe(expected);
      expect(() => readPkcs12(file, `${password}!`)).toThrow("the password does not open it");
      expect(() => readPkcs12(file)).toThrow("the password does not open it");
    }
  });
});

describe("settings of the Key Vault extension", () => {
  const url = "https://vault-1.vault.azure.net/secrets/name";
  const authenticationSettings = { msiEndpoint: "http://169.254.169.254/metadata/identity", msiClientId: "id" };
  const linux = { os: "linux", agent: "batch.node.ubuntu 24.04", imageSku: "server", identities: 1 } as const;
  const windows = {
    os: "windows",
    agent: "batch.node.windows amd64",
    imageSku: "2022-datacenter",
    identities: 1,
  } as const;
  const extension = (type: string, typeHandlerVersion: string, management: object) => ({
    name: "kv",
    publisher: "Microsoft.Azure.KeyVault",
    type,
    typeHandlerVersion,
    settings: { secretsManagementSettings: management, authenticationSettings },
  });

  it("have defaults, and may pin a version on Linux", () => {
    const version = "0123456789abcdef0123456789abcdef";
    const settings = readSettings(
      extension("KeyVaultForLinux", "3.0", { observedCertificates: [{ url }, { url: `${url}/${version}` }] }),
      linux,
    );
    expect(settings).toMatchObject({
      waits: false,
      pollingIntervalSeconds: 3600,
      observed: [{ linkName: "vault-1.name" }, { version }],
    });
  });

  it("are plain URLs before 3.0 on Linux", () => {
    const management = {
      observedCertificates: [url],
      certificateStoreLocation: "/var/lib/keys",
      pollingIntervalInS: "60",
    };
    expect(readSettings(extension("KeyVaultForLinux", "2.0", management), linux).observed[0]?.storeLocation).toBe(
      "/var/lib/keys",
    );
    expect(() =>
      readSettings(extension("KeyVaultForLinux", "2.0", { observedCertificates: [{ url }] }), linux),
    ).toThrow("expected a string");
  });

  it("always wait on Windows 4.0, which polls each 5 to 60 minutes and needs a server of 2022 or later", () => {
    const management = { observedCertificates: [{ url }] };
    expect(readSettings(extension("KeyVaultForWindows", "4.0", management), windows).waits).toBe(true);
    const often = { ...management, pollingIntervalInS: "60" };
    expect(() => readSettings(extension("KeyVaultForWindows", "4.0", often), windows)).toThrow("from 300 to 3600");
    const old = { ...windows, imageSku: "2019-datacenter" };
    expect(() => readSettings(extension("KeyVaultForWindows", "4.0", management), old)).toThrow(
      "does not install on '2019-datacenter'",
    );
    const exportable = {
      observedCertificates: [{ url, keyExportable: true }],
      requireInitialSync: true,
      linkOnRenewal: true,
    };
    expect(readSettings(extension("KeyVaultForWindows", "3.0", exportable), old).waits).toBe(true);
  });
});
