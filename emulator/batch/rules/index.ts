import { certificatesAreKept, certificatesExist } from "./certificates";
import { encryptionAtHostIsPossible } from "./encryptionAtHost";
import { identitiesExist } from "./identity";
import { imageIsSupported } from "./images";
import type { PoolRule, WantedPool } from "./rule";
import { autoScaleIsValid, fixedScaleIsInRange, scaleIsOneKind } from "./scale";
import { startTaskIsComplete, startTaskNamesAreValid } from "./startTask";
import { automaticUpgradeIsPossible, rollingUpgradeIsConsistent } from "./upgradePolicy";
import {
  communicationIsSimplified,
  extensionsAreDistinct,
  machineIsVirtual,
  nothingIsEmpty,
  subnetIsAnId,
} from "./values";
import { taskSlotsFit, vmSizeIsSupported } from "./vmSize";

const rules: readonly PoolRule[] = [
  certificatesAreKept,
  machineIsVirtual,
  nothingIsEmpty,
  imageIsSupported,
  vmSizeIsSupported,
  encryptionAtHostIsPossible,
  taskSlotsFit,
  scaleIsOneKind,
  fixedScaleIsInRange,
  autoScaleIsValid,
  extensionsAreDistinct,
  startTaskIsComplete,
  startTaskNamesAreValid,
  subnetIsAnId,
  communicationIsSimplified,
  automaticUpgradeIsPossible,
  rollingUpgradeIsConsistent,
  certificatesExist,
  identitiesExist,
];

/** @throws {Refusal} for the first rule that `pool` breaks */
export function checkPool(pool: WantedPool): void {
  rules.forEach((rule) => {
    rule(pool);
  });
}
