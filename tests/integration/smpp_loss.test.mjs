// Nothing lost, nothing doubled over SMPP while the line breaks every few seconds, the SMSC throttles, takes texts and
// cuts the line, and the gateway is killed.
//
//   TRIAL_SMPP_TALKS=60  at the same time
//   TRIAL_ROUNDS=2       kills; `ops/soak` asks for 20
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { new_number } from './aggregator.mjs';
import { Smsc, carrier_tree } from './smsc.mjs';
import { Gateway, finally_, report, setting, sleep, until } from './trial.mjs';

const kTalks = setting('TRIAL_SMPP_TALKS', 60), kRounds = setting('TRIAL_ROUNDS', 2);
// No words twice: said again just after a broken line, they could only be taken for the same text.
const kScript = ['hi', 'yes', 'shelter', 'fresno', '0', '1', 'stop'];

test(`the line breaks, the gateway is killed ${kRounds} times: each reply once, or known to be doubtful`, { timeout: 180_000 + kRounds * 30_000 }, async () => {
  const smsc = await Smsc.open();
  const gateway = await new Gateway({ root: carrier_tree(smsc.port), sets: { 'queue.nobody_after': '30m', 'limits.enabled': 'false' } }).start();
  await smsc.bound();

  const reference = new_number();
  for (let step = 0; step < kScript.length; ++step) {
    await smsc.text(reference, kScript[step]);
    await until('a reply', 10_000, () => smsc.of(reference).length > step);
  }
  const expected = [...smsc.of(reference)];

  const state = { busy: true, over: false };
  finally_(() => (state.over = true));
  const talks = [];
  const walk = async () => {
    const number = new_number();
    talks.push(number);
    let given_up = 0;
    for (let step = 0; step < kScript.length && !state.over; ++step) {
      await smsc.text(number, kScript[step], {}, state);
      const enough = () => new Set(smsc.of(number)).size >= step + 1 - given_up;
      for (let i = 0; i < 600 && !enough() && !state.over; ++i) await sleep(50);
      if (!enough()) ++given_up;
      await sleep(Math.random() * 300);
    }
  };
  const crowd = Promise.all(Array.from({ length: kTalks }, async () => {
    await sleep(Math.random() * 500);
    do await walk(); while (state.busy && !state.over);
  }));
  smsc.mood = () => {
    const dice = Math.random();
    return dice < 0.93 ? 'take' : dice < 0.99 ? 'throttled' : dice < 0.995 ? 'take_and_drop' : 'drop';
  };
  for (let round = 0; round < kRounds; ++round) {
    await sleep(2500);
    smsc.drop();
    await sleep(2500);
    await gateway.kill();
    await gateway.begin();
    await smsc.bound();
  }
  state.busy = false;
  await Promise.race([crowd, gateway.ended_by_itself]);
  smsc.mood = () => 'take';
  await gateway.ahead(21);
  await until('nothing waits any more', 60_000, async () => (await gateway.waiting()) === 0, 200);

  const seen = { once: 0, twice: 0, never: 0 };
  for (const number of talks) {
    const steps = smsc.of(number).map((text) => expected.indexOf(text));
    assert.ok(!steps.includes(-1), `a text that does not belong here: ${JSON.stringify(smsc.of(number))}`);
    steps.forEach((step, i) => assert.ok(i === 0 || steps[i - 1] <= step, `out of order: ${steps}`));
    for (let step = 0; step < kScript.length; ++step) {
      const times = steps.filter((other) => other === step).length;
      ++seen[times === 0 ? 'never' : times === 1 ? 'once' : 'twice'];
    }
  }
  const outcomes = await gateway.books();
  report(`${talks.length} talks, ${kTalks} at a time; replies: once ${seen.once}, more than once ${seen.twice}, never ${seen.never}; the books: ${JSON.stringify(outcomes)}`);
  assert.ok(seen.never <= (outcomes.unknown ?? 0), 'what never came is known to be unknown');
  assert.ok(seen.twice <= (outcomes.repeated ?? 0), 'what came twice is known to be repeated');
  await gateway.stop();
});
