import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkAccess,
  type GuardedRequest,
  type GuardPolicy,
  cookiePair,
  hostIsKnown,
  isLoopbackHost,
  tokenMatches,
} from '../../../electron/control/guard.ts';

const policy: GuardPolicy = { token: 'right-token', cookieName: 'switchyard_console_4181', boundHost: '127.0.0.1' };
const own = { host: '127.0.0.1:4181', origin: 'http://127.0.0.1:4181' };
const bearer = { authorization: 'Bearer right-token' };
const cookie = { cookie: 'other=1; switchyard_console_4181=right-token' };

function request(overrides: Partial<GuardedRequest>): GuardedRequest {
  return {
    method: 'GET',
    host: own.host,
    origin: undefined,
    authorization: undefined,
    cookie: undefined,
    upgrade: false,
    ...overrides,
  };
}

describe('access to the console', () => {
  it.each<[string, Partial<GuardedRequest>, 'ok' | 401 | 403]>([
    ['no token', {}, 401],
    ['a wrong bearer', { authorization: 'Bearer wrong' }, 401],
    ['basic credentials', { authorization: 'Basic right-token' }, 401],
    ['the bearer', bearer, 'ok'],
    ['the bearer, changing', { ...bearer, method: 'PUT' }, 'ok'],
    ['the bearer on an upgrade without Origin', { ...bearer, upgrade: true }, 'ok'],
    ['the cookie, reading', cookie, 'ok'],
    ['a cookie of another port', { cookie: 'switchyard_console_9=right-token' }, 401],
    ['the cookie, changing from the own page', { ...cookie, ...own, method: 'PUT' }, 'ok'],
    ['the cookie, changing without Origin', { ...cookie, method: 'DELETE' }, 403],
    ['the cookie, changing from another page', { ...cookie, method: 'POST', origin: 'http://evil.example' }, 403],
    ['the cookie, changing from another port', { ...cookie, method: 'POST', origin: 'http://127.0.0.1:9' }, 403],
    ['the cookie, an opaque origin', { ...cookie, method: 'POST', origin: 'null' }, 403],
    ['the cookie, upgrading from the own page', { ...cookie, ...own, upgrade: true }, 'ok'],
    ['the cookie, upgrading from another page', { ...cookie, upgrade: true, origin: 'http://evil.example' }, 403],
    ['the bearer under a rebound name', { ...bearer, host: 'evil.example:4181' }, 403],
    ['the cookie under a rebound name', { ...cookie, host: 'evil.example' }, 403],
    ['no Host', { ...bearer, host: undefined }, 403],
  ])('%s', (_name, overrides, expected) => {
    const verdict = checkAccess(policy, request(overrides));
    expect(verdict.ok ? 'ok' : verdict.refusal.status).toBe(expected);
  });

  it('never puts a token into a refusal', () => {
    const verdict = checkAccess(policy, request({ authorization: 'Bearer guess' }));
    expect(JSON.stringify(verdict)).not.toMatch(/right-token|guess/);
  });
});

describe('the Host allow-list', () => {
  it.each<[string, string, boolean]>([
    ['localhost:4181', '127.0.0.1', true],
    ['LOCALHOST', '127.0.0.1', true],
    ['127.0.0.1:9999', '127.0.0.1', true],
    ['[::1]:4181', '127.0.0.1', true],
    ['gpu-7.example:4181', 'gpu-7.example', true],
    ['192.168.1.9:4181', '0.0.0.0', true],
    ['192.168.1.9:4181', '127.0.0.1', false],
    ['gpu-7.example', '0.0.0.0', false],
    ['localhost.evil.example', '127.0.0.1', false],
    ['127.0.0.1.evil.example', '127.0.0.1', false],
    ['localhost@evil.example', '127.0.0.1', false],
    ['evil.example#localhost', '127.0.0.1', false],
    ['', '127.0.0.1', false],
  ])('%s on %s → %s', (header, boundHost, known) => {
    expect(hostIsKnown(header, boundHost)).toBe(known);
  });

  it('lets no ordinary domain name through, whatever it looks like', () => {
    fc.assert(fc.property(fc.domain(), (name) => !hostIsKnown(`${name}:4181`, '127.0.0.1')));
  });
});

it('a token matches itself and nothing else, of any length', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (presented, expected) => {
      expect(tokenMatches(presented, expected)).toBe(presented === expected);
    }),
  );
  expect(tokenMatches(null, '')).toBe(false);
});

describe('a token that somebody chose', () => {
  it.each(['p;w "x', 'a b', 'a=b', '50%', 'pässword'])('%j signs in by its cookie', (token) => {
    const chosen = { ...policy, token };
    const pair = cookiePair(chosen);
    expect(pair).toMatch(/^[!#-+\--:<-[\]-~]+$/);
    expect(checkAccess(chosen, request({ cookie: `a=1; ${pair}; b=2` }))).toEqual({ ok: true });
  });

  it('may be sent with the spaces in it', () => {
    const chosen = { ...policy, token: 'correct horse battery' };
    expect(checkAccess(chosen, request({ authorization: 'Bearer correct horse battery' }))).toEqual({ ok: true });
    expect(checkAccess(chosen, request({ authorization: 'Bearer correct' })).ok).toBe(false);
  });
});

describe('a host that only this machine reaches', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'console.localhost'])('%s is one', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each(['127.evil.example', '127.0.0.1.evil.example', '0.0.0.0', '::', 'localhost.evil.example', ''])(
    '%s is none',
    (host) => expect(isLoopbackHost(host)).toBe(false),
  );
});
