import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Answer, Exchange } from "../../server/exchange";
import { list, notFound } from "./answers";

/** The file `path` of `folder`; of an answer to HEAD only the headers are sent. @throws {BatchRefusal} 404 where there is none inside the folder */
export function answerFile(folder: string, path: string): Answer {
  const file = inside(folder, path);
  if (file === undefined) throw notFound("FileNotFound");
  const { mtime } = statSync(file);
  const headers = {
    "content-type": "application/octet-stream",
    "last-modified": mtime.toUTCString(),
    "ocp-creation-time": mtime.toUTCString(),
    "ocp-batch-file-isdirectory": "false",
  };
  return { status: 200, headers, body: readFileSync(file) };
}

/**
 * A certificate that Batch put there, with its key or password. Whether Azure hands these out is not documented; keys leave
 * a node of the emulator for nobody.
 */
const certificate = /(^|\/)certs\/sha1-[0-9a-f]{40}\.[a-z.]+$/;

/** Files and directories of `folder`; those below too with `recursive=true`. */
export function answerFiles(exchange: Exchange, folder: string): Answer {
  const isRecursive = exchange.url.searchParams.get("recursive") === "true";
  const entries = readdirSync(folder, { recursive: isRecursive, withFileTypes: true });
  return list(
    exchange,
    "files",
    entries.flatMap((entry) => {
      const name = relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/");
      const url = `https://${exchange.host}${exchange.url.pathname}/${name}`;
      if (certificate.test(name)) return [];
      return [{ name, url, isDirectory: entry.isDirectory(), ...propertiesOf(entry) }];
    }),
  );
}

function propertiesOf(entry: Dirent): object {
  const found = entry.isFile() ? statSync(join(entry.parentPath, entry.name)) : undefined;
  if (!found) return {};
  const time = found.mtime.toISOString();
  return { properties: { lastModified: time, creationTime: time, contentLength: String(found.size) } };
}

/** Links are followed before it is decided, so that none leads out of the folder. */
function inside(folder: string, path: string): string | undefined {
  try {
    const root = realpathSync(folder);
    const file = realpathSync(join(root, path));
    const isInside = file.startsWith(`${root}${sep}`) && !certificate.test(file);
    return isInside && statSync(file).isFile() ? file : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
