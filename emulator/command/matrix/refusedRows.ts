import { randomUUID } from "node:crypto";
import { preview, up } from "../stackCommands";
import { type Combination, type Configuration, configurationOf } from "./combinations";
import type { Runner } from "./runner";
import { VaultKeeper } from "./vaultKeeper";

/** A combination that must be refused. */
export interface RefusedRow {
  readonly combination: string;
  /** Who refuses it: the settings, before anything is started; the program, which looks first; Azure. */
  readonly by: "settings" | "program" | "Azure";
  /** The line that says why; null where it was not refused. */
  readonly reason: string | null;
  /** The last line that the command said. */
  readonly said: string;
}

interface RefusedCase extends Omit<RefusedRow, "reason" | "said"> {
  readonly command: typeof preview;
  readonly config: Configuration;
  readonly expected: RegExp;
}

const base: Combination = {
  way: "certificate by keyVaultExtension",
  permissionModel: "accessPolicy",
  vault: "existing, other group",
};

/** Tries each on Azure of today. */
export async function refusedRows(runner: Runner): Promise<RefusedRow[]> {
  const keeper = new VaultKeeper((await runner.azure(undefined)).connection);
  const rows: RefusedRow[] = [];
  for (const [index, refused] of (await cases(keeper)).entries()) {
    const { combination, by, command, config, expected } = refused;
    const { json, text } = await runner.run(command, { stack: `refused-${index}`, config, asOf: undefined });
    const line = text.split("\n").find((each) => expected.test(each));
    const said = text.trim().split("\n").at(-1) ?? "";
    rows.push({ combination, by, reason: json || line === undefined ? null : line.trim(), said });
  }
  return rows;
}

async function cases(keeper: VaultKeeper): Promise<RefusedCase[]> {
  const policies = await keeper.makeVault(base);
  const roles = await keeper.makeVault({ ...base, permissionModel: "rbac" });
  const foreign = await keeper.makeVault(base, randomUUID());
  const created = configurationOf(base);
  return [
    {
      ...{ combination: "managedIdentity with delivery batchAccount", by: "settings", command: preview },
      config: {
        ...created,
        "batch-keyvault:access": "managedIdentity",
        "batch-keyvault:certificate": { delivery: "batchAccount" },
      },
      expected: /certificate\.delivery: found "batchAccount"/,
    },
    {
      ...{ combination: "rbac with poolAllocationMode UserSubscription", by: "settings", command: preview },
      config: {
        ...configurationOf({ ...base, permissionModel: "rbac" }),
        "batch-keyvault:batch": { poolAllocationMode: "UserSubscription" },
      },
      expected: /vault\.permissionModel: found "rbac"/,
    },
    {
      ...{ combination: "accessPolicy on an existing vault that takes roles", by: "program", command: preview },
      config: configurationOf(base, roles),
      expected: /permissionModel: found rbac, expected accessPolicy/,
    },
    {
      ...{ combination: "rbac on an existing vault that takes access policies", by: "program", command: preview },
      config: configurationOf({ ...base, permissionModel: "rbac" }, policies),
      expected: /permissionModel: found accessPolicy, expected rbac/,
    },
    {
      ...{ combination: "an existing vault of another tenant", by: "program", command: preview },
      config: configurationOf(base, foreign),
      expected: /tenant: found [0-9a-f-]{36}, expected [0-9a-f-]{36}/,
    },
    {
      ...{ combination: "delivery batchAccount on Azure of today", by: "Azure", command: up },
      config: configurationOf({ ...base, way: "certificate by batchAccount" }),
      expected: /^Azure retired .*CertificateRetired/,
    },
  ];
}
