import { clearInterval, setInterval } from "node:timers";

/** What is under way, by label: the time it began, in milliseconds since the epoch. */
const underWay = new Map();
let timer;

/**
 * Tells on stderr that something slow is under way: one living line on a terminal, a line now and then elsewhere.
 * @template T
 * @param {string} label what is being done, for example "installing packages"
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(label, work) {
  underWay.set(label, Date.now());
  tell();
  timer ??= setInterval(tell, process.stderr.isTTY ? 1_000 : 20_000);
  try {
    return await work;
  } finally {
    underWay.delete(label);
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    if (underWay.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}

function tell() {
  const line = `… ${[...underWay].map(([label, start]) => `${label} (${elapsed(start)})`).join(" · ")}`;
  process.stderr.write(
    process.stderr.isTTY ? `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${line}\n`,
  );
}

function elapsed(start) {
  const seconds = Math.round((Date.now() - start) / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
