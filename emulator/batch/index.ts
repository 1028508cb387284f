export { batchService } from "./dataPlane/service";
export { imdsService } from "./imds";
export { Nodes } from "./nodes/nodes";
export { batchTypes } from "./types";
