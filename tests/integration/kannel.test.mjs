// Kannel at the other end: the real bearerbox and smsbox of Debian's `kannel`, with the settings that our page for the
// channel (handlers/kannel/README.md) asks an operator for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { new_number } from './aggregator.mjs';
import { Kannel, installed, service_url } from './columns/kannel_peer.mjs';
import { Gateway, free_port, settings_tree, sleep, until } from './trial.mjs';

const options = { skip: installed ? false : 'kannel is not installed' };
const secret = 'trial-secret_1';

/// Below those that the system gives to connections: ours must still be free when the gateway has proved itself, and
/// while it is away.
async function quiet_port() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = net.createServer();
    const free = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    await new Promise((done) => (free ? server.close(done) : done()));
    if (free) return port;
  }
}

/// A gateway and a Kannel that know each other. `own`: settings of the channel; the rest is Kannel's.
async function house({ own = {}, help, sets, ...kannels } = {}) {
  const port = await quiet_port(), sendsms_port = await quiet_port();
  const webhook = `http://127.0.0.1:${port}/sms/local`;
  const root = settings_tree({ channels: { main: {} }, copied: help !== undefined });
  if (help) {  // the shipped replies fit one message each: let those that are no first reply be longer
    for (const locale of ['en', 'es']) {
      const file = path.join(root, `templates/${locale}/messages.yaml`);
      const entries = fs.readFileSync(file, 'utf8').split(/^(?=\w+:)/m).map((entry) => {
        if (/^(greet|follow_up)/.test(entry)) return entry;
        if (entry.startsWith('help:')) entry = entry.replace('automatic replies.', help);
        return entry.replace(/budget: \d/, 'budget: 4');
      });
      fs.writeFileSync(file, entries.join(''));
    }
  }
  fs.mkdirSync(path.join(root, 'secrets'));
  fs.writeFileSync(path.join(root, 'secrets/kannel'), secret + '\n');
  fs.writeFileSync(path.join(root, 'secrets/sendsms'), 'star\n');
  const settings = { type: 'kannel', public_url: webhook, secret_file: path.join(root, 'secrets/kannel'), username: 'north',
                     password_file: path.join(root, 'secrets/sendsms'), api_base: `http://127.0.0.1:${sendsms_port}`, ...own };
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${value}\n`).join('');
  fs.appendFileSync(path.join(root, 'config/northstar.yaml'), `  local:\n${lines}`);
  const gateway = new Gateway({ root, sets });
  gateway.port = port;
  await gateway.start();
  const { way = 'post', secret_in, ...more } = kannels;
  const kannel = await Kannel.open({ [`${way}_url`]: service_url({ webhook, secret, way, secret_in }), sendsms_port, ...more });
  return { gateway, kannel, webhook };
}
const reply = async (kannel, number, count = 1) => {
  await until(`${count} replies`, 20_000, () => kannel.of(number).length >= count);
  return kannel.of(number)[count - 1];
};
async function ends({ gateway, kannel }) {
  await kannel.close();
  await gateway.stop();
}

for (const [way, secret_in] of [['post', 'header'], ['get', 'header'], ['get', 'query']]) {
  test(`a talk in English and one in Spanish, by ${way}-url with the secret in the ${secret_in}`, options, async () => {
    const all = await house({ way, secret_in });
    const { kannel, gateway } = all;
    const ana = new_number(), eva = new_number();
    kannel.text(ana, '55501', 'hi');
    assert.match(await reply(kannel, ana), /OK to text/);
    kannel.text(ana, '55501', '1');
    assert.match(await reply(kannel, ana, 2), /What would help/);
    kannel.text(ana, '55501', 'shelter');
    assert.match(await reply(kannel, ana, 3), /What city/);
    kannel.text(ana, '55501', 'fresno');
    assert.match(await reply(kannel, ana, 4), /Fresno/);

    kannel.text(eva, '55501', 'necesito ayuda, señor, ya no aguanto más');
    assert.match(await reply(kannel, eva), /¿/);
    kannel.text(eva, '55501', 'sí');
    const second = await reply(kannel, eva, 2);
    assert.ok(!second.includes('?') || second.includes('¿'), 'no accent became a question mark');
    assert.ok(!/\uFFFD|<Empty|Could not/.test([...kannel.of(ana), ...kannel.of(eva)].join()));
    assert.equal(await gateway.metric('northstar_sends_total', 'local'), 0, 'all rode in the answers');
    await ends(all);
  });
}

test('a long reply arrives whole, in parts, in either alphabet', options, async () => {
  const long_name = 'The Centre for ' + 'People Who Need Help, '.repeat(5) + 'Fresno';
  for (const [name, said] of [[long_name, 'automatic replies.'], ['Info line', 'automatic replies, aquí.']]) {
    const all = await house({ help: said, sets: { 'programme.name': name } });
    const { kannel } = all;
    const number = new_number();
    kannel.text(number, '55501', 'hi');
    await reply(kannel, number);
    kannel.text(number, '55501', 'help');
    const told = await reply(kannel, number, 2);
    assert.ok(told.startsWith(`${name}: ${said}`) && told.endsWith('2 Not now'), told);
    assert.ok(kannel.pieces.get(number) >= 3, 'it went out in parts');
    await ends(all);
  }
});

test('where there is nothing to say, there is silence', options, async () => {
  const all = await house();
  const { kannel, gateway } = all;
  const number = new_number();
  kannel.text(number, '55501', 'STOP');
  const had = await until('the farewell', 20_000, () => kannel.of(number).length);
  kannel.text(number, '55501', 'STOP');
  const watched = new_number();
  kannel.text(watched, '55501', 'estoy en peligro, él está aquí');
  kannel.text('BANK', '55501', 'your code is 1');
  kannel.text('77001', '55501', 'stop');
  await until('all were handed over', 10_000, async () => (await gateway.metric('northstar_texts_not_answered_total', 'local')) >= 2);
  await sleep(1500);
  assert.equal(kannel.of(number).length, had);
  assert.deepEqual(kannel.of(watched), [], 'nothing lights up the phone while he looks at it');
  assert.deepEqual([kannel.of('BANK'), kannel.of('77001')], [[], []]);
  await ends(all);
});

test('an empty text is a text, and Kannel bears it', options, async () => {
  const all = await house({ way: 'get' });
  const number = new_number();
  all.kannel.text(number, '55501', '');
  assert.match(await reply(all.kannel, number), /OK to text/);
  await ends(all);
});

test('receipts come for what rode in an answer and for what was sent', options, async () => {
  for (const way of ['inline', 'api']) {
    const all = await house({ own: { reply: way } });
    const number = new_number();
    all.kannel.text(number, '55501', 'hi');
    assert.match(await reply(all.kannel, number), /OK to text/);
    await until('a receipt', 10_000, async () => (await all.gateway.metric('northstar_receipts_total', 'local')) === 1);
    assert.equal(await all.gateway.metric('northstar_sends_total', 'local', 'accepted'), way === 'api' ? 1 : 0);
    assert.equal(await all.gateway.metric('northstar_requests_refused_total', 'local'), 0);
    await sleep(1500);
    assert.equal(await all.gateway.metric('northstar_receipts_total', 'local'), 1, 'taken at the first asking');
    await ends(all);
  }
});

test('reply: api sends Spanish with its accents, through the real sendsms', options, async () => {
  const all = await house({ own: { reply: 'api' } });
  const number = new_number();
  all.kannel.text(number, '55501', 'necesito ayuda, señor');
  assert.match(await reply(all.kannel, number), /¿/);
  await sleep(700);
  assert.equal(all.kannel.of(number).length, 1);
  await ends(all);
});

test('gateway away: smsbox asks again, the person gets no error text, and one reply', options, async () => {
  const all = await house();
  const { kannel, gateway } = all;
  const ana = new_number(), eva = new_number();
  const pid = await gateway.redis_pid();
  process.kill(pid, 'SIGSTOP');
  kannel.text(ana, '55501', 'hi');
  await until('a 503', 20_000, async () => (await gateway.metric('northstar_requests_refused_total', 'local', 'away')) >= 2);
  assert.deepEqual(kannel.of(ana), []);
  process.kill(pid, 'SIGCONT');
  assert.match(await reply(kannel, ana), /OK to text/);

  await gateway.kill();
  kannel.text(eva, '55501', 'hi');
  await sleep(2500);
  assert.deepEqual(kannel.of(eva), []);
  await gateway.start();
  assert.match(await reply(kannel, eva), /OK to text/);
  await sleep(2500);
  assert.equal(kannel.of(ana).length, 1);
  assert.equal(kannel.of(eva).length, 1, 'asked again it is the same text: the id stays');
  await ends(all);
});

test('when smsbox gives up the person gets silence', options, async () => {
  const kannel = await Kannel.open({ post_url: service_url({ webhook: `http://127.0.0.1:${await free_port()}/sms/local`, secret }), retries: 2 });
  const number = new_number();
  kannel.text(number, '55501', 'hi');
  await sleep(5000);
  assert.deepEqual(kannel.of(number), []);
  await kannel.close();
});

