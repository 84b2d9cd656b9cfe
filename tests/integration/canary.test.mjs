// R71-R74: what one person wrote, from where, and who they are is nowhere but under the seal; and a copy of everything
// that was on disk opens nothing once the keys are gone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Carrier, Line } from './aggregator.mjs';
import { Gateway, folder, report, request, settings_tree, sleep, until } from './trial.mjs';

const kNumber = '+12065550163', kWord = 'quokkalantern', kName = 'Zyrildawn', kZip = '96150';
const kText = `my name is ${kName} i need a lawyer, i live near ${kZip}, the vermilion pelican`;

/// Every form that R71 names, as bytes.
function forms(text) {
  const bytes = Buffer.from(text, 'utf8');
  const utf16le = Buffer.from(text, 'utf16le'), utf16be = Buffer.from(utf16le).swap16();
  const found = [bytes, Buffer.from(encodeURIComponent(text)), Buffer.from(encodeURIComponent(text).replaceAll('%20', '+')),
                 Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('hex').toUpperCase()), utf16le, utf16be];
  for (let shift = 0; shift < 3; ++shift) {  // the three ways in which base64 can fall; the ends depend on neighbours
    const all = Buffer.concat([Buffer.alloc(shift, 'x'), bytes]).toString('base64');
    const inner = all.slice(shift ? 4 : 0, -4);
    if (inner.length >= 8) found.push(Buffer.from(inner), Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_')));
  }
  return found;
}

const kAddress = '127.0.0.83';  // where the aggregator seems to call from: loopback has room for a canary of its own

const canaries = { number: [kNumber, kNumber.slice(1), kNumber.slice(2), '206-555-0163', '(206) 555-0163'],
                   text: ['vermilion pelican', kText], name: [kName, kName.toLowerCase()], word: [kWord],
                   address: [kAddress] };

/// Says what was found and in which form; never more than its kind, as the product would have it.
function look(where, bytes) {
  for (const [kind, texts] of Object.entries(canaries)) {
    for (const text of texts) {
      for (const form of forms(text)) assert.ok(!bytes.includes(form), `${where} holds the ${kind}`);
    }
  }
  // Five digits also stand inside times and counts: a ZIP is one when no digit is beside it.
  assert.ok(!new RegExp(`(?<![0-9])${kZip}(?![0-9])`).test(bytes.toString('latin1')), `${where} holds the ZIP`);
}

function files(root) {
  return fs.readdirSync(root, { withFileTypes: true, recursive: false }).flatMap((entry) => {
    const whole = path.join(root, entry.name);
    return entry.isDirectory() ? files(whole) : entry.isFile() ? [whole] : [];
  });
}

test('R71: what looks for canaries finds one in every form, wherever it stands', () => {
  for (const texts of Object.values(canaries)) {
    for (const text of texts) {
      const bytes = Buffer.from(text, 'utf8');
      const wide = Buffer.from(text, 'utf16le');
      const hidden = [bytes, Buffer.from(encodeURIComponent(text)), Buffer.from(bytes.toString('hex')), wide, Buffer.from(wide).swap16()];
      for (const before of ['', 'a', 'ab']) hidden.push(Buffer.from(Buffer.from(`${before}${text}zzz`).toString('base64')));
      for (const form of hidden) assert.throws(() => look('x', Buffer.concat([Buffer.from([0, 255, 10]), form, Buffer.from('.')])), /x holds/);
    }
  }
  assert.throws(() => look('x', Buffer.from(`near ${kZip}.`)), /ZIP/);
  look('x', Buffer.from(`at 17${kZip}0 ms, +12065550164`));
});

const kMinute = 60, kHour = 3600, kDay = 86_400;

