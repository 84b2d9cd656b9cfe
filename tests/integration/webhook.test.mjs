// The webhook as an aggregator calls it, against the real gateway and its own Redis.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { before, test } from 'node:test';
import { Line, form_of, new_number, new_sid, sign } from './aggregator.mjs';
import { Gateway, public_url, request, run, settings_tree, sleep, until } from './trial.mjs';

const kEmpty = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
let gateway, line;

before(async () => {
  gateway = await new Gateway({ sets: { 'limits.slow_client': '2s' } }).start();
  line = new Line({ port: gateway.port });
}, { timeout: 120_000 });

const talk_keys = async () => (await gateway.keys()).filter((key) => /:(session|seen|entry):|optouts/.test(key)).sort();

/// What must be turned away: with this status, no reply, and nothing stored.
async function turned_away(status, body, options) {
  const before = await talk_keys();
  const answer = await line.text(new_number(), body, options);
  assert.equal(answer.status, status);
  assert.deepEqual(answer.texts, []);
  assert.deepEqual(await talk_keys(), before, 'something was stored');
  return answer;
}

test('R73: a text without a right signature gets 403, and nothing is stored', async () => {
  await turned_away(403, 'hello', { headers: { 'X-Twilio-Signature': '' } });
  await turned_away(403, 'hello', { headers: { 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' } });
  await turned_away(403, 'hello', { change: (form) => form.replace('Body=hello', 'Body=hellp') });
  await turned_away(403, 'hello', { change: (form) => form + '&Extra=1' });
  await turned_away(403, 'hello', { change: (form) => form.replace('NumMedia=0&', '') });
  const stranger = new Line({ port: gateway.port, secret: 'f'.repeat(32) });
  assert.equal((await stranger.text(new_number(), 'hello')).status, 403);
  const before = await talk_keys();
  const form = form_of(line.pairs(new_number(), 'hello', new_sid()));
  const bare = await request({ port: gateway.port, path: '/sms/main', method: 'POST', body: form,
                               headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(bare.status, 403);
  assert.deepEqual(await talk_keys(), before);
});

test('the signature covers the configured address and the query exactly as sent', async () => {
  const pairs = line.pairs(new_number(), 'hi', new_sid()), form = form_of(pairs);
  const post = (target, url) => request({ port: gateway.port, path: target, method: 'POST', body: form,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': sign(url, pairs), Host: 'elsewhere.example' } });
  assert.equal((await post('/sms/main?a=1&b=%20', public_url('main') + '?a=1&b=%20')).status, 200);
  assert.equal((await post('/sms/main?a=1&b=+', public_url('main') + '?a=1&b=%20')).status, 403);
  assert.equal((await post('/sms/main', public_url('main').replace('.org', '.org:443'))).status, 200, 'with the port');
  assert.equal((await post('/sms/main', 'https://elsewhere.example/sms/main')).status, 403, 'Host proves nothing');
});

test('a JSON body counts through bodySHA256 and not otherwise', async () => {
  const { createHash } = await import('node:crypto');
  const body = JSON.stringify(Object.fromEntries(line.pairs(new_number(), 'hi', new_sid())));
  const hash = createHash('sha256').update(body).digest('hex');
  const post = (query, sent = body) => request({ port: gateway.port, path: '/sms/main' + query, method: 'POST', body: sent,
    headers: { 'Content-Type': 'application/json', 'X-Twilio-Signature': sign(public_url('main') + query, []) } });
  assert.equal((await post('')).status, 403);
  assert.equal((await post(`?bodySHA256=${hash}`, body.replace('"hi"', '"ho"'))).status, 403);
  const answer = await post(`?bodySHA256=${hash}`);
  assert.equal(answer.status, 200);
  assert.match(answer.body, /<Message>/);
});

test('R90: a redelivered text gets the same bytes and has one effect', async () => {
  const from = new_number(), first = await line.text(from, 'hi');
  for (let i = 0; i < 3; ++i) assert.equal((await line.text(from, 'hi', { sid: first.sid })).body, first.body);
  const yes = await line.text(from, '1');
  assert.match(yes.texts[0], /What would help you most/);
  assert.equal((await line.text(from, '1', { sid: yes.sid })).body, yes.body, 'and the answer to "1" is not one step further');
  assert.equal((await line.text(from, 'hi', { sid: first.sid })).body, first.body, 'also out of order');
  assert.match(await line.say(from, 'shelter'), /What city/);
});

test('R90: redeliveries that race the first have one effect', async () => {
  const from = new_number(), sid = new_sid();
  const all = await Promise.all(Array.from({ length: 20 }, () => line.text(from, 'hi', { sid })));
  assert.ok(all.every((answer) => answer.status === 200));
  assert.equal(new Set(all.map((answer) => answer.body)).size, 1);
  assert.match(await line.say(from, '1'), /What would help you most/);
});

test('R12: once silence was asked for, a redelivery of what came before gets an empty success', async () => {
  const from = new_number(), first = await line.text(from, 'hi');
  const stop = await line.text(from, 'stop');
  assert.equal(stop.texts.length, 1);
  assert.equal((await line.text(from, 'hi', { sid: first.sid })).body, kEmpty);
  assert.equal((await line.text(from, 'stop', { sid: stop.sid })).body, stop.body, 'its own one line still');
});

test('R18, R19: STOP gets one confirmation, a second gets nothing, a later text reopens by reply', async () => {
  const from = new_number();
  await line.say(from, 'hi');
  assert.match(await line.say(from, 'STOP'), /No more texts/);
  assert.equal((await line.text(from, 'Stop.')).body, kEmpty);
  assert.match(await line.say(from, 'help'), /No more texts: STOP\. OK to text now\?/);
  assert.match(await line.say(from, '1'), /What would help you most/);
});

test('R20: an opt-out outlives kill -9 of the gateway and of Redis', async () => {
  const from = new_number();
  await line.say(from, 'hi');
  await line.say(from, 'STOP');
  const opted_out = async () => {
    let count = 0;
    for (const key of await gateway.keys('{p*}:optouts')) count += await gateway.redis('SCARD', key);
    return count;
  };
  const before = await opted_out();
  assert.ok(before >= 1);
  process.kill(await gateway.redis_pid(), 'SIGKILL');
  await gateway.kill();
  await gateway.start();
  assert.equal(await opted_out(), before);
  assert.equal((await line.text(from, 'stop')).body, kEmpty, 'a second STOP is still a second');
});

test('words of every script come through as they were sent, and XML is escaped', async () => {
  assert.match(await line.say(new_number(), 'Necesito ayuda ñ á 😀'), /Hola/);
  assert.match(await line.say(new_number(), '<Message>&amp;</Message>]]>"\' \u0000 \u202e hi'), /automatic/);
  for (const text of ['救命', 'مساعدة', '👋🏽', '\ud83d\udc4b '.repeat(200), 'a'.repeat(1600), '', ' ', '\n']) {
    assert.equal((await line.text(new_number(), text)).status, 200, JSON.stringify(text.slice(0, 20)));
  }
  const from = new_number();
  await line.say(from, 'hi');
  await line.say(from, '1');
  await line.say(from, 'shelter');
  const offer = await line.text(from, 'fresno');
  assert.match(offer.texts[0], /Say "/, 'the text has quotes');
  assert.doesNotMatch(offer.body.replace(/<[^>]*>/g, ''), /[<>]/);
});

test('R8 of the table: Spanish is answered in Spanish, and stays so', async () => {
  const from = new_number();
  assert.match(await line.say(from, 'necesito ayuda'), /¿Puede escribir ahora\?/);
  assert.match(await line.say(from, '1'), /¿Qué necesita/);
  assert.match(await line.say(from, 'refugio en fresno'), /Fresno/);
});

test('R43: pictures are refused unread, with a neutral line', async () => {
  const from = new_number();
  const more = { NumMedia: '1', MediaUrl0: `http://127.0.0.1:${gateway.port}/never`, MediaContentType0: 'image/jpeg' };
  const answer = await line.text(from, '', { more });
  assert.equal(answer.status, 200);
  assert.match(answer.texts[0], /reads only words/);
});

test('what is too large, malformed or of another kind gets its 4xx, and the next text is served', async () => {
  await turned_away(413, 'x'.repeat(100_000));
  await turned_away(415, 'hello', { headers: { 'Content-Type': 'text/plain' } });
  await turned_away(400, 'hello', { change: (form) => form.replace('Body=hello', 'Body=%zz') });
  await turned_away(400, 'hello', { change: (form) => form.replace('Body=hello', 'Body=%ff%fe') });
  const signed = async (pairs) => {
    const form = form_of(pairs);
    return (await request({ port: gateway.port, path: '/sms/main', method: 'POST', body: form, headers: {
      'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': sign(public_url('main'), pairs) } })).status;
  };
  const whole = line.pairs(new_number(), 'hello', new_sid());
  for (const missing of ['MessageSid', 'From', 'To', 'Body']) {
    assert.equal(await signed(whole.filter(([name]) => name !== missing)), 400, `without ${missing}`);
  }
  assert.equal((await request({ port: gateway.port, path: '/sms/main' })).status, 405);
  assert.equal((await request({ port: gateway.port, path: '/sms/other', method: 'POST', body: '' })).status, 404);
  assert.equal((await request({ port: gateway.port, path: '/metrics' })).status, 404, 'operations are another listener');
  await line.say(new_number(), 'hi');
});

test('one connection carries many texts', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  agent.createConnection = ((create) => (...args) => (++connections, create.apply(agent, args)))(agent.createConnection);
  for (let i = 0; i < 20; ++i) await line.text(new_number(), 'hi', { agent });
  agent.destroy();
  assert.equal(connections, 1);
});

test('a slow client is cut off, and does not hold up the others', { timeout: 30_000 }, async () => {
  const { connect } = await import('node:net');
  const slow = connect(gateway.port, '127.0.0.1');
  slow.on('error', () => {});
  slow.write('POST /sms/main HTTP/1.1\r\nHost: x\r\nContent-Le');
  const gone = new Promise((done) => slow.once('close', done));
  slow.resume();
  await line.say(new_number(), 'hi');
  const began = Date.now();
  await gone;
  assert.ok(Date.now() - began < 8000);
});

test('R90: while Redis is away the answer is 503 within a second, and service resumes by itself', { timeout: 60_000 }, async () => {
  const redis = await gateway.redis_pid();
  const from = new_number(), sid = new_sid();
  process.kill(redis, 'SIGSTOP');
  try {
    for (let i = 0; i < 3; ++i) {
      const began = Date.now();
      assert.equal((await line.text(from, 'hi', { sid })).status, 503);
      assert.ok(Date.now() - began < 1500, `took ${Date.now() - began} ms`);
    }
    assert.equal(await gateway.ready(), 503);
    assert.equal((await request({ port: gateway.operations, path: '/healthz' })).status, 200);
  } finally {
    process.kill(redis, 'SIGCONT');
  }
  const answer = await until('texts are answered again', 10_000, async () => {
    const tried = await line.text(from, 'hi', { sid });
    return tried.status === 200 && tried;
  });
  assert.match(answer.texts[0] ?? '', /automatic/, 'the text that got 503 was not taken for seen and lost');
  assert.match(await line.say(from, '1'), /What would help you most/);

  process.kill(redis, 'SIGKILL');
  const other = new_number();
  await until('a killed Redis is started again', 20_000, async () => {
    const began = Date.now();
    const tried = await line.text(other, 'hi', { sid: `${sid}k` });
    assert.ok(tried.status === 200 || tried.status === 503);
    assert.ok(Date.now() - began < 1500, `took ${Date.now() - began} ms`);
    return tried.status === 200;
  });
  assert.notEqual(await gateway.redis_pid(), redis);
  assert.match(await line.say(from, 'shelter'), /What city/, 'and the talk is where it was');
});

test('R10: after sixteen minutes the same talk is met as a first contact', async () => {
  const talked = new_number(), other = new_number(), stranger = new_number();
  const greeting = await line.say(talked, 'hi');
  for (const text of ['1', 'shelter', 'fresno']) await line.say(talked, text);
  for (const text of ['hi', '1']) await line.say(other, text);
  await gateway.ahead(16 * 60);
  // Invariant 8: whoever holds the phone now cannot tell, word for word, whether there ever was a talk.
  for (const text of ['2', '1', '1', 'shelter']) assert.equal(await line.say(talked, text), await line.say(stranger, text));
  assert.equal(await line.say(other, 'hi'), greeting);
  assert.match(await line.say(other, '1'), /What would help you most/);
});

test('receipts are taken with a signature over their own address, and not without', async () => {
  const pairs = Object.entries({ MessageSid: new_sid(), MessageStatus: 'delivered' });
  const post = (signature) => request({ port: gateway.port, path: '/sms/main/status', method: 'POST', body: form_of(pairs),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature } });
  assert.equal((await post(sign(public_url('main') + '/status', pairs))).status, 204);
  assert.equal((await post(sign(public_url('main'), pairs))).status, 403);
});

test('the operations listener says how it goes', async () => {
  assert.equal((await request({ port: gateway.operations, path: '/healthz' })).status, 200);
  assert.equal((await request({ port: gateway.operations, path: '/readyz' })).status, 200);
  const before = await gateway.metric('northstar_texts_received_total', 'main');
  await line.say(new_number(), 'hi');
  assert.equal(await gateway.metric('northstar_texts_received_total', 'main'), before + 1);
  assert.ok(await gateway.metric('northstar_requests_refused_total', 'reason="signature"') > 0);
});

test('settings: every fault at once, each with file, line and column, and --set wins', async () => {
  const root = settings_tree({ lines: 'listn:\n  public: 127.0.0.1:1\nlimits:\n  texts_a_minute: many\n  body_kib: -4\n' });
  const file = path.join(root, 'config/northstar.yaml');
  const refused = run(['--config', file, 'serve'], { env: { ...process.env, TRIAL_TOKEN: 'x' } });
  assert.equal(refused.code, 1);
  const said = refused.err + refused.out;
  for (const [place, word] of [['2:1', 'listn'], ['5:19', 'many'], ['6:13', '-4']]) {
    const fault = said.split('\n').find((text) => text.includes(`northstar.yaml:${place}:`));
    assert.ok(fault?.includes(word), `no fault at ${place} that names ${word}:\n${said}`);
  }
  const unknown = run(['--config', path.join(settings_tree(), 'config/northstar.yaml'), 'serve', '--set', 'limits.nonsense=1']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err + unknown.out, /nonsense/);
  const plain = settings_tree({ lines: 'programme: { name: "Harbor line" }\n' });
  const named = await new Gateway({ root: plain, sets: { 'programme.name': 'Lantern line' } }).start();
  assert.match(await new Line({ port: named.port }).say(new_number(), 'help'), /^Lantern line/);
  await named.stop();
});

test('a changed text is taken up while it runs; a broken one is kept out with a reason', { timeout: 120_000 }, async () => {
  const root = settings_tree({ copied: true });
  const live = await new Gateway({ root }).start();
  const phone = new Line({ port: live.port });
  const file = path.join(root, 'templates/en/messages.yaml'), text = fs.readFileSync(file, 'utf8');
  assert.match(await phone.say(new_number(), 'hi'), /^Hello, this is an automatic reply/);
  fs.writeFileSync(file, text.replaceAll('Hello, this is an automatic reply', 'Hi there, this is an automatic reply'));
  await until('the new text is said', 60_000, async () => /^Hi there, /.test(await phone.say(new_number(), 'hi')), 250);
  const before = live.log.length;
  fs.writeFileSync(file, text.replace("Is it OK to text with you now?", "We rescue victims of trafficking {nobody."));
  await until('the fault is told', 60_000, () => live.log.slice(before).includes('reload_refused'), 100);
  const reason = JSON.parse(live.log.slice(before).split('\n').find((entry) => entry.includes('reload_refused')));
  assert.match(reason.fault, /messages\.yaml:\d+:\d+/);
  assert.match(await phone.say(new_number(), 'hi'), /^Hi there, /, 'the old one serves');
  fs.writeFileSync(file, text);
  await until('the mended text is said', 60_000, async () => /^Hello, /.test(await phone.say(new_number(), 'hi')), 250);
  await live.stop();
});

test('SIGTERM ends it in order, and it leaves no server behind', async () => {
  const redis = await gateway.redis_pid();
  await line.say(new_number(), 'hi');
  const how = await gateway.stop();
  assert.deepEqual(how, { code: 0, signal: null });
  await sleep(100);
  assert.throws(() => process.kill(redis, 0), /ESRCH/);
});