test('what the page for operators says of a setting left out is so', options, async () => {
  const answers = { long: 'ñ no '.repeat(60), silence: '', wide: 'Sí, aquí está' };
  const stand_in = http.createServer((asked, answer) => {
    let body = '';
    asked.on('data', (some) => (body += some));
    asked.on('end', () => {
      const text = answers[body];
      if (text === undefined) return answer.writeHead(503).end('away');
      answer.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8', 'X-Kannel-Coding': text === answers.wide ? '2' : '0' }).end(text);
    });
  });
  await new Promise((done) => stand_in.listen(0, '127.0.0.1', done));
  const post_url = service_url({ webhook: `http://127.0.0.1:${stand_in.address().port}/sms/local`, secret });
  const told = async (words, ...without) => {
    const kannel = await Kannel.open({ post_url, without, retries: 1 });
    const number = new_number();
    kannel.text(number, '55501', words);
    await sleep(words === 'away' ? 3500 : 1500);
    await kannel.close();
    return kannel.of(number);
  };
  assert.deepEqual(await told('long'), [answers.long]);
  assert.deepEqual(await told('wide'), [answers.wide]);
  assert.deepEqual(await told('silence'), []);
  assert.deepEqual(await told('away'), []);
  assert.notDeepEqual(await told('wide', 'accept-x-kannel-headers'), [answers.wide]);
  const [cut] = await told('long', 'max-messages');
  assert.ok(cut.length < answers.long.length && answers.long.startsWith(cut), cut);
  assert.equal((await told('long', 'concatenation')).length, 2);
  assert.deepEqual(await told('silence', 'omit-empty'), ['']);
  assert.deepEqual(await told('silence', 'omit-empty', 'reply-emptymessage'), ['<Empty reply from service provider>']);
  assert.deepEqual(await told('away', 'reply-couldnotfetch'), ['Could not fetch content, sorry.']);
  stand_in.close();
});

