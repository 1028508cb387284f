import type { Answer, Exchange } from "../server/exchange";
import { badParameter } from "./refusals";

const largestPage = 25;

/** One page of a list, as `maxresults` and `$skiptoken` ask, and the link to the next. @throws {Refusal} 400 BadParameter */
export function page(exchange: Exchange, all: readonly unknown[]): Answer {
  const { searchParams } = exchange.url;
  const size = numberOf(searchParams, "maxresults", largestPage);
  if (size < 1 || size > largestPage) {
    throw badParameter(`'maxresults' is ${size}, expected 1 to ${largestPage}.`);
  }
  const start = numberOf(searchParams, "$skiptoken", 0);
  const next = new URL(exchange.url);
  next.searchParams.set("$skiptoken", String(start + size));
  const nextLink = start + size < all.length ? next.href : null;
  return { status: 200, body: { value: all.slice(start, start + size), nextLink } };
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (/^\d+$/.test(text)) return Number(text);
  throw badParameter(`'${name}' is '${text}', expected a number.`);
}
