interface OfRun {
  /** Has the temporary files of all test files. */
  folder?: string;
}

const all = globalThis as typeof globalThis & { ofRun?: OfRun };

/** What a run's start leaves to its end: jest loads the modules of each anew. */
export const ofRun: OfRun = (all.ofRun ??= {});
