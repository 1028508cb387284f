import { z } from "zod";

/** Letters and generations of a family that Azure retires, and the day it does. `0`: names without `_vN`. */
interface RetiredFamily {
  readonly letters: RegExp;
  readonly generations: readonly number[];
  readonly ends: string;
}

// Source: Azure's retirement announcements for VM sizes (D, Ds, Dv2, Dsv2, Ls; F, Fs, Fsv2, Lsv2, Av2, B).
const retiredFamilies: readonly RetiredFamily[] = [
  { letters: /^DS?$/, generations: [0, 2], ends: "2028-05-01" },
  { letters: /^L$/, generations: [0], ends: "2028-05-01" },
  { letters: /^L$/, generations: [2], ends: "2028-11-15" },
  { letters: /^FS?$/, generations: [0, 2], ends: "2028-11-15" },
  { letters: /^A$/, generations: [0, 2], ends: "2028-11-15" },
  { letters: /^B$/, generations: [0], ends: "2028-11-15" },
];

const sizePattern = /^Standard_([A-Z]+)\d+(?:-\d+)?[a-z]*(?:_(?!v\d)[A-Z0-9]+)?(?:_v(\d+))?$/i;

/**
 * The day on which Azure retires a size's family.
 * @returns undefined where none is announced
 */
export function retirementOf(size: string): string | undefined {
  const [, letters = "", generation = "0"] = sizePattern.exec(size) ?? [];
  return retiredFamilies.find(
    (family) => family.letters.test(letters.toUpperCase()) && family.generations.includes(Number(generation)),
  )?.ends;
}

export const virtualMachineSize = z.custom<string>(
  (value) => typeof value === "string" && sizePattern.test(value) && retirementOf(value) === undefined,
  {
    error: ({ input }) => {
      const ends = typeof input === "string" ? retirementOf(input) : undefined;
      return `a VM size such as Standard_D2s_v5${ends === undefined ? "" : ` (Azure retires this family on ${ends})`}`;
    },
  },
);
