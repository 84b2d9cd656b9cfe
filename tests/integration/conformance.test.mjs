// Every channel held to one table: each row a behaviour, each column a channel, all against one running gateway. The
// table as tested is handlers/channels.md; `CONFORMANCE_WRITE=1` writes it anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { new_number, new_sid } from './aggregator.mjs';
import { HttpWay, SmppWay } from './columns/ways.mjs';
import { Gateway, settings_tree, sleep, source, until } from './trial.mjs';

const kPage = path.join(source, 'handlers/channels.md');
const kColumns = ['twilio', 'telnyx', 'bandwidth', 'vonage', 'plivo', 'kannel', 'http'];
const kQuiet = 1200;  // ms in which nothing came: replies take a few milliseconds
const ways = [];
let gateway;
const table = [];

before(async () => {
  for (const column of kColumns) ways.push(new HttpWay(await import(`./columns/${column}.mjs`)));
  ways.push(new SmppWay());
  const root = settings_tree({ channels: {} });
  let lines = '';
  for (const way of ways) lines += `  ${way.name}: ${JSON.stringify(await way.open())}\n`;
  fs.appendFileSync(path.join(root, 'config/northstar.yaml'), lines);
  gateway = await new Gateway({ root }).start();
  for (const way of ways) way.port = gateway.port;
  await ways.find((way) => way.smsc).smsc.bound();
}, { timeout: 120_000 });

/// A row: `cell(way)` throws where a channel does not behave, and gives words where the channel has no such thing.
function row(title, cell, { around, timeout = 60_000 } = {}) {
  test(title, { timeout }, async () => {
    const all = async () => {
      const cells = await Promise.allSettled(ways.map(async (way) => ((way.mood = () => 'take'), cell(way))));
      table.push({ title, cells: cells.map(({ status, value }) => (status === 'rejected' ? 'FAILS' : value ?? 'yes')) });
      const faults = cells.flatMap(({ status, reason }, i) => (status === 'rejected' ? [`${ways[i].name}: ${reason.stack ?? reason}`] : []));
      assert.equal(faults.length, 0, faults.join('\n'));
    };
    await (around ? around(all) : all());
  });
}

const replies = async (way, number, count, patience = 15_000) => {
  await until(`${way.name}: ${count} replies`, patience, () => way.texts(number).length >= count);
  return way.texts(number);
};
const quiet = async (way, number, count = 0) => {
  await sleep(kQuiet);
  assert.equal(way.texts(number).length, count, 'texts that should not have been sent');
};
const say = async (way, number, body, more) => assert.equal(await way.text({ from: number, body, ...more }), 'taken');
const sends = (way, outcome) => gateway.metric('northstar_sends_total', `channel="${way.name}"`, `outcome="${outcome}"`);

row('A text is answered once, to the number that wrote', async (way) => {
  const number = new_number();
  await say(way, number, 'hi');
  assert.match((await replies(way, number, 1))[0], /automatic/);
  await quiet(way, number, 1);
});

for (const [how, title] of [['wrong', 'A wrong signature is refused, and nothing is kept'],
                            ['missing', 'No signature at all is refused'],
                            ['stale', 'An old signature is refused'],
                            ['changed', 'A text that was changed on its way is refused']]) {
  row(title, async (way) => {
    const number = new_number();
    const status = await way.spoiled(how, number);
    if (status === null) return way.smsc ? 'bind' : 'none';
    assert.ok(status === 403 || status === 401 || (how === 'missing' && status === 503), `${status}`);
    await quiet(way, number);
  });
}

row('A text that is posted again has one effect', async (way) => {
  const number = new_number(), id = new_sid();
  await say(way, number, 'hi', { id });
  await replies(way, number, 1);
  if (way.smsc) return 'words';  // smpp.test.mjs: SMPP numbers no text
  await say(way, number, 'hi', { id });
  await say(way, number, 'hi', { id });
  await quiet(way, number, 1);
});

row('The same text posted three times at once has one effect', async (way) => {
  if (way.smsc) return 'words';
  const number = new_number(), id = new_sid();
  await Promise.all([1, 2, 3].map(() => say(way, number, 'hi', { id })));
  await replies(way, number, 1);
  await quiet(way, number, 1);
});

row('Spanish, accents and emoji come through, and the answer is in Spanish', async (way) => {
  const number = new_number();
  await say(way, number, 'Sí, necesito ayuda para mi niña 😀');
  assert.match((await replies(way, number, 1))[0], /^Hola/);
});

row('A picture is not opened, and the person is told', async (way) => {
  const number = new_number();
  await say(way, number, '', { media: true });
  assert.match((await replies(way, number, 1)).join(' '), /automatic/);
});

row('STOP gets one confirmation, a second STOP nothing', async (way) => {
  const number = new_number();
  await say(way, number, 'hi');
  await replies(way, number, 1);
  await say(way, number, 'STOP');
  assert.match((await replies(way, number, 2))[1], /No more texts/);
  await say(way, number, 'stop');
  await quiet(way, number, 2);
});

row('"He is here" gets no reply, and no fault', async (way) => {
  const number = new_number();
  await say(way, number, 'he is here');
  await quiet(way, number);
});

row('The aggregator tells of an opt-out that it took itself', async (way) => {
  const number = new_number();
  const status = await way.opted_out_notice(number);
  if (status === null || status === undefined) return 'none';
  assert.ok(status < 300, `${status}`);
  await sleep(kQuiet);
  assert.ok(way.texts(number).length <= 1, 'one confirmation at most');
});

