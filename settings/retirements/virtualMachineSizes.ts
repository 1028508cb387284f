import { readVirtualMachineSize } from "../virtualMachineSizes";
import type { Retirement } from "./retirement";

/** Series of VM sizes, by the family in their names and its version. */
interface RetiredSeries extends Retirement {
  readonly families: readonly string[];
  /** 0: names without `_vN`. */
  readonly versions: readonly number[];
}

const listed = '"Retired Azure VM size series"';
const highPerformance = "a size of the HBv4 or HX series";
const general = "a size of version 5 or newer, such as Standard_D2s_v5";

export const retiredSizes: readonly RetiredSeries[] = [
  {
    what: "VM sizes of the H series",
    families: ["H"],
    versions: [0],
    ends: "2022-08-31",
    replacement: highPerformance,
    source: '"H-series retirement"',
  },
  {
    what: "VM sizes of the NC and NV series",
    families: ["NC", "NV"],
    versions: [0],
    ends: "2023-09-06",
    replacement: "a size of the NCasT4_v3 or NVadsA10_v5 series",
    source: '"NC-series retirement", "NV-series retirement"',
  },
  {
    what: "VM sizes of the A and Basic A series",
    families: ["A"],
    versions: [0],
    ends: "2024-08-31",
    replacement: general,
    source: "Azure/Batch#140",
  },
  {
    what: "VM sizes of the HB series",
    families: ["HB"],
    versions: [0],
    ends: "2024-08-31",
    replacement: highPerformance,
    source: '"HB-series retirement"',
  },
  {
    what: "VM sizes of the NCv3 series",
    families: ["NC"],
    versions: [3],
    ends: "2025-09-30",
    replacement: "a size of the NCasT4_v3 or NCads_A100_v4 series",
    source: listed,
  },
  {
    what: "VM sizes of the DCsv2 series",
    families: ["DC"],
    versions: [2],
    ends: "2026-06-30",
    replacement: "a size of the DCadsv5 series",
    source: '"DCsv2-series retirement"',
  },
  {
    what: "VM sizes of the NVv3 and NVv4 series",
    families: ["NV"],
    versions: [3, 4],
    ends: "2026-09-30",
    replacement: "a size of the NVadsA10_v5 series",
    source: listed,
  },
  {
    what: "VM sizes of the HBv2 series",
    families: ["HB"],
    versions: [2],
    ends: "2027-05-31",
    replacement: highPerformance,
    source: '"Migrate your HBv2-series virtual machines"',
  },
  {
    what: "VM sizes of the HC and NP series",
    families: ["HC", "NP"],
    versions: [0],
    ends: "2027-05-31",
    replacement: `${highPerformance}, or of the NC series for accelerators`,
    source: '"Migrate your HC-series virtual machines", "Migrate your NP-series virtual machines"',
  },
  {
    what: "VM sizes of the D, Ds, Dv2 and Dsv2 series",
    families: ["D", "DS"],
    versions: [0, 2],
    ends: "2028-05-01",
    replacement: general,
    source: listed,
  },
  {
    what: "VM sizes of the Ls series",
    families: ["L"],
    versions: [0],
    ends: "2028-05-01",
    replacement: "a size of the Lsv3 series",
    source: listed,
  },
  {
    what: "VM sizes of the Lsv2 series",
    families: ["L"],
    versions: [2],
    ends: "2028-11-15",
    replacement: "a size of the Lsv3 series",
    source: listed,
  },
  {
    what: "VM sizes of the F, Fs and Fsv2 series",
    families: ["F", "FS"],
    versions: [0, 2],
    ends: "2028-11-15",
    replacement: "a size of the Falsv6 or Dsv5 series, such as Standard_D2s_v5",
    source: listed,
  },
  {
    what: "VM sizes of the Av2 and Amv2 series",
    families: ["A"],
    versions: [2],
    ends: "2028-11-15",
    replacement: general,
    source: listed,
  },
  {
    what: "VM sizes of the B series of version 1",
    families: ["B"],
    versions: [0],
    ends: "2028-11-15",
    replacement: "a size of the Bsv2 series, such as Standard_B2s_v2",
    source: listed,
  },
  {
    what: "VM sizes of the G and Gs series",
    families: ["G", "GS"],
    versions: [0],
    ends: "2028-11-15",
    replacement: "a size of the Edsv5 series",
    source: listed,
  },
];

/** @returns undefined where none is announced */
export function retirementOfSize(name: string): Retirement | undefined {
  const size = readVirtualMachineSize(name);
  return (
    size &&
    retiredSizes.find((series) => {
      // NCasT4_v3 is a series of its own beside NCv3.
      const isOther = size.family === "NC" && size.version === 3 && size.features.includes("a");
      return series.families.includes(size.family) && series.versions.includes(size.version) && !isOther;
    })
  );
}
