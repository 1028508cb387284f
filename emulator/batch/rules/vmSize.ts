import { invalidValue, missingProperty } from "../refusals";
import type { PoolRule } from "./rule";

const pattern = /^(standard|basic)_([a-z]+)(\d+)(?:-(\d+))?([a-z]*)(?:_v(\d+))?$/i;

interface Family {
  readonly name: string;
  readonly cores: number;
}

/** `Standard_D2s_v5` → family `dsv5`, 2 cores. @returns undefined where `vmSize` does not read as a size */
export function readVmSize(vmSize: string): Family | undefined {
  const found = pattern.exec(vmSize);
  if (!found) return undefined;
  const [, tier = "", letters = "", cores = "0", constrained, features = "", version] = found;
  const basic = tier.toLowerCase() === "basic" ? "basic-" : "";
  // Old sizes count by steps, DS2_V2 has two cores all the same; the number is close enough for slots and quotas.
  return {
    name: `${basic}${letters}${features}${version === undefined ? "" : `v${version}`}`.toLowerCase(),
    cores: Number(constrained ?? cores),
  };
}

/** First day on which a family is gone from Batch (Azure/Batch#140, comment of 2026-05-15). */
const endsOn: Readonly<Record<string, readonly string[]>> = {
  "2028-05-01": ["d", "ds", "dv2", "dsv2", "ls"],
  "2028-11-15": ["f", "fs", "fsv2", "lsv2", "av2", "amv2", "b", "bs", "bms", "bls"],
};

/** A size that exists and whose family Batch still has. */
export const vmSizeIsSupported: PoolRule = ({ properties: { vmSize }, asOf }) => {
  if (!vmSize) throw missingProperty("properties.vmSize");
  const size = readVmSize(vmSize);
  if (!size || size.cores === 0) {
    throw invalidValue("properties.vmSize", `'${vmSize}' is no VM size, expected a name such as 'Standard_D2s_v5'`);
  }
  const end = Object.entries(endsOn).find(([, families]) => families.includes(size.name))?.[0];
  if (end && asOf >= new Date(end)) {
    throw invalidValue("properties.vmSize", `the family of '${vmSize}' was retired on ${end}`);
  }
};

/** 1 to four a core, 256 at most. */
export const taskSlotsFit: PoolRule = ({ properties: { vmSize = "", taskSlotsPerNode = 1 } }) => {
  const most = Math.min(4 * (readVmSize(vmSize)?.cores ?? 1), 256);
  if (taskSlotsPerNode < 1 || taskSlotsPerNode > most) {
    throw invalidValue(
      "properties.taskSlotsPerNode",
      `${taskSlotsPerNode} slots were asked for, expected 1 to ${most} for '${vmSize}'`,
    );
  }
};
