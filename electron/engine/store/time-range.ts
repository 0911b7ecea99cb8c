/** Half-open range in epoch milliseconds. */
export interface TimeRange {
  since: number;
  until: number;
}
