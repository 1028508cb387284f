import { setTimeout as sleep } from "node:timers/promises";
import { audiences, type AzureClient, type AzureResponse } from "../azure/client";
import { AzureFailure } from "../azure/failure";
import { isProperties, textOf, type Properties } from "../wire/values";
import { valueAt } from "./shape";

const ended = ["succeeded", "failed", "canceled"];

/** An operation that Resource Manager took on and that failed later: the resource may be there. */
export class OperationFailure extends Error {}

/** Requests to Resource Manager by resource id, waiting for what it does in the background. */
export class Arm {
  /** @param subscriptionId in which ids are built */
  constructor(
    readonly client: AzureClient,
    readonly subscriptionId: string,
  ) {}

  /** @returns undefined where there is no such resource */
  async get(id: string, apiVersion: string): Promise<Properties | undefined> {
    const { status, body } = await this.client.send("resourceManager", "GET", urlOf(id, apiVersion), undefined, [404]);
    return status === 404 || Object.keys(body).length === 0 ? undefined : body;
  }

  /** @throws {AzureFailure} also where there is no such resource */
  async require(id: string, apiVersion: string): Promise<Properties> {
    return (await this.client.send("resourceManager", "GET", urlOf(id, apiVersion))).body;
  }

  /** @throws {AzureFailure} where it is refused. @throws {OperationFailure} where it fails after it was accepted */
  async put(id: string, apiVersion: string, body: Properties): Promise<Properties> {
    const url = urlOf(id, apiVersion);
    const response = await this.client.send("resourceManager", "PUT", url, body);
    return this.#settle(response, url);
  }

  async delete(id: string, apiVersion: string): Promise<void> {
    const response = await this.client.send("resourceManager", "DELETE", urlOf(id, apiVersion), undefined, [404]);
    if (response.status !== 404) await this.#settle(response, undefined);
  }

  /** Follows a long-running operation to its end, in the order of preference of Azure's SDKs. */
  async #settle(response: AzureResponse, resourceUrl: string | undefined): Promise<Properties> {
    const statusUrl = response.header("azure-asyncoperation") ?? response.header("operation-location");
    const location = response.header("location");
    if (statusUrl !== undefined) {
      await this.#poll(response, statusUrl, ({ body }) => body["status"]);
    } else if (response.status === 202 && location !== undefined) {
      const done = await this.#poll(response, location, ({ status }) => (status === 202 ? "InProgress" : "Succeeded"));
      if (resourceUrl === undefined) return done.body;
    } else if (resourceUrl !== undefined && isUnderWay(valueAt(response.body, "properties.provisioningState"))) {
      return (await this.#poll(response, resourceUrl, ({ body }) => valueAt(body, "properties.provisioningState")))
        .body;
    } else {
      return response.body;
    }
    return resourceUrl === undefined ? {} : (await this.client.send("resourceManager", "GET", resourceUrl)).body;
  }

  async #poll(first: AzureResponse, url: string, state: (response: AzureResponse) => unknown): Promise<AzureResponse> {
    let waitSeconds = Number(first.header("retry-after") ?? 1);
    for (;;) {
      await sleep(waitSeconds * 1000);
      const response = await this.client.send("resourceManager", "GET", url);
      const found = state(response);
      if (!isUnderWay(found)) {
        if (String(found).toLowerCase() === "succeeded") return response;
        const error = isProperties(response.body["error"]) ? response.body["error"] : {};
        const message = textOf(error["message"], "the operation did not succeed");
        throw new OperationFailure(`Code="${textOf(error["code"], String(found))}" Message="${message}"`);
      }
      waitSeconds = Number(response.header("retry-after") ?? 1);
    }
  }
}

function isUnderWay(state: unknown): boolean {
  return typeof state === "string" && !ended.includes(state.toLowerCase());
}

function urlOf(id: string, apiVersion: string): string {
  return `${audiences.resourceManager}${id}?api-version=${apiVersion}`;
}

export function isConflict(error: unknown): boolean {
  return error instanceof AzureFailure && error.status === 409;
}
