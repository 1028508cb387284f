import { randomUUID } from "node:crypto";
import type { Answer, Exchange } from "../../server/exchange";
import { Refusal } from "../../server/exchange";
import { BatchRefusal } from "../refusals";

const contentType = "application/json;odata=minimalmetadata";

/** @param kind what the metadata calls it: `nodes/@Element` */
export function element(exchange: Exchange, kind: string, body: object): Answer {
  return {
    status: 200,
    headers: { "content-type": contentType, ...versionHeaders(body) },
    body: { "odata.metadata": metadata(exchange, kind), ...body },
  };
}

export function list(exchange: Exchange, kind: string, value: readonly object[]): Answer {
  const wanted = filterState(exchange);
  const shown = wanted === undefined ? value : value.filter((item) => "state" in item && item.state === wanted);
  return element(exchange, kind, { value: shown });
}

/** Something was made; its URL is all that Batch says of it. */
export function created(exchange: Exchange, id: string): Answer {
  const url = `https://${exchange.host}${exchange.url.pathname}/${id}`;
  return { status: 201, headers: { location: url, dataserviceid: url } };
}

/** Something was changed: its new version and its URL are told, and nothing else. */
export function changed(exchange: Exchange, body: object): Answer {
  return {
    status: 200,
    headers: { ...versionHeaders(body), dataserviceid: `https://${exchange.host}${exchange.url.pathname}` },
  };
}

function versionHeaders(body: { readonly eTag?: string; readonly lastModified?: unknown }): Record<string, string> {
  const { eTag, lastModified } = body;
  if (eTag === undefined || typeof lastModified !== "string") return {};
  return { etag: eTag, "last-modified": new Date(lastModified).toUTCString() };
}

/** How Batch writes a refusal. */
export function refused(exchange: Exchange, problem: Refusal): Answer {
  return {
    status: problem.status,
    headers: { "content-type": contentType, ...problem.headers },
    body: {
      "odata.metadata": metadata(exchange, "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"),
      code: problem.code,
      message: {
        lang: "en-US",
        value: `${problem.message}\nRequestId:${randomUUID()}`,
      },
      ...(problem instanceof BatchRefusal && problem.values.length > 0 ? { values: problem.values } : {}),
    },
  };
}

function metadata(exchange: Exchange, kind: string): string {
  return `https://${exchange.host}/$metadata#${kind}`;
}

/** The only filter there is: `state eq 'idle'`. @throws {BatchRefusal} for others, which would be left out silently */
function filterState(exchange: Exchange): string | undefined {
  const filter = exchange.url.searchParams.get("$filter");
  if (filter === null) return undefined;
  const state = /^\s*state eq '(\w+)'\s*$/.exec(filter)?.[1];
  if (state !== undefined) return state;
  throw new BatchRefusal(
    400,
    "InvalidQueryParameterValue",
    "Value for one of the query parameters specified in the request URI is invalid.",
    [
      { key: "QueryParameterName", value: "$filter" },
      { key: "QueryParameterValue", value: filter },
      { key: "Reason", value: "the emulator filters by \"state eq '…'\" only" },
    ],
  );
}

export function notFound(
  code: "PoolNotFound" | "NodeNotFound" | "JobNotFound" | "TaskNotFound" | "FileNotFound" | "ExtensionNotFound",
): Refusal {
  const what = code.replace("NotFound", "").toLowerCase();
  return new BatchRefusal(404, code, `The specified ${what} does not exist.`);
}
