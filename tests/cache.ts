import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const cache = join(__dirname, "../.local/cache/tests");

/**
 * A folder that is made once for all test files and runs.
 * @param make gets an empty folder, and returns the one to keep, in it
 */
export async function cached(key: string, make: (folder: string) => Promise<string>): Promise<string> {
  const target = join(cache, key);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "making-"));
  try {
    renameSync(await make(folder), target);
  } catch (error) {
    // Another test file may have been quicker: what it made is as good.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}

/** A file's text that is made once for all test files and runs. */
export function cachedText(name: string, make: () => string): string {
  const target = join(cache, name);
  if (!existsSync(target)) {
    mkdirSync(cache, { recursive: true });
    const whole = `${target}.${process.pid}`;
    writeFileSync(whole, make(), { mode: 0o600 });
    try {
      linkSync(whole, target);
    } catch (error) {
      // Another worker was quicker: its text is everybody's.
      if (!existsSync(target)) throw error;
    } finally {
      rmSync(whole);
    }
  }
  return readFileSync(target, "utf8");
}
