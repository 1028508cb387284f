import { z } from "zod";
import { poolName, subnetId } from "./azureNames";
import { documentation } from "./documentation";
import { image, isWindows } from "./images";
import { type Breach, rule } from "./rules";
import { scale } from "./scale";
import { startTask } from "./startTask";
import { choice, flag, group, wholeNumber } from "./values";
import {
  canEncryptAtHost,
  canLaunchTrusted,
  defaultVirtualMachineSize,
  maximumTaskSlots,
  mostTaskSlots,
  virtualMachineSize,
} from "./virtualMachineSizes";

const sized = `such as ${defaultVirtualMachineSize}`;

const pool = group({
  name: poolName.register(documentation, {
    what: "Name of the pool in this configuration and the stack's outputs. In Azure it has a random end, so that its replacement can stand beside it.",
  }),
  os: choice(["linux", "windows"]).register(documentation, { what: "What its nodes run." }),
  vmSize: virtualMachineSize.default(defaultVirtualMachineSize).register(documentation, {
    what: "Size of its machines. What Azure retires is refused, what it is going to retire gives a warning.",
  }),
  image: image.optional().register(documentation, {
    what: "A marketplace image for its machines.",
    default: "the newest image that both Batch and the Key Vault extension support",
  }),
  scale: scale.register(documentation, {
    what: "How many nodes it has: exactly one of `fixed`, `pendingTasks`, `formula`.",
  }),
  taskSlotsPerNode: wholeNumber(1, maximumTaskSlots).optional().register(documentation, {
    what: "Tasks that may run on a node at the same time: at most four a core.",
    default: "1",
  }),
  subnetId: subnetId.optional().register(documentation, {
    what: "Subnet of its nodes, which must let them reach Batch, Entra and the vaults, and must be in the account's region.",
    default: "a network of Batch's own",
  }),
  encryptionAtHost: flag.optional().register(documentation, {
    what: "Whether the machines' hosts encrypt their disks and caches. All but old sizes can; machines in your own subscription cannot yet.",
    default: "`true` where the size can and `batch.poolAllocationMode` is `BatchService`",
  }),
  startTask: startTask.prefault({}).register(documentation, {
    what: "What the program's start task does besides, on every node before its first task.",
  }),
}).check(
  rule(["os", "image.nodeAgentSkuId"], ({ os, image }) =>
    image === undefined || isWindows(image.nodeAgentSkuId) === (os === "windows")
      ? []
      : [{ path: ["image", "nodeAgentSkuId"], expected: `a node agent for the pool's os, which is ${os}` }],
  ),
  rule(["vmSize", "taskSlotsPerNode"], ({ vmSize, taskSlotsPerNode = 1 }) =>
    taskSlotsPerNode <= mostTaskSlots(vmSize)
      ? []
      : [
          {
            path: ["taskSlotsPerNode"],
            expected: `a whole number from 1 to ${mostTaskSlots(vmSize)}: Batch runs at most four tasks a core, and vmSize is ${vmSize}`,
          },
        ],
  ),
  rule(["vmSize", "encryptionAtHost"], ({ vmSize, encryptionAtHost }) =>
    encryptionAtHost === true && !canEncryptAtHost(vmSize)
      ? [{ path: ["encryptionAtHost"], expected: `false for ${vmSize}, or a newer vmSize, ${sized}` }]
      : [],
  ),
  rule(["vmSize", "image"], ({ vmSize, image }): Breach[] =>
    (image?.trustedLaunch ?? true) && !canLaunchTrusted(vmSize)
      ? [
          {
            path: ["vmSize"],
            expected: `a size that can be launched trusted, ${sized}, or an image with trustedLaunch: false`,
          },
        ]
      : [],
  ),
);

export const pools = z
  .array(pool, { error: "a list of pools, each as - name: linux with its os and scale" })
  // Zod's own `min` would look at the `length` of a mapping too.
  .refine((list) => list.length > 0, { error: "at least one pool" })
  .prefault([{ name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } }]);
