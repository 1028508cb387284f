export { namespace, rawConfigOf, type RawConfig } from "./rawConfig";
export { ConfigurationError, readSettings } from "./read";
export type { PoolSettings, Settings } from "./schema";
export { stackSettings } from "./stackSettings";