test('a wrong secret is refused, and the person still gets no error text', options, async () => {
  const all = await house();
  const stranger = await Kannel.open({ post_url: service_url({ webhook: all.webhook, secret: 'another' }), retries: 1 });
  const number = new_number();
  stranger.text(number, '55501', 'hi');
  await until('two refusals', 10_000, async () => (await all.gateway.metric('northstar_requests_refused_total', 'local', 'signature')) >= 2);
  await sleep(1000);
  assert.deepEqual(stranger.of(number), []);
  await stranger.close();
  await ends(all);
});

test('the words of smsbox that answers.h reads', options, async () => {
  const kannel = await Kannel.open({ post_url: 'http://127.0.0.1:9/' });
  const to = { 'X-Kannel-To': new_number() };
  const says = async (status, begins, ...call) => {
    const answer = await kannel.sendsms(...call);
    assert.deepEqual([answer.status, answer.body.slice(0, begins.length)], [status, begins]);
  };
  await says(202, '0: Accepted for delivery', to, 'x');
  await says(403, 'Authorization failed', { ...to, 'X-Kannel-Password': 'wrong' }, 'x');
  await says(400, 'Number(s) has/have been denied', { 'X-Kannel-To': 'abc' }, 'x');
  await says(400, 'Sender missing', { ...to, 'X-Kannel-From': '' }, 'x');
  await says(400, 'Missing receiver', {}, 'x');
  await says(400, 'DLR-URL field misformed', { ...to, 'X-Kannel-DLR-Url': 'ftp://a.example/' }, 'x');
  await says(400, 'Invalid content-type', to, 'x', 'application/json');
  await says(400, 'Charset or body misformed', to, Buffer.from([0xff, 0xfe, 0xfd]), 'text/plain; charset=NOSUCH');
  await kannel.close();
});

