import { virtualMachine } from "../model";
import { invalidValue } from "../refusals";
import type { PoolRule } from "./rule";

const base = "properties.upgradePolicy";
const machine = "properties.deploymentConfiguration.virtualMachineConfiguration";

/** azure-docs, batch-upgrade-policy: its requirements; the codes are not published. */
export const automaticUpgradeIsPossible: PoolRule = ({ properties, apiVersion }) => {
  if (properties.upgradePolicy && apiVersion < "2024-02-01") {
    throw invalidValue(base, `api-version ${apiVersion} does not have it, 2024-02-01 does`);
  }
  if (!properties.upgradePolicy?.automaticOSUpgradePolicy?.enableAutomaticOSUpgrade) return;
  const { imageReference, windowsConfiguration } = virtualMachine(properties);
  const { id = "", version = "latest" } = imageReference ?? {};
  const found = /\/versions\/([^/]+)$/i.exec(id)?.[1] ?? version;
  if (found.toLowerCase() !== "latest") {
    throw invalidValue(
      `${machine}.imageReference.version`,
      `'${found}' was given, expected 'latest' for automatic OS upgrades`,
    );
  }
  if (windowsConfiguration?.enableAutomaticUpdates) {
    throw invalidValue(
      `${machine}.windowsConfiguration.enableAutomaticUpdates`,
      "it is true, expected false beside automatic OS upgrades",
    );
  }
};

/** What the API's reference says of the percentages and of zones. */
export const rollingUpgradeIsConsistent: PoolRule = ({ properties }) => {
  const rolling = properties.upgradePolicy?.rollingUpgradePolicy;
  if (!rolling) return;
  const { maxBatchInstancePercent: batch, maxUnhealthyInstancePercent: unhealthy, enableCrossZoneUpgrade } = rolling;
  if (batch !== undefined && unhealthy !== undefined && batch > unhealthy) {
    throw invalidValue(
      `${base}.rollingUpgradePolicy.maxBatchInstancePercent`,
      `${batch} was given, expected ${unhealthy} at most, as maxUnhealthyInstancePercent`,
    );
  }
  const placement = virtualMachine(properties).nodePlacementConfiguration?.policy ?? "Regional";
  if (enableCrossZoneUpgrade !== undefined && placement !== "Zonal") {
    throw invalidValue(
      `${base}.rollingUpgradePolicy.enableCrossZoneUpgrade`,
      `it was given with ${placement} node placement, expected nothing or the policy Zonal`,
    );
  }
};
