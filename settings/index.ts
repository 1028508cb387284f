export { longestPollingMinutes } from "./polling";
export { namespace, rawConfigOf, type RawConfig } from "./rawConfig";
export { ConfigurationError, readSettings, type ReadOptions } from "./read";
export type { PoolSettings, Settings } from "./schema";
export { stackSettings } from "./stackSettings";
export { settingsWarnings } from "./warnings";
