import { z } from "zod";
import { poolName, subnetId } from "./azureNames";
import { startTask } from "./startTask";
import { anyText, choice, flag, group, present, text, wholeNumber } from "./values";
import { virtualMachineSize } from "./virtualMachineSizes";

const maximumFormulaBytes = 8 * 1024;

const formula = z.custom<string>(
  (value) =>
    typeof value === "string" &&
    /\$Target(Dedicated|LowPriority)Nodes\s*=/.test(value) &&
    Buffer.byteLength(value) <= maximumFormulaBytes,
  { error: "an autoscale formula of at most 8 KB that sets $TargetDedicatedNodes or $TargetLowPriorityNodes" },
);

const scaleKinds = ["fixed", "pendingTasks", "formula"];

const scale = group({
  fixed: group({
    dedicated: wholeNumber(0),
    /** Nodes that Azure may take back at any time. */
    spot: wholeNumber(0).default(0),
  }).optional(),
  pendingTasks: group({ min: wholeNumber(0).default(0), max: wholeNumber(1) })
    .refine(({ min, max }) => min <= max, { error: "min not above max" })
    .optional(),
  formula: formula.optional(),
}).refine((value) => present(value, scaleKinds).length === 1, { error: `exactly one of ${scaleKinds.join(", ")}` });

/** A marketplace image other than the program's own choice, for both the extension and Batch must know it. */
const image = group({
  publisher: anyText(128),
  offer: anyText(128),
  sku: anyText(128),
  version: anyText(64).default("latest"),
  nodeAgentSkuId: text(
    /^batch\.node\.(?!centos|debian|mariner|el |windows$|ubuntu (16|18|20)\.04)[a-z]+ \S+$/,
    "a node agent of an image that Batch still supports, such as batch.node.ubuntu 24.04 or batch.node.windows amd64",
  ),
  /** Only generation 2 images can be started trusted. */
  trustedLaunch: flag.default(true),
});

const pool = group({
  name: poolName,
  os: choice(["linux", "windows"]),
  vmSize: virtualMachineSize.optional(),
  image: image.optional(),
  scale,
  taskSlotsPerNode: wholeNumber(1, 256).optional(),
  subnetId: subnetId.optional(),
  startTask: startTask.prefault({}),
}).refine(({ os, image }) => !image || image.nodeAgentSkuId.startsWith("batch.node.windows") === (os === "windows"), {
  path: ["image", "nodeAgentSkuId"],
  error: "a node agent of the pool's os",
});

export const pools = z
  .array(pool, { error: "a list of pools" })
  .min(1, { error: "at least one pool" })
  .prefault([{ name: "linux", os: "linux", scale: { fixed: { dedicated: 1 } } }]);
