/** Two figures of the same kind, measured in turn in the same run. */
export interface Measure {
  /** What is measured, such as `CPU a request`. */
  what: string;
  unit: string;
  /** Which of two figures is the better one. */
  better: 'lower' | 'higher';
  subject: number;
  baseline: number;
  /** The largest ratio that passes; see `ratioOf`. */
  limit: number;
}

export interface Benchmark {
  name: string;
  /** The question it answers, in one line. */
  question: string;
  /** What the subject is held against. */
  baseline: string;
  /**
   * Measures in a few seconds; `directory` is empty and its own. `full` asks for the largest size, however long that
   * takes, where there is more than one. Throws when what it measures does not work.
   */
  run(directory: string, full: boolean): Promise<Measure[]>;
}

/** What running one benchmark came to. */
export interface Outcome {
  benchmark: Pick<Benchmark, 'name' | 'question' | 'baseline'>;
  measures: Measure[];
  /** One sentence when it could not be measured, else null. */
  failure: string | null;
  /** Milliseconds that it took, preparation included. */
  tookMs: number;
}