test('R71-R74: canaries are nowhere, and without their keys copies open nothing', { timeout: 240_000 }, async () => {
  const carrier = await Carrier.open();
  const root = settings_tree({ channels: { main: { api_base: carrier.base }, api: { api_base: carrier.base, reply: 'api' } } });
  const gateway = await new Gateway({ root, sets: { 'log.level': 'debug' } }).start();
  const line = new Line({ port: gateway.port, carrier }), slow = new Line({ port: gateway.port, channel: 'api', carrier });
  const pages = [];
  const keep = async (promise) => {
    const answer = await promise;
    pages.push(JSON.stringify(answer.headers) + (answer.status === 200 ? '' : answer.body));
    return answer;
  };

  // A whole talk, with every kind of fault in it. Redis writes down every command that it is given.
  await gateway.redis('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '100000');
  await keep(line.text(kNumber, kText, { localAddress: kAddress, agent: false }));
  await keep(line.text(kNumber, '1'));
  await keep(line.text(kNumber, kText, { headers: { 'X-Twilio-Signature': 'AAAA' }, localAddress: kAddress, agent: false }));
  await keep(line.text(kNumber, kText, { change: (form) => form + '%zz' }));
  await keep(line.text(kNumber, kText + 'x'.repeat(80_000)).catch(() => ({ status: 0, headers: {}, body: '' })));
  await keep(request({ port: gateway.port, path: `/sms/${encodeURIComponent(kText)}` }));
  await keep(request({ port: gateway.port, path: '/sms/main', headers: { 'X-Note': kText } }));
  carrier.mood = () => 'broken';
  await keep(slow.text(kNumber, 'bye'));
  await sleep(300);
  carrier.mood = () => 'take_and_drop';
  await keep(slow.text(kNumber, '1'));
  await keep(slow.text(kNumber, kWord));
  await sleep(1500);
  carrier.mood = () => 'take';
  await keep(line.text(kNumber, 'he is here'));
  // R79: neither writes a core.
  const redis = await gateway.redis_pid();
  for (const pid of [redis, gateway.child.pid]) {
    assert.match(fs.readFileSync(`/proc/${pid}/limits`, 'utf8'), /Max core file size +0 +0/, 'a core could be written');
  }
  look('Redis\'s log of commands', Buffer.from(JSON.stringify(await gateway.redis('SLOWLOG', 'GET', '-1')), 'latin1'));
  process.kill(redis, 'SIGKILL');
  await keep(line.text(kNumber, kText).catch(() => ({ status: 0, headers: {}, body: '' })));
  await until('texts are taken again', 30_000, async () => (await gateway.ready()) === 200);
  await keep(line.text(kNumber, kText));
  await keep(line.text(kNumber, '1'));
  await keep(line.text(kNumber, 'bye'));
  await keep(line.text(kNumber, '3'));
  await keep(line.text(kNumber, '1'));  // one text in two hours: kept for longer than the talk
  await sleep(200);
  const held = files(gateway.state).filter((file) => file.includes('appendonlydir') && file.endsWith('.aof'));
  for (const file of held) look(`${path.basename(file)}, before it is written anew,`, fs.readFileSync(file));
  await gateway.redis('SAVE');
  await gateway.redis('BGREWRITEAOF');
  await until('the file is written anew', 30_000, async () => /aof_rewrite_in_progress:0/.test(await gateway.redis('INFO', 'persistence')));

  pages.push(await gateway.metrics(), (await request({ port: gateway.operations, path: '/readyz' })).body);
  look('the log', Buffer.from(gateway.log));
  pages.forEach((page) => look('an answer', Buffer.from(page)));
  assert.ok(files(gateway.state).some((file) => file.endsWith('.rdb')), 'a snapshot was written');
  for (const file of files(gateway.state)) look(path.relative(gateway.state, file), fs.readFileSync(file));
  report(`${files(gateway.state).length} files, ${pages.length} answers, ${gateway.log.length} bytes of log: no canary in any`);

  // What was on disk now, and the keys as they are now, a day later, and 46 days later.
  const talker = '+12065550164';
  await line.text(talker, 'hi');
  await line.text(talker, '1');
  await gateway.stop();
  const copy = (from) => {
    const to = path.join(folder(), 'state');
    fs.cpSync(from, to, { recursive: true, filter: (file) => !file.endsWith('.sock') });
    return to;
  };
  const then = copy(gateway.state);
  const keys_at = async (seconds) => {
    const later = await new Gateway({ root, state: copy(then) }).start();
    await later.ahead(seconds);
    await later.stop();
    return fs.readFileSync(path.join(later.state, 'keys'));
  };
  const opened = async (keys) => {
    const state = copy(then);
    if (keys) fs.writeFileSync(path.join(state, 'keys'), keys, { mode: 0o600 });
    const thief = await new Gateway({ root, state }).start();
    const talk = await new Line({ port: thief.port, carrier }).text(talker, '3');
    const before = carrier.of(kNumber).length;
    await thief.ahead(2 * kHour + 5 * kMinute);
    await sleep(2500);
    await thief.stop();
    return { talk: talk.texts.join(), follow_up: carrier.of(kNumber).length > before };
  };
  const own = await opened();
  assert.match(own.talk, /city|ZIP/, 'with its own keys the talk goes on: this trial can fail');
  assert.ok(own.follow_up, 'and the one text later is sent');
  const day = await opened(await keys_at(25 * kHour + kMinute));
  assert.match(day.talk, /OK to text|Puede escribir/, 'a day later the talk opens no more: they are met as a first contact');
  assert.ok(day.follow_up, 'but what they asked to be kept longer does');
  const season = await opened(await keys_at(46 * kDay));
  assert.match(season.talk, /OK to text|Puede escribir/);
  assert.ok(!season.follow_up, 'after 46 days nothing opens');
  report('after 25 hours only what was to be kept opens, after 46 days nothing');
});
