import type { World } from "../../world";
import { systemEnvironment } from "./environment";
import type { NodeLayout } from "./layout";
import { pathUnitsFor } from "./pathUnits";
import type { Processes } from "./processes";
import type { NodeRecord } from "./record";

/** What systemd does for path units: their commands run after what they watch has changed. */
export async function runPathUnits(
  world: World,
  { node, layout, processes }: { node: NodeRecord; layout: NodeLayout; processes: Processes },
  changed: readonly string[],
  isEnding: () => boolean,
): Promise<void> {
  if (changed.length === 0) return;
  for (const { name, command, environment } of pathUnitsFor(layout, changed)) {
    if (isEnding()) return;
    await processes.run(`path unit ${name}`, {
      command,
      environment: { ...systemEnvironment(world, node, layout), ...environment },
      workingFolder: layout.root,
      outputFolder: `${layout.pathUnits}/${name}`,
    });
  }
}
