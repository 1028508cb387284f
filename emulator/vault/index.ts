export { vaultService } from "./dataPlane";
export { vaultTypes } from "./types";
