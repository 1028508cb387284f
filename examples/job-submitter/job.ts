import { createHash } from "node:crypto";
import type { BatchServiceModels } from "@azure/batch";
import type { StackContract } from "../../outputs";

/** Where and what a job reads. */
export interface DigestOrder {
  readonly jobId: string;
  /** The pool's name in the main stack's configuration. */
  readonly pool: string;
  readonly secretName: string;
  /** Random, new for each job. */
  readonly nonce: string;
}

export const taskId = "digest";

/**
 * A job for one task. Batch ends it after half an hour, whatever happens: so nobody waits longer, in front of an empty pool too.
 * @throws {Error} where the stack has no such pool
 */
export function digestJob(stack: StackContract, { jobId, pool }: DigestOrder): BatchServiceModels.JobAddParameter {
  return {
    id: jobId,
    poolInfo: { poolId: poolOf(stack, pool).name },
    commonEnvironmentSettings: settings(stack.taskEnvironment[pool] ?? {}),
    constraints: { maxWallClockTime: "PT30M" },
    // Ended with its tasks only once it has them: before that, all of none are complete.
    onAllTasksComplete: "noaction",
  };
}

/** What is said of the job when its tasks are there. */
export const jobWithAllTasks: BatchServiceModels.JobPatchParameter = { onAllTasksComplete: "terminatejob" };

/** @throws {Error} where the stack has no such pool or secret */
export function digestTask(
  stack: StackContract,
  { pool, secretName, nonce }: DigestOrder,
): BatchServiceModels.TaskAddParameter {
  const { secretNames } = stack.vault;
  if (!secretNames.includes(secretName)) {
    throw new Error(`--secret: found ${secretName}, expected one of ${secretNames.join(", ")}`);
  }
  return {
    id: taskId,
    commandLine: commandLines[poolOf(stack, pool).os],
    environmentSettings: settings({ SECRET_NAME: secretName, DIGEST_NONCE: nonce }),
    constraints: { maxWallClockTime: "PT10M", maxTaskRetryCount: 1, retentionTime: "P1D" },
  };
}

/**
 * What the task prints of a secret. Whoever knows the value can tell that the task read it, and nobody can look the digest up in a
 * table or compare two jobs by it; a value short enough to be guessed would still be given away.
 */
export function digestOf(nonce: string, value: string): string {
  return createHash("sha256")
    .update(nonce + value)
    .digest("hex");
}

/** The task's command line. No program gets the value as an argument, which others on the node could see. */
export const commandLines = {
  linux:
    "/bin/bash --norc -c 'set -euo pipefail; " +
    'digest=$({ printf %s "$DIGEST_NONCE"; "$BATCH_KEYVAULT_HOME/bin/get-secret" "$SECRET_NAME"; } | sha256sum); ' +
    'echo "$AZ_BATCH_NODE_ID read $SECRET_NAME: nonce $DIGEST_NONCE, SHA-256 ${digest%% *}"\'',
  // get-secret.ps1 ends its process, so it has one of its own.
  windows:
    'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "' +
    "$ErrorActionPreference = 'Stop'; [Console]::OutputEncoding = New-Object Text.UTF8Encoding; " +
    "$command = Join-Path $env:BATCH_KEYVAULT_HOME 'bin\\get-secret.ps1'; " +
    "$value = (powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $command $env:SECRET_NAME) -join [char] 10; " +
    "if ($LASTEXITCODE) { exit $LASTEXITCODE }; " +
    "$bytes = [Text.Encoding]::UTF8.GetBytes($env:DIGEST_NONCE + $value); " +
    "$digest = -join ([Security.Cryptography.SHA256]::Create().ComputeHash($bytes) | ForEach-Object { $_.ToString('x2') }); " +
    "Write-Output ('{0} read {1}: nonce {2}, SHA-256 {3}' -f $env:AZ_BATCH_NODE_ID, $env:SECRET_NAME, $env:DIGEST_NONCE, $digest)\"",
} as const;

function poolOf({ pools }: StackContract, pool: string): StackContract["pools"][string] {
  const found = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
  if (found) return found;
  throw new Error(`--pool: found ${pool}, expected one of ${Object.keys(pools).join(", ")}`);
}

function settings(environment: Readonly<Record<string, string>>): BatchServiceModels.EnvironmentSetting[] {
  return Object.entries(environment).map(([name, value]) => ({ name, value }));
}
