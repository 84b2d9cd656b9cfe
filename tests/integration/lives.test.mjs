// R74: everything that Redis holds has the life that the table of kinds allows. The table is read from the source that
// the gateway is built from, so it cannot drift from it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Carrier, Line, new_number, new_sid } from './aggregator.mjs';
import { Gateway, report, settings_tree, sleep, source, until } from './trial.mjs';

const kUnits = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };

/// [{ pattern, life: milliseconds or null }], as layout.h, sessions.h and layout.cpp state them.
function table_of_kinds() {
  const store = (name) => fs.readFileSync(path.join(source, 'gateway/store', name), 'utf8');
  const named = new Map();
  for (const [, name, unit, count] of (store('layout.h') + store('sessions.h')).matchAll(/inline constexpr Millis (\w+) = std::chrono::(\w+)\{(\d+)\}/g)) {
    named.set(name, kUnits[unit] * Number(count));
  }
  for (const [, name, text] of store('layout.h').matchAll(/inline constexpr std::string_view (\w+) = "([^"]+)"/g)) named.set(name, text);
  const rows = /kKinds\{([^]*?)\n\};/.exec(store('layout.cpp'))[1];
  const kinds = [...rows.matchAll(/Kind\{("[^"]+"|\w+), ([^}]+)\}/g)].map(([, pattern, life]) => ({
    pattern: pattern.startsWith('"') ? pattern.slice(1, -1) : named.get(pattern),
    life: life === 'std::nullopt' ? null : life.split(' + ').reduce((sum, term) => sum + named.get(term), 0),
  }));
  assert.ok(kinds.length >= 8 && kinds.every(({ pattern, life }) => pattern && (life === null || life > 0)), 'the table was not understood');
  return kinds;
}

const matches = (pattern, key) =>
  new RegExp('^' + pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$').test(key);

test('R74: every key has the life that its kind allows, after a day of all sorts of talks', { timeout: 120_000 }, async () => {
  const carrier = await Carrier.open();
  const channel = { api_base: carrier.base };
  const gateway = await new Gateway({ root: settings_tree({ channels: { main: channel, api: { ...channel, reply: 'api' } } }) }).start();
  const line = new Line({ port: gateway.port, carrier }), slow = new Line({ port: gateway.port, channel: 'api', carrier });
  const talks = [
    ['hi'], ['hi', '2'], ['hola', '1', 'refugio', 'fresno', '1'], ['hi', '1', 'shelter', 'fresno', 'bye', '1', 'harborseal'],
    ['stop'], ['hi', 'stop', 'stop', 'help', '1'], ['he hits me help', '1'], ['hi', '1', '0', '1', '1'], ['hi', 'delete'],
    ['hi', '1', '0', '1', '1', 'mine', 'delete'], ['who is this?'], ['hi', '1', 'he is here'], ['i saw something wrong at a shop', '1', '3'],
    ['hi', '1', 'asdf qwe', 'lkj'], ['救命'], ['hi', '1', 'i want to die'], ['im 15', '1'], ['thanks'],
  ];
  const kinds = table_of_kinds(), seen = new Map();
  const walk = async () => {
    let looked = 0;
    for (const key of await gateway.keys()) {
      const kind = kinds.find(({ pattern }) => matches(pattern, key));
      const shown = key.replace(/[\w-]{22}/, '…');
      assert.ok(kind, `a key of no kind: ${shown}`);
      const left = await gateway.redis('PTTL', key);
      if (left === -2) continue;  // gone since the scan
      if (kind.life === null) assert.equal(left, -1, shown);
      else assert.ok(left > 0 && left <= kind.life, `${shown} has ${left} ms left, ${kind.life} are allowed`);
      seen.set(kind.pattern, (seen.get(kind.pattern) ?? 0) + 1);
      ++looked;
    }
    return looked;
  };
  let keys = 0;
  for (const way of [line, slow]) {
    await Promise.all(talks.map(async (texts) => {
      const from = new_number();
      for (const text of texts) {
        const sid = new_sid();
        await way.text(from, text, { sid });
        await way.text(from, text, { sid });
      }
    }));
    keys += await walk();
  }
  // The timers too: two minutes on, nobody has joined; sixteen, the windows have closed.
  for (const seconds of [130, 16 * 60]) {
    carrier.ahead += seconds;
    await gateway.ahead(seconds);
    await sleep(2500);
    keys += await walk();
  }
  // What is in a collection without a TTL goes when it is done.
  await until('the outboxes are empty but for timers', 60_000, async () => {
    for (const key of await gateway.keys('{p*}:due')) {
      if ((await gateway.redis('ZRANGE', key, '0', '-1')).some((member) => !member.startsWith('t:'))) return false;
    }
    return true;
  }, 250);
  for (const pattern of ['{p*}:session:*', '{p*}:seen:*', '{p*}:entry:*', '{p*}:due', '{p*}:optouts', '{p*}:lease', '{p*}:outcomes',
                         '{clock}:offset', '{nodes}:live', '{queue}:waiting', '{queue}:packet:*']) {
    assert.ok(seen.get(pattern), `the run made no key of the kind ${pattern}`);
  }
  // R20, R72: an opt-out is a digest and nothing else; a waiting place is a contact's digest.
  for (const key of await gateway.keys('{p*}:optouts')) {
    for (const member of await gateway.redis('SMEMBERS', key)) assert.ok(member.length <= 32 && !/\d{7}/.test(member), 'no digest');
  }
  for (const member of await gateway.redis('ZRANGE', '{queue}:waiting', '0', '-1')) assert.match(member, /^[\w-]{22}$/);
  report(`looked at ${keys} keys: ${[...seen].map(([pattern, count]) => `${pattern} ${count}`).join(', ')}`);
  await gateway.stop();
});
