import { virtualMachine } from "../model";
import { invalidValue } from "../refusals";
import type { PoolRule } from "./rule";
import { readVmSize } from "./vmSize";

/**
 * Families without it: azure-docs lists the others of their time as supported and says of later ones that all are
 * (include virtual-machines-disks-encryption-at-host-suported-sizes: Dv3, Dv2, Av2, Ev3, NC, NV, H, F, A, D, L, G).
 */
const familiesWithout = new Set([
  ...["d", "dv2", "dv3", "ev3", "eiv3", "a", "basic-a", "av2", "amv2", "f", "l", "g"],
  ...["nc", "ncr", "nv", "h", "hm", "hr", "hmr"],
]);

/** Whether hosts of that size encrypt what they keep. @param vmSize `Standard_D2s_v5` */
export function supportsEncryptionAtHost(vmSize: string): boolean {
  const family = readVmSize(vmSize)?.name;
  return family !== undefined && !familiesWithout.has(family);
}

/** Azure documents the refusal, not its code. */
export const encryptionAtHostIsPossible: PoolRule = ({ properties }) => {
  const { vmSize = "" } = properties;
  if (!virtualMachine(properties).securityProfile?.encryptionAtHost || supportsEncryptionAtHost(vmSize)) return;
  throw invalidValue(
    "properties.deploymentConfiguration.virtualMachineConfiguration.securityProfile.encryptionAtHost",
    `'${vmSize}' does not support it, expected a size such as 'Standard_D2s_v5', or false`,
  );
};