for (const outcome of ['delivered', 'undelivered', 'filtered']) {
  row(`A receipt is taken: ${outcome}`, async (way) => {
    const count = () => gateway.metric('northstar_receipts_total', `channel="${way.name}"`, `outcome="${outcome}"`);
    const had = await count();
    const status = await way.receipt(new_number(), outcome);
    if (status === null) return 'none';
    assert.ok(status < 300, `${status}`);
    assert.equal(await count(), had + 1);
  });
}

row('A forged receipt is refused', async (way) => {
  const status = await way.receipt(new_number(), 'delivered', { forged: true });
  if (status === null) return way.smsc ? 'bind' : 'none';
  assert.ok([401, 403, 503].includes(status), `${status}`);
});

for (const [mood, title] of [['throttled', 'Throttled: the reply goes out later, once'], ['broken', 'A fault of theirs: the reply goes out later, once']]) {
  row(title, async (way) => {
    const number = new_number();
    way.mood = (to) => (to === number && way.tried(number) < 3 ? mood : 'take');
    await say(way, number, 'hi');
    await replies(way, number, 1, 30_000);
    await quiet(way, number, 1);
    assert.equal(way.tried(number), 3);
  });
}

row('The carrier holds an opt-out: it is kept as the person\'s own, and not tried again', async (way) => {
  if (way.column?.answer_send('opted_out', '1') === null) return 'receipt';
  const number = new_number(), had = await sends(way, 'opted_out');
  way.mood = () => 'opted_out';
  await say(way, number, 'hi');
  await until('it was tried', 10_000, () => way.tried(number) > 0);
  await quiet(way, number);
  assert.equal(way.tried(number), 1);
  assert.equal(await sends(way, 'opted_out'), had + 1);
});

for (const [mood, title] of [['unknown_number', 'An unknown number is not tried again'], ['refused', 'What is refused for ever is not tried again']]) {
  row(title, async (way) => {
    const number = new_number(), had = await sends(way, 'refused');
    way.mood = () => mood;
    await say(way, number, 'hi');
    await until('it was tried', 10_000, () => way.tried(number) > 0);
    await quiet(way, number);
    assert.equal(way.tried(number), 1);
    assert.equal(await sends(way, 'refused'), had + 1);
  });
}

row('Taken, but never answered: asked about, or said again where that does no harm, and never more', async (way) => {
  const number = new_number();
  way.mood = (to) => (to === number && way.tried(number) < 2 ? 'take_and_drop' : 'take');
  await say(way, number, 'hi');
  await replies(way, number, 1, 30_000);
  await sleep(3 * kQuiet);
  const count = way.texts(number).length;
  assert.ok(count <= 2, `${count} times`);
  if (way.column?.answer_ask) assert.equal(count, 1, 'it could be asked about');
}, { timeout: 90_000 });

let mended_for_all;
row('A credential that is refused: texts wait, and go out once it is mended', async (way) => {
  if (way.smsc) return 'bind';
  const number = new_number();
  let mended = false;
  way.mood = () => (mended ? 'take' : 'wrong_credential');
  await say(way, number, 'hi');
  await until('it was tried', 10_000, () => way.tried(number) > 0);
  assert.ok((await sends(way, 'misconfigured')) > 0);
  mended = true;
  await (mended_for_all ??= sleep(500).then(() => gateway.ahead(65)));  // it is tried once a minute
  await replies(way, number, 1, 30_000);
  await quiet(way, number, 1);
});

const waiting = new Map();
row('While the store is away, they are told to come again; nothing is lost', async (way) => {
  const number = new_number(), id = new_sid();
  assert.equal(await way.text({ from: number, body: 'hi', id }), 'later');
  waiting.set(way, { from: number, body: 'hi', id });
}, {
  around: async (all) => {
    const pid = await gateway.redis_pid();
    process.kill(pid, 'SIGSTOP');
    try {
      await all();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until('it is back', 20_000, async () => (await gateway.ready()) === 200);
    for (const [way, message] of waiting) {
      await until(`${way.name} takes it`, 10_000, async () => (await way.text(message)) === 'taken', 300);
      await replies(way, message.from, 1);
      await quiet(way, message.from, 1);
    }
  },
});

after(() => {
  const notes = { none: 'the channel has no such thing', bind: 'SMPP: who may speak is settled when the link is bound',
                  receipt: 'the answer to a send never says so there',
                  words: 'SMPP numbers no text: told again on a new link, the same words are the same text' };
  const used = [...new Set(table.flatMap(({ cells }) => cells.filter((cell) => notes[cell])))];
  const mark = (cell) => (cell === 'yes' ? 'yes' : cell === 'FAILS' ? '**no**' : `–${'¹²³⁴'[used.indexOf(cell)]}`);
  const page = [
    '# What each channel does, as tested', '',
    'Each row is a behaviour, each column a channel. This page is written by the test that shows it',
    '(`tests/integration/conformance.test.mjs`, with `CONFORMANCE_WRITE=1`), and the test fails when it is not so any more.', '',
    `| | ${ways.map(({ name }) => `\`${name}\``).join(' | ')} |`, `|---|${ways.map(() => '---').join('|')}|`,
    ...table.map(({ title, cells }) => `| ${title} | ${cells.map(mark).join(' | ')} |`), '',
    ...used.flatMap((cell) => [`${'¹²³⁴'[used.indexOf(cell)]} ${notes[cell][0].toUpperCase()}${notes[cell].slice(1)}.`, '']),
  ].join('\n').trimEnd() + '\n';
  if (process.env.CONFORMANCE_WRITE) fs.writeFileSync(kPage, page);
  else assert.equal(fs.existsSync(kPage) ? fs.readFileSync(kPage, 'utf8') : '', page, `${kPage} is not as tested: write it with CONFORMANCE_WRITE=1`);
});
