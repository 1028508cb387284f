import { identitiesExist } from "./identity";
import { imageIsSupported } from "./images";
import type { PoolRule, WantedPool } from "./rule";
import { autoScaleIsValid, fixedScaleIsInRange, scaleIsOneKind } from "./scale";
import { startTaskIsComplete, startTaskNamesAreValid } from "./startTask";
import {
  certificatesAreRetired,
  communicationIsSimplified,
  extensionsAreDistinct,
  machineIsVirtual,
  nothingIsEmpty,
  subnetIsAnId,
} from "./values";
import { taskSlotsFit, vmSizeIsSupported } from "./vmSize";

const rules: readonly PoolRule[] = [
  certificatesAreRetired,
  machineIsVirtual,
  nothingIsEmpty,
  imageIsSupported,
  vmSizeIsSupported,
  taskSlotsFit,
  scaleIsOneKind,
  fixedScaleIsInRange,
  autoScaleIsValid,
  extensionsAreDistinct,
  startTaskIsComplete,
  startTaskNamesAreValid,
  subnetIsAnId,
  communicationIsSimplified,
  identitiesExist,
];

/** @throws {Refusal} for the first rule that `pool` breaks */
export function checkPool(pool: WantedPool): void {
  rules.forEach((rule) => {
    rule(pool);
  });
}
