/** A figure of an exercise held against what was wanted of it. */
export interface ReportCheck {
  name: string;
  measured: string;
  /** Empty where nothing was wanted. */
  target: string;
  verdict: 'met' | 'missed' | 'no target' | 'not judged';
}

/** What stands above the incidents in the report of an exercise. Plain text; the report escapes it. */
export interface ReportOpening {
  title: string;
  /** One word. */
  verdict: string;
  findings: readonly string[];
  checks: readonly ReportCheck[];
  /** What was done, by name. */
  facts: readonly (readonly [name: string, value: string])[];
  /** What a reader should know about the figures, a sentence each. */
  notes: readonly string[];
  /** Said where no incident belongs to it. */
  withoutIncident: string;
}
