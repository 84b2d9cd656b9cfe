// R90: one number that sends a thousand texts delays nobody else's first reply beyond R1 (3 s), and its own word of
// danger is still heard.
//
//   TRIAL_FLOOD=1000     texts of the one number
//   TRIAL_OTHERS=300     people who text for the first time meanwhile
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { Carrier, Line, new_number, new_sid } from './aggregator.mjs';
import { Gateway, finally_, report, setting, settings_tree, sleep, until } from './trial.mjs';

const kFlood = setting('TRIAL_FLOOD', 1000), kOthers = setting('TRIAL_OTHERS', 300);

test(`R1, R90: ${kFlood} texts of one number delay no first reply of ${kOthers} others`, { timeout: 300_000 }, async () => {
  const carrier = await Carrier.open();
  const channel = { api_base: carrier.base };
  const gateway = await new Gateway({ root: settings_tree({ channels: { main: channel, api: { ...channel, reply: 'api' } } }) }).start();
  const line = new Line({ port: gateway.port, carrier }), slow = new Line({ port: gateway.port, channel: 'api', carrier });
  const loud = new_number();
  const crowded = new http.Agent({ keepAlive: true, maxSockets: 32 });
  finally_(() => crowded.destroy());

  await line.say(loud, 'hi');
  await line.say(loud, '1');
  const waiting = () => gateway.redis('ZCARD', '{queue}:waiting');
  const before = await waiting();
  let put_off = 0;
  const flood = Promise.all(Array.from({ length: kFlood }, async (_, i) => {
    const text = i === Math.floor(kFlood / 2) ? 'he has a gun and wants to kill me' : `we picked ${i} boxes`;
    const sid = new_sid();
    for (let tries = 1; ; ++tries) {  // put off, a text comes again, as from an aggregator with a fallback URL
      const { status } = await line.text(loud, text, { sid, agent: crowded });
      if (status !== 503) return status;
      ++put_off;
      if (tries === 20) return status;
      await sleep(100);
    }
  }));

  // Half of the others are answered in the answer, half through the API: both ways count from the webhook's receipt.
  const waits = [];
  const arrivals = new Map();
  carrier.listeners.add((number) => arrivals.get(number)?.());
  const first = async (i) => {
    await sleep(i * 10);  // a hundred a second, as R1 says
    const number = new_number(), began = performance.now();
    const arrived = new Promise((done, failed) => {
      const late = setTimeout(failed, 60_000, new Error('a first reply did not come within a minute'));
      arrivals.set(number, () => (clearTimeout(late), done()));
    });
    const answer = await (i % 2 ? line : slow).text(number, 'hello');
    assert.equal(answer.status, 200);
    await arrived;
    assert.equal(carrier.of(number).length, 1, 'one first reply');
    waits.push(performance.now() - began);
  };
  await Promise.all(Array.from({ length: kOthers }, (_, i) => first(i)));
  const statuses = await flood;
  assert.ok(statuses.every((status) => status === 200 || status === 503), 'never an error');
  const danger_queued = await until('the danger is in the queue', 10_000, async () => (await waiting()) > before);
  assert.ok(danger_queued);
  const [member] = (await gateway.redis('ZRANGE', '{queue}:waiting', '0', '0', 'WITHSCORES')).slice(1);
  assert.ok(Number(member) < 9e13, 'and not as the least severe');

  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  report(`first replies of ${waits.length} others: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, worst ${waits.at(-1).toFixed(1)} ms`);
  report(`the flood: ${statuses.filter((status) => status === 200).length} of ${kFlood} taken, put off with 503 ${put_off} times, ` +
         `${carrier.of(loud).length} answered so far`);
  assert.ok(at(0.99) < 3000, `p99 was ${at(0.99)} ms`);
  await gateway.stop();
});