// Over a carrier's line (SMPP), where alphabets are the real ones and long texts come in parts.
const peers = process.env.NODE_PEERS;
const over_smpp = { skip: !installed ? options.skip : peers ? false : 'NODE_PEERS is not set' };

test('behind Kannel a carrier: UCS-2 both ways, parts joined by us, receipts with the carrier\'s own codes', over_smpp, async () => {
  const { Smsc } = await import('./smsc.mjs');
  for (const way of ['post', 'get']) {
    const smsc = await Smsc.open();
    const all = await house({ way, smpp: smsc.port });
    await smsc.bound();
    const replied = async (number, count) => {
      await until(`${count} replies`, 20_000, () => smsc.of(number).length >= count);
      return smsc.of(number)[count - 1];
    };
    const wide = (words) => Buffer.from(words, 'utf16le').swap16();
    const ana = new_number();
    await smsc.text(ana, { message: wide('necesito ayuda 🙏, señor') }, { data_coding: 8 });
    assert.match(await replied(ana, 1), /¿Puede escribir ahora\?/, 'GSM 7-bit with its Spanish letters');
    await smsc.text(ana, { message: wide('sí') }, { data_coding: 8 });
    assert.match(await replied(ana, 2), /¿Qué necesita/);
    // A long text, its emoji cut in two between the parts, the last part first.
    const octets = wide('perdón, 🙏 busco un refug'), rest = wide('io'), at = octets.indexOf(wide('🙏')) + 2;
    const part = (n, message) => smsc.text(ana, { udh: Buffer.from([5, 0, 3, 0x2a, 3, n]), message }, { data_coding: 8 });
    await part(3, rest);
    await part(1, octets.subarray(0, at));
    await part(2, octets.subarray(at));
    assert.match(await replied(ana, 3), /¿Cerca de qué ciudad/, 'the word that lies across two parts was read');

    const eva = new_number();
    await smsc.text(eva, 'hi');
    assert.match(await replied(eva, 1), /OK to text/);
    await sleep(500);
    assert.equal(smsc.of(ana).length, 3);
    assert.equal(smsc.of(eva).length, 1);
    for (const { id, to, pdu } of smsc.submitted) {
      assert.ok(pdu.registered_delivery & 1, 'a receipt is asked for');
      await smsc.receipt('+' + to, `id:${id} sub:001 dlvrd:000 submit date:2611250000 done date:2611250000 stat:UNDELIV err:034 text:secret words`);
    }
    await until('the receipts', 10_000, async () => (await all.gateway.metric('northstar_receipts_total', 'local')) === smsc.submitted.length);
    assert.equal(await all.gateway.metric('northstar_requests_refused_total', 'local'), 0);
    await ends(all);
    smsc.close();
  }
});
