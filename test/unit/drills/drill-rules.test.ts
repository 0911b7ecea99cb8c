import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRequest, judge, NO_FIGURES, refusalOf, troubleOf } from '../../../electron/engine/drills/drill-rules.ts';
import { drillOpening } from '../../../electron/engine/drills/drill-report.ts';
import { exerciseHtml } from '../../../electron/engine/incidents/report-html.ts';
import { exerciseMarkdown } from '../../../electron/engine/incidents/report-markdown.ts';
import type { CandidateCode, Decision } from '../../../shared/domain/decision.ts';
import type { Drill } from '../../../shared/domain/drills.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { aStatus } from '../../support/console-fixtures.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../../support/store-plain-fixtures.ts';

const AT = Date.UTC(2026, 10, 20, 12);

function drill(changes: Partial<Drill> = {}): Drill {
  return {
    id: 7,
    provider: 'kimi',
    fault: 'refuse',
    share: 1,
    delay_ms: 5000,
    operator: 'ada',
    reason: 'quarterly exercise',
    targets: { lost_requests: 0, detect_ms: 10_000, recover_ms: 60_000 },
    state: 'running',
    created_at: AT - 10_000,
    starts_at: AT,
    fault_ends_at: AT + 60_000,
    ended_at: null,
    figures: { ...NO_FIGURES, faulty_calls: 4, answered_requests: 9, first_fault_at: AT + 100 },
    outcome: null,
    findings: [],
    ...changes,
  };
}

/** Both providers healthy, the primary serving. */
function calm(): Status {
  const status = aStatus(AT);
  const providers = status.providers.slice(0, 2).map((provider, index) => ({
    ...provider,
    name: index === 0 ? 'kimi' : 'claude',
    health: { ...provider.health, status: 'healthy' as const },
    breaker: { ...provider.breaker, state: 'closed' as const, admitted_share: 1, cooling_until: null },
    isolation: null,
    quota: [],
  }));
  return { ...status, verdict: 'primary', override: null, drill: null, providers };
}

function change(status: Status, name: string, changes: Partial<Status['providers'][number]>): Status {
  return {
    ...status,
    providers: status.providers.map((provider) => (provider.name === name ? { ...provider, ...changes } : provider)),
  };
}

function ill(status: Status, name: string): Status {
  const provider = status.providers.find((one) => one.name === name);
  if (!provider) throw new Error(`No ${name}.`);
  return change(status, name, {
    health: { ...provider.health, status: 'unhealthy', reason: 'connection refused', since: AT + 5000 },
  });
}

describe('a drill may begin', () => {
  const well = { enabled: true, open: null, takesOver: 'claude' };

  it('on a healthy provider that another one can stand in for', () => {
    expect(refusalOf('kimi', { ...well, status: calm() })).toBeNull();
  });

  it.each([
    [
      'on a provider that does not exist',
      { status: calm() },
      'nobody',
      'There is no provider "nobody"; the registry has kimi, claude.',
    ],
    [
      'where the registry does not allow it',
      { status: { ...calm(), environment: 'production' as const }, enabled: false },
      'kimi',
      'Drills are off in production: set "drills: { enabled: true }" in the registry to allow them.',
    ],
    [
      'while another one is open',
      { status: calm(), open: drill() },
      'kimi',
      'Drill 7 on kimi is running; wait for its end or abort it.',
    ],
    [
      'on the last healthy provider',
      { status: calm(), takesOver: null },
      'kimi',
      'kimi is the last healthy provider; nobody could take over.',
    ],
    [
      'on a provider that is ill already',
      { status: ill(calm(), 'kimi') },
      'kimi',
      'kimi is unhealthy (connection refused); a drill needs a healthy provider.',
    ],
    [
      'during an incident',
      { status: { ...calm(), verdict: 'fallback' as const, cause: 'kimi is unhealthy' } },
      'claude',
      'An incident is open: kimi is unhealthy. Run the drill when it is over.',
    ],
  ])('not %s', (_, circumstances, provider, sentence) => {
    expect(refusalOf(provider, { ...well, ...circumstances })).toBe(sentence);
  });
});

describe('a running drill is stopped', () => {
  it('by nothing while the others are well', () => {
    expect(troubleOf(drill(), { status: ill(calm(), 'kimi'), takesOver: 'claude' })).toBeNull();
  });

  it('when another provider falls ill', () => {
    expect(troubleOf(drill(), { status: ill(calm(), 'claude'), takesOver: 'claude' })).toBe(
      'claude became unhealthy: connection refused.',
    );
  });

  it('when nobody could serve any more', () => {
    expect(troubleOf(drill(), { status: calm(), takesOver: null })).toBe('No other provider could serve any more.');
  });

  it('when more requests are lost than a target can mean', () => {
    const lossy = drill({ figures: { ...NO_FIGURES, lost_requests: 3 } });
    expect(troubleOf(lossy, { status: calm(), takesOver: 'claude' })).toBe('3 requests were lost, 0 are allowed.');
  });
});

/** A decision in which kimi stands first, and why it is passed over. */
function decisionOf(code: CandidateCode, first = 'kimi'): Decision {
  const candidate = { provider: first, model: null, eligible: code === 'ok', code, reason: '' };
  return { ...sampleDecision, candidates: [candidate] };
}

