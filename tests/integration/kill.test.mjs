// Nothing lost, nothing doubled, when the gateway or Redis is killed at random moments under a crowd (issue: "Nothing
// lost, nobody let in"; R90). Most of the crowd is answered in the webhook's answer, a fifth through the aggregator's API,
// which is as bad as real ones: it takes texts and cuts the line, cuts it before, says 429 and 503.
//
//   TRIAL_TALKS=500      at the same time
//   TRIAL_ROUNDS=2       kills of each kind, before the one amid the stops; `ops/soak` asks for 20
//   TRIAL_SEED=1         of the moments and moods
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Carrier, Line, new_number, new_sid } from './aggregator.mjs';
import { Gateway, finally_, report, setting, settings_tree, sleep, until } from './trial.mjs';

const kTalks = setting('TRIAL_TALKS', 500);
const kRounds = setting('TRIAL_ROUNDS', 2);
// The last is texted once all before it is settled, for it silences what still waits.
const kScript = ['hi', '1', 'shelter', 'fresno', '0', '1', 'stop'];
const kTaken = 21;  // seconds: an inline reply that nobody struck off is the worker's by then

let seed = setting('TRIAL_SEED', Date.now() % 1e6);
function random() {  // mulberry32
  let t = (seed += 0x6d2b79f5);
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

class Crowd {
  counts = { texts: 0, redelivered: 0, refused: 0, cut: 0, late: 0 };
  talks = [];
  waits = [];
  busy = true;   // whoever is through begins anew
  over = false;  // nobody waits for an answer any more

  constructor(gateway, carrier) {
    Object.assign(this, { gateway, carrier });
    this.lines = ['main', 'api'].map((channel) => new Line({ port: gateway.port, channel, carrier }));
    this.arrivals = new Map();
    carrier.listeners.add((number) => this.arrivals.get(number)?.());
  }

  /// As many people as asked for, each beginning anew with another number until `busy` ends.
  run(size) {
    return Promise.all(Array.from({ length: size }, async (_, i) => {
      await sleep(random() * 500);
      do await this.walk(this.lines[i % 5 === 0 ? 1 : 0]);
      while (this.busy && !this.over);
    }));
  }

  async walk(line) {
    const talk = { number: new_number(), channel: line.channel, given_up: 0 };
    this.talks.push(talk);
    for (let step = 0; step < kScript.length - 1 && !this.over; ++step) {
      await this.deliver(line, talk, step);
      if (!(await this.arrived(talk.number, step + 1 - talk.given_up, 15_000))) ++talk.given_up;
      await sleep(random() * 300);
    }
  }

  /// All of them text the last of the script, so many at a time.
  async stop(size) {
    const left = [...this.talks];
    await Promise.all(Array.from({ length: size }, async () => {
      for (let talk; (talk = left.pop()) && !this.over; ) {
        await this.deliver(this.lines.find(({ channel }) => channel === talk.channel), talk, kScript.length - 1);
        await sleep(random() * 30);
      }
    }));
  }

  /// One text, delivered as an aggregator does: again, under the same id, until it is answered.
  async deliver(line, talk, step) {
    const sid = new_sid(), patient = random() < 0.3;
    for (let attempt = 0; !this.over; ++attempt) {
      ++this.counts[attempt ? 'redelivered' : 'texts'];
      const began = performance.now();
      try {
        const answer = await line.text(talk.number, kScript[step], { sid });
        if (answer.status === 200) {
          this.waits.push(performance.now() - began);
          return;
        }
        assert.equal(answer.status, 503, answer.body);
        ++this.counts.refused;
      } catch (fault) {
        if (fault.code === 'ERR_ASSERTION') throw fault;
        ++this.counts.cut;
        // Some redeliver only after a while: then the worker has the reply, and a redelivery must not give it again.
        if (patient && (await this.arrived(talk.number, step + 1 - talk.given_up, 6000))) ++this.counts.late;
      }
      await sleep(100 + random() * 300);
    }
  }

  /// Whether that many different texts have reached this phone, waiting for them at most so long.
  async arrived(number, many, millis) {
    const enough = () => new Set(this.carrier.of(number).map((entry) => entry.text)).size >= many;
    if (enough()) return true;
    return new Promise((done) => {
      const finish = (found) => {
        clearTimeout(late);
        this.arrivals.delete(number);
        done(found);
      };
      const late = setTimeout(finish, millis, false);
      this.arrivals.set(number, () => enough() && finish(true));
    });
  }
}

/// The script's replies, as one talk without faults gets them.
async function reference(line, carrier) {
  const number = new_number();
  for (let step = 0; step < kScript.length; ++step) {
    await line.text(number, kScript[step]);
    await until('a reply', 10_000, () => carrier.of(number).length > step);
  }
  const texts = carrier.of(number).map((entry) => entry.text);
  assert.equal(new Set(texts).size, kScript.length, 'the script needs a reply of its own for each text');
  return texts;
}

async function trial(name, kill) {
  const carrier = await Carrier.open();
  const channel = { api_base: carrier.base, service: '55501' };
  const root = settings_tree({ channels: { main: channel, api: { ...channel, reply: 'api' } } });
  // Nobody joins in this trial, and its clock runs ahead: what is then said after two minutes is not what it looks at.
  const gateway = await new Gateway({ root, sets: { 'queue.nobody_after': '30m' } }).start();
  const crowd = new Crowd(gateway, carrier);
  const expected = await reference(crowd.lines[0], carrier);
  assert.deepEqual(await reference(crowd.lines[1], carrier), expected, 'both ways say the same');
  const before = await gateway.books();

  report(`${name}: seed ${seed}`);
  const stumbling = () => {
    carrier.mood = () => {
      const dice = random();
      return dice < 0.86 ? 'take' : dice < 0.9 ? 'take_and_drop' : dice < 0.94 ? 'drop' : dice < 0.97 ? 'busy' : 'broken';
    };
    carrier.list_mood = () => (random() < 0.8 ? 'answer' : 'broken');
  };
  stumbling();
  const hurry = () => {
    carrier.ahead += kTaken;  // first, so that no text is dated before the gateway's time
    return gateway.ahead(kTaken);
  };
  const done = crowd.run(kTalks);
  finally_(() => (crowd.over = true));
  for (let round = 0; round < kRounds; ++round) {
    await sleep(600 + random() ** 2 * (kRounds > 5 ? 6000 : 2000));  // long enough, now and then, for leases to move
    await kill(gateway);
    await until('texts are taken again', 60_000, async () => (await gateway.ready()) === 200);
    // Not in each of many rounds: replies that still wait would be past their use.
    if (round % Math.ceil(kRounds / 6) === 0) await hurry();
  }
  crowd.busy = false;
  const settled = async (work) => {
    await Promise.race([work, gateway.ended_by_itself]);
    carrier.mood = () => 'take';
    carrier.list_mood = () => 'answer';
    await hurry();
    await until('nothing waits any more', 120_000, async () => (await gateway.waiting()) === 0, 200);
  };
  await settled(done);
  stumbling();
  const stopped = crowd.stop(kTalks);
  await sleep(100 + random() * 300);
  await kill(gateway);
  await until('texts are taken again', 60_000, async () => (await gateway.ready()) === 200);
  await settled(stopped);
  await sleep(300);

  const after = await gateway.books();
  const booked = (outcome) => (after[outcome] ?? 0) - (before[outcome] ?? 0);
  const seen = { once: 0, twice: 0, never: 0 };
  for (const { number } of crowd.talks) {
    const steps = carrier.of(number).map(({ text }) => expected.indexOf(text));
    const shown = () => `${number} got replies ${steps.join(' ')}: ${JSON.stringify(carrier.of(number), null, 1)}`;
    assert.ok(!steps.includes(-1), `a text that does not belong here: ${shown()}`);
    steps.forEach((step, i) => assert.ok(i === 0 || steps[i - 1] <= step, `out of order: ${shown()}`));
    for (let step = 0; step < kScript.length; ++step) {
      const times = steps.filter((other) => other === step).length;
      ++seen[times === 0 ? 'never' : times === 1 ? 'once' : 'twice'];
    }
  }
  const replies = crowd.talks.length * kScript.length;
  const outcomes = ['sent', 'repeated', 'unknown', 'opted_out', 'refused', 'expired', 'silenced', 'unreadable'];
  const through_api = outcomes.reduce((sum, outcome) => sum + booked(outcome), 0);
  const waits = crowd.waits.sort((a, b) => a - b);
  report(`${name}: ${kRounds} rounds, ${crowd.talks.length} talks, ${kTalks} at a time, ${crowd.counts.texts} texts`);
  report(`  replies ${replies}: reached the phone once ${seen.once}, more than once ${seen.twice}, never ${seen.never}`);
  report(`  struck off inline ${replies - through_api}; the outbox: ` + outcomes.map((outcome) => `${outcome} ${booked(outcome)}`).join(', '));
  report(`  redelivered ${crowd.counts.redelivered} (503: ${crowd.counts.refused}, cut off: ${crowd.counts.cut}, ` +
         `answered by the worker first: ${crowd.counts.late}); the API: ${JSON.stringify(carrier.moods)}, asked ${carrier.asked} times`);
  report(`  an acknowledged text took p50 ${waits[waits.length >> 1].toFixed(1)} ms, p99 ${waits[Math.floor(waits.length * 0.99)].toFixed(1)} ms`);

  assert.equal(crowd.counts.texts, replies);
  for (const outcome of ['opted_out', 'refused', 'expired', 'silenced', 'unreadable']) assert.equal(booked(outcome), 0, outcome);
  assert.ok(seen.never <= booked('unknown'), `${seen.never} replies never came, ${booked('unknown')} are known to be unknown`);
  assert.ok(seen.twice <= booked('repeated'), `${seen.twice} came more than once, ${booked('repeated')} are known to be repeated`);
  const api_replies = crowd.talks.filter((talk) => talk.channel === 'api').length * kScript.length;
  assert.ok(through_api >= api_replies && through_api <= replies, 'each reply is in the books once at most, each of the API\'s once');
  await gateway.stop();
}

test(`kill -9 of the gateway, ${kRounds} times under ${kTalks} talks`, { timeout: 120_000 + kRounds * 60_000 }, () =>
  trial('gateway', async (gateway) => {
    await gateway.kill();
    await gateway.begin();
  }));

test(`kill -9 of Redis, ${kRounds} times under ${kTalks} talks`, { timeout: 120_000 + kRounds * 60_000 }, () =>
  trial('Redis', async (gateway) => {
    assert.deepEqual(await gateway.redis('CONFIG', 'GET', 'appendfsync'), ['appendfsync', 'always']);
    const pid = await gateway.redis_pid();
    process.kill(pid, 'SIGKILL');
    await until('another Redis runs', 30_000, async () => {
      try {
        return (await gateway.redis_pid()) !== pid;
      } catch {
        return false;
      }
    });
  }));
