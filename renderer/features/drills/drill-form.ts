import { MAXIMUM_DRILL_SECONDS, type DrillFault, type DrillRequest } from '../../../shared/domain/drills.ts';
import { parseDuration } from '../../../shared/format/duration.ts';

/** The form's fields as typed. */
export interface DrillForm {
  provider: string;
  fault: DrillFault;
  /** Percent of the calls. */
  share: string;
  delay: string;
  length: string;
  notice: string;
  lost: string;
  detect: string;
  recover: string;
  reason: string;
  operator: string;
}

export type DrillProblems = Partial<Record<keyof DrillForm, string>>;

/** What a drill of two minutes on all calls is usually held to. */
export function startingDrillForm(provider: string, operator: string): DrillForm {
  return {
    provider,
    fault: 'refuse',
    share: '100',
    delay: '5s',
    length: '2m',
    notice: '30s',
    lost: '0',
    detect: '30s',
    recover: '2m',
    reason: '',
    operator,
  };
}

/** The request that the form stands for, or what is wrong with each field. */
export function readDrillForm(form: DrillForm): { request: DrillRequest } | { problems: DrillProblems } {
  const problems: DrillProblems = {};
  const read = <Value>(field: keyof DrillForm, reader: (text: string) => Value, otherwise: Value): Value => {
    try {
      return reader(form[field].trim());
    } catch (error) {
      problems[field] = error instanceof Error ? error.message : String(error);
      return otherwise;
    }
  };
  const request: DrillRequest = {
    provider: form.provider,
    fault: form.fault,
    share: read('share', readShare, 1),
    delay_ms: form.fault === 'slow' ? read('delay', readDelay, 5000) : 5000,
    duration_seconds: read('length', readLength, 120),
    starts_in_seconds: read('notice', readNotice, 0),
    targets: {
      lost_requests: read('lost', readWhole, 0),
      detect_ms: read('detect', readTarget, null),
      recover_ms: read('recover', readTarget, null),
    },
    reason: form.reason.trim(),
    operator: form.operator.trim(),
  };
  if (request.reason.length < 3)
    problems.reason = 'Say why, in three letters or more: it stands in the announcement and the audit.';
  if (request.operator === '') problems.operator = 'Say who you are.';
  return Object.keys(problems).length > 0 ? { problems } : { request };
}

function readShare(text: string): number {
  const percent = Number(text.replace('%', ''));
  if (text === '' || !(percent > 0) || percent > 100) throw new Error('Write a percentage above 0, up to 100.');
  return percent / 100;
}

function readDelay(text: string): number {
  const ms = parseDuration(text);
  if (ms < 100 || ms > 120_000) throw new Error('A call is held back for 100 ms to 120 s.');
  return ms;
}

function readLength(text: string): number {
  const seconds = Math.round(parseDuration(text) / 1000);
  if (seconds < 5 || seconds > MAXIMUM_DRILL_SECONDS) throw new Error('A drill lasts from 5 s to 30 m.');
  return seconds;
}

function readNotice(text: string): number {
  if (text === '' || text === '0') return 0;
  const seconds = Math.round(parseDuration(text) / 1000);
  if (seconds > 86_400) throw new Error('A drill is announced a day ahead at most.');
  return seconds;
}

function readWhole(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0) throw new Error('Write a whole number from 0.');
  return value;
}

/** An empty target is not judged. */
function readTarget(text: string): number | null {
  return text === '' ? null : parseDuration(text);
}