describe('a finished request counts', () => {
  const failure = sampleAttempt({ provider: 'kimi', outcome: 'failure', failure_class: 'unreachable' });
  it.each([
    ['as answered when the provider itself answered', { provider: 'kimi', attempt_list: [] }, [1, 0, 0]],
    ['as rerouted when another one answered', { provider: 'claude', attempt_list: [failure] }, [1, 1, 0]],
    ['as lost when nobody did', { provider: null, status: 'error' as const, attempt_list: [failure] }, [0, 0, 1]],
    [
      'as rerouted when its breaker had sent it elsewhere',
      { provider: 'claude', fallback_from: 'kimi', attempt_list: [] },
      [1, 1, 0],
    ],
    [
      'as lost when the breaker was open and the other one failed',
      {
        provider: null,
        status: 'error' as const,
        decision: decisionOf('breaker_open'),
        attempt_list: [sampleAttempt({ provider: 'claude', outcome: 'failure', failure_class: 'server_error' })],
      },
      [0, 0, 1],
    ],
    [
      'as lost when nobody was left to ask',
      {
        provider: null,
        status: 'refused' as const,
        error_code: 'all_providers_unavailable',
        decision: decisionOf('unhealthy'),
        attempt_list: [],
      },
      [0, 0, 1],
    ],
    [
      'not as lost by its own fault',
      {
        provider: null,
        status: 'error' as const,
        failure_class: 'invalid_request' as const,
        decision: decisionOf('unhealthy'),
        attempt_list: [],
      },
      [0, 0, 0],
    ],
    [
      'not at all when another one was meant',
      { provider: 'claude', decision: decisionOf('ok', 'claude'), attempt_list: [] },
      [0, 0, 0],
    ],
    [
      'not as lost when the caller left',
      { provider: null, status: 'cancelled' as const, attempt_list: [failure] },
      [0, 0, 0],
    ],
  ])('%s', (_, changes, [answered, rerouted, lost]) => {
    const request = sampleRequest({ status: 'success', ...changes });
    expect(countRequest(NO_FIGURES, request, 'kimi')).toMatchObject({
      answered_requests: answered,
      rerouted_requests: rerouted,
      lost_requests: lost,
    });
  });
});

describe('the verdict of a drill', () => {
  const whole = {
    ...drill().figures,
    detected_at: AT + 2100,
    recovered_at: AT + 70_000,
  };

  it('is passed when every target holds', () => {
    expect(judge(drill({ figures: whole }))).toEqual({
      outcome: 'passed',
      findings: [
        '0 of 9 requests were lost; 0 may be.',
        'Detected after 2.0 s (target 10 s).',
        'Back in full after 10 s (target 1 min).',
      ],
    });
  });

  it.each([
    ['a request too many is lost', { ...whole, lost_requests: 1 }],
    ['it was detected too late', { ...whole, detected_at: AT + 20_000 }],
    ['it was not detected at all', { ...whole, detected_at: null }],
    ['the provider did not come back in time', { ...whole, recovered_at: AT + 200_000 }],
  ])('is failed when %s', (_, figures) => {
    expect(judge(drill({ figures })).outcome).toBe('failed');
  });

  it('proves nothing when no call met the fault', () => {
    expect(judge(drill({ figures: NO_FIGURES })).outcome).toBe('inconclusive');
  });

  it('never fails for a figure without a target', () => {
    fc.assert(
      fc.property(fc.option(fc.nat()), fc.option(fc.nat()), fc.nat(), (detected, recovered, lost) => {
        const figures = { ...whole, detected_at: detected, recovered_at: recovered, lost_requests: lost };
        const targets = { lost_requests: lost, detect_ms: null, recover_ms: null };
        expect(judge(drill({ figures, targets })).outcome).toBe('passed');
      }),
    );
  });

  describe('on paper', () => {
    const told = (changes: Partial<Drill>) =>
      exerciseMarkdown(drillOpening(drill({ figures: whole, ...changes }), false), [], AT);

    it('has each figure against its target, and text stays in its cell', () => {
      const report = told({ outcome: 'failed', reason: 'a | b', findings: ['Too <late>.'] });
      expect(report).toContain('# Drill 7: kimi, connections refused');
      expect(report).toContain('**FAILED**\n\n- Too &lt;late&gt;.');
      expect(report).toContain('| Time to detect | 2.0 s | at most 10 s | met |');
      expect(report).toContain('a \\| b');
      expect(report).toContain('No incident belongs to this drill');
    });

    it.each([
      ['missed', { outcome: 'failed' as const, targets: { lost_requests: 0, detect_ms: 1000, recover_ms: null } }],
      ['no target', { outcome: 'passed' as const, targets: { lost_requests: 0, detect_ms: null, recover_ms: null } }],
      ['not judged', { outcome: 'aborted' as const }],
    ])('says %s where it is so', (verdict, changes) => {
      expect(told(changes)).toMatch(new RegExp(`\\| Time to detect \\| 2\\.0 s \\| .*\\| ${verdict} \\|`));
    });

    it('takes what came from outside as text in HTML, too', () => {
      const page = exerciseHtml(drillOpening(drill({ reason: '<script>x</script>' }), true), [], AT);
      expect(page).not.toContain('<script');
      expect(page).toContain('SIMULATED');
    });
  });
});
