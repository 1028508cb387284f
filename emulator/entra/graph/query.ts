import { hosts } from "../../server/cloud";
import type { Answer, Exchange } from "../../server/exchange";
import { refusals } from "./refusals";

type Entity = Readonly<Record<string, unknown>>;

const defaultPageSize = 100;
const largestPageSize = 999;

/** A list as Graph answers it: filtered, cut into pages with `@odata.nextLink`, each entity with the selected properties. */
export function listAnswer(exchange: Exchange, version: string, entitySet: string, all: readonly Entity[]): Answer {
  const parameters = exchange.url.searchParams;
  const found = all.filter(readFilter(parameters.get("$filter")));
  const size = readNumber(parameters, "$top", defaultPageSize);
  if (size < 1 || size > largestPageSize) {
    throw refusals.badRequest(
      `Invalid page size specified: '${size}'. Must be between 1 and ${largestPageSize} inclusive.`,
    );
  }
  const start = readNumber(parameters, "$skiptoken", 0);
  const page = found.slice(start, start + size);
  const next = new URL(exchange.url);
  next.searchParams.set("$skiptoken", String(start + size));
  return {
    status: 200,
    body: {
      "@odata.context": context(version, entitySet),
      ...(parameters.get("$count") === "true" ? { "@odata.count": found.length } : {}),
      ...(start + size < found.length ? { "@odata.nextLink": next.href } : {}),
      value: page.map((entity) => select(exchange, entity)),
    },
  };
}

export function entityAnswer(
  exchange: Exchange,
  version: string,
  entitySet: string,
  entity: Entity,
  status = 200,
): Answer {
  return {
    status,
    body: { "@odata.context": `${context(version, entitySet)}/$entity`, ...select(exchange, entity) },
  };
}

/** What `$select` names; the keys of certificates are shown only where it names them. */
function select(exchange: Exchange, entity: Entity): Entity {
  const names = exchange.url.searchParams
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
  const hidden = names?.includes("keyCredentials") ? entity : withoutKeys(entity);
  if (!names) return hidden;
  return Object.fromEntries(
    Object.entries(hidden).filter(([name]) => names.includes(name) || name.startsWith("@odata")),
  );
}

function withoutKeys(entity: Entity): Entity {
  const { keyCredentials } = entity;
  if (!Array.isArray(keyCredentials)) return entity;
  return { ...entity, keyCredentials: keyCredentials.map((credential: Entity) => ({ ...credential, key: null })) };
}

/** The filters that clients of applications use: `property eq 'value'`, joined by `and`, and `startswith(property,'value')`. */
function readFilter(filter: string | null): (entity: Entity) => boolean {
  if (filter === null) return () => true;
  const tests = filter.split(/ and (?=(?:[^']*'[^']*')*[^']*$)/).map((part) => {
    const equal = /^\(?\s*(\w+) eq '((?:[^']|'')*)'\s*\)?$/i.exec(part.trim());
    const starts = /^startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)$/i.exec(part.trim());
    const [, property = "", quoted = ""] = equal ?? starts ?? [];
    if (!property) throw refusals.badRequest(`Invalid filter clause: '${part}'.`);
    const wanted = quoted.replaceAll("''", "'").toLowerCase();
    return (entity: Entity) => {
      const value = typeof entity[property] === "string" ? entity[property].toLowerCase() : undefined;
      return equal ? value === wanted : (value?.startsWith(wanted) ?? false);
    };
  });
  return (entity) => tests.every((test) => test(entity));
}

function readNumber(parameters: URLSearchParams, name: string, absent: number): number {
  const text = parameters.get(name);
  if (text === null) return absent;
  if (!/^\d+$/.test(text)) throw refusals.badRequest(`Invalid value '${text}' for ${name} query option found.`);
  return Number(text);
}

function context(version: string, entitySet: string): string {
  return `https://${hosts.graph}/${version}/$metadata#${entitySet}`;
}
