import { invalidValue, missingProperty } from "../refusals";
import type { PoolRule } from "./rule";

const base = "properties.startTask";
/** The whole start task as JSON, environment and resource files included. */
const mostCharacters = 32_768;

export const startTaskIsComplete: PoolRule = ({ properties: { startTask, userAccounts = [] } }) => {
  if (!startTask) return;
  if (!startTask.commandLine) throw missingProperty(`${base}.commandLine`);
  const characters = JSON.stringify(startTask).length;
  if (characters > mostCharacters) {
    throw invalidValue(base, `it has ${characters} characters as JSON, expected ${mostCharacters} at most`);
  }
  const retries = startTask.maxTaskRetryCount ?? 0;
  if (retries < -1) throw invalidValue(`${base}.maxTaskRetryCount`, `${retries} was given, expected -1 or more`);

  const { userName, autoUser } = startTask.userIdentity ?? {};
  if (userName !== undefined && autoUser) {
    throw invalidValue(`${base}.userIdentity`, "userName and autoUser were both given, expected one of them");
  }
  if (userName !== undefined && !userAccounts.some(({ name }) => name === userName)) {
    throw invalidValue(`${base}.userIdentity.userName`, `there is no account '${userName}' in properties.userAccounts`);
  }
};

export const startTaskNamesAreValid: PoolRule = ({ properties: { startTask } }) => {
  startTask?.environmentSettings?.forEach(({ name }, index) => {
    if (!/^[^=\0]+$/.test(name)) {
      throw invalidValue(`${base}.environmentSettings[${index}].name`, `'${name}' cannot name an environment variable`);
    }
  });
  startTask?.resourceFiles?.forEach((file, index) => {
    const sources = ["httpUrl", "storageContainerUrl", "autoStorageContainerName"].filter((name) => file[name]);
    if (sources.length !== 1) {
      throw invalidValue(
        `${base}.resourceFiles[${index}]`,
        `${sources.length} sources were given, expected one of httpUrl, storageContainerUrl, autoStorageContainerName`,
      );
    }
    if (file.httpUrl && !file.filePath) throw missingProperty(`${base}.resourceFiles[${index}].filePath`);
  });
};
