// An aggregator that is away for ten minutes: what is still useful goes out afterwards, in order and once; what is not is
// dropped and written down. The minutes pass by the gateway's own clock (`/clock/ahead`).
//
//   TRIAL_OUTAGE_TALKS=20   people who text each minute
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Carrier, Line, new_number } from './aggregator.mjs';
import { Gateway, report, setting, settings_tree, sleep, until } from './trial.mjs';

const kTalks = setting('TRIAL_OUTAGE_TALKS', 20);
const kMinutes = 10, kUseful = 5;  // minutes that a greeting stays useful (templates/en/messages.yaml)

test(`an aggregator away for ten minutes, ${kTalks} people a minute`, { timeout: 300_000 }, async () => {
  const carrier = await Carrier.open();
  const gateway = await new Gateway({ root: settings_tree({ channels: { main: { api_base: carrier.base, reply: 'api' } } }) }).start();
  const line = new Line({ port: gateway.port });
  let pass = 0;
  const minute = async () => {
    await gateway.ahead(60);
    carrier.ahead = pass += 60;
  };

  // Away in each of the ways there are: an error, too busy, and a line that breaks.
  carrier.mood = () => ['broken', 'busy', 'drop'][Math.floor(Math.random() * 3)];
  const people = [];
  for (let at = 0; at < kMinutes; ++at) {
    const came = Array.from({ length: kTalks }, () => ({ number: new_number(), at }));
    people.push(...came);
    await Promise.all(came.map(({ number }) => line.text(number, 'hi')));
    // Some write on, unanswered: two replies of theirs then wait, and their order counts.
    await sleep(1000);
    await minute();
    await Promise.all(came.filter((_, i) => i % 2).map(({ number }) => line.text(number, 'yes, i need a place to stay')));
    await sleep(1000);
  }
  for (const { number } of people) assert.equal(carrier.of(number).length, 0, 'nothing went out while it was away');

  carrier.mood = () => 'take';
  await minute();  // a text is tried again within a minute
  await until('nothing waits any more', 60_000, async () => (await gateway.waiting()) === 0, 200);
  await sleep(500);
  const books = await gateway.books();

  let sent = 0, late = 0;
  for (const { number, at } of people) {
    const texts = carrier.of(number).map(({ text }) => text);
    sent += texts.length;
    assert.equal(new Set(texts).size, texts.length, 'nothing is doubled');
    if (at < kMinutes - kUseful - 1) late += texts.some((text) => /automatic reply/.test(text));
    if (at >= kMinutes - 2) assert.match(texts[0] ?? '', /automatic reply/, 'what is still useful goes out');
    const greeting = texts.findIndex((text) => /automatic reply/.test(text));
    assert.ok(greeting <= 0, 'in order');
  }
  report(`${people.length} people; texts sent afterwards ${sent}; the books: ${JSON.stringify(books)}`);
  assert.equal(late, 0, 'what is no longer useful is not sent');
  assert.ok(books.expired > 0, 'and it is written down');
  assert.equal(sent, (books.sent ?? 0) + (books.repeated ?? 0), 'each text that reached a phone is in the books');

  // Whoever comes next is served at once.
  const next = new_number();
  await line.text(next, 'hi');
  await until('an answer', 3000, () => carrier.of(next).length === 1);
  await gateway.stop();
});

test('a second channel of the same number takes over, and the first comes back', { timeout: 120_000 }, async () => {
  const carrier = await Carrier.open(), second = await Carrier.open();
  const channels = { main: { api_base: carrier.base, reply: 'api', backup: 'second' }, second: { api_base: second.base, reply: 'api' } };
  const gateway = await new Gateway({ root: settings_tree({ channels }) }).start();
  const line = new Line({ port: gateway.port });
  carrier.mood = () => 'broken';
  const numbers = Array.from({ length: 12 }, new_number);
  await Promise.all(numbers.map((number) => line.text(number, 'hi')));
  const both = (number) => carrier.of(number).length + second.of(number).length;
  await until('all are answered', 20_000, () => numbers.every((number) => both(number) === 1));
  assert.ok(numbers.every((number) => second.of(number).length === 1));
  carrier.mood = () => 'take';
  await until('the first is used again', 30_000, async () => {
    const number = new_number();
    await line.text(number, 'hi');
    await until('an answer', 10_000, () => both(number) === 1);
    return carrier.of(number).length === 1;
  }, 500);
  assert.ok(numbers.every((number) => both(number) === 1), 'nothing was doubled');
  await gateway.stop();
});
