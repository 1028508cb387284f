import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { differences, pathText, type Change } from "./difference";
import type { ResourceKind, State } from "./provider";
import type { Properties } from "./values";

const { Kind } = PropertyDiff;
const { DiffChanges } = DiffResponse;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** What new inputs would do to a resource: every change by its path, and those that need another resource. */
export function diffResponse(kind: ResourceKind, state: State, inputs: Properties): DiffResponse {
  const changes = differences(kind.comparable?.(state) ?? state.inputs, inputs, kind.same);
  const outdated = kind.outdated?.(state) ?? [];
  const replacing = changes.filter((change) => kind.replaces(change));

  const response = new DiffResponse();
  response.setChanges(changes.length + outdated.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDiffsList([...new Set([...changes.map(topKey), ...outdated])]);
  response.setReplacesList([...new Set([...replacing.map(topKey), ...outdated])]);
  response.setDeletebeforereplace(replacing.length > 0 && (kind.deleteBeforeReplace?.(state.inputs) ?? false));
  for (const change of changes) {
    const [plain, replace] = kinds[change.kind];
    const detail = new PropertyDiff();
    detail.setKind(replacing.includes(change) ? replace : plain);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(pathText(change.path), detail);
  }
  for (const output of outdated) {
    const detail = new PropertyDiff();
    detail.setKind(Kind.UPDATE_REPLACE);
    response.getDetaileddiffMap().set(output, detail);
  }
  return response;
}

function topKey(change: Change): string {
  return String(change.path[0]);
}
