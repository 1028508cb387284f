import { text } from "./values";

/** What a size's name says. Source: "Azure virtual machine sizes naming conventions". */
export interface VirtualMachineSize {
  /** `D` of Standard_D2ads_v5, `DS` of Standard_DS2_v2. */
  readonly family: string;
  /** `ads` of Standard_D2ads_v5. */
  readonly features: string;
  /** 5 of Standard_D2ads_v5; 0 for names that have none. */
  readonly version: number;
  /** Processor cores; undefined where the number in the name counts something else. */
  readonly cores?: number;
}

const pattern = /^(?:Standard|Basic)_([A-Z]+)(\d+)(?:-(\d+))?([a-z]*)(?:_(?!v\d*$)[A-Z0-9]+)?(?:_v(\d+))?$/i;

export const virtualMachineSize = text(pattern, "a VM size such as Standard_D2s_v5");

/** Also the size of a pool that names none. */
export const defaultVirtualMachineSize = "Standard_D2s_v5";

/** @returns undefined where `name` does not read as a size */
export function readVirtualMachineSize(name: string): VirtualMachineSize | undefined {
  const match = pattern.exec(name);
  if (!match) return undefined;
  const [, letters = "", number, constrained, features = "", digits = "0"] = match;
  const [family, version] = [letters.toUpperCase(), Number(digits)];
  const size = { family, features: features.toLowerCase(), version };
  return countsOtherThings(family, version) ? size : { ...size, cores: Number(constrained ?? number) };
}

/** These are numbered in the order of their size. */
function countsOtherThings(family: string, version: number): boolean {
  return (["D", "DS"].includes(family) && version <= 2) || (family === "A" && version === 0) || /^GS?$/.test(family);
}

/** Without the letter that stands for premium storage, which old machines have in the name of the family. */
function isPlain({ family, features }: VirtualMachineSize): boolean {
  return !features.includes("s") && !/^(?:D|G)S$/.test(family);
}

/**
 * Whether a size's host can encrypt its disks and caches: all can but for old hardware. Unknown sizes are taken for new.
 * Sources: "Server-side encryption of Azure Disk Storage", supported VM sizes; the capability EncryptionAtHostSupported of
 * the sizes that Batch has, as listed by microsoft/ga4gh-tes.
 */
export function canEncryptAtHost(name: string): boolean {
  const size = readVirtualMachineSize(name);
  if (!size) return true;
  const { family, version } = size;
  const isOld =
    (family === "D" && version <= 3) ||
    (family === "E" && version <= 3) ||
    (/^(?:F|L|G|NC|NV|H)$/.test(family) && version === 0);
  return family !== "A" && family !== "NP" && !(isOld && isPlain(size));
}

/**
 * Whether a size starts generation 2 images with secure boot and a virtual TPM. Unknown sizes are taken for new.
 * Source: "Trusted Launch for Azure virtual machines", virtual machine sizes.
 */
export function canLaunchTrusted(name: string): boolean {
  const size = readVirtualMachineSize(name);
  if (!size) return true;
  // Confidential machines have a security type of their own; M is not supported yet.
  return canEncryptAtHost(name) && !["DC", "EC", "M"].includes(size.family);
}

/**
 * Tasks that may run on a node at the same time.
 * Source: "Run tasks concurrently to maximize usage of Batch compute nodes".
 */
export function mostTaskSlots(name: string): number {
  const cores = readVirtualMachineSize(name)?.cores;
  return cores === undefined ? maximumTaskSlots : Math.min(4 * cores, maximumTaskSlots);
}

export const maximumTaskSlots = 256;
