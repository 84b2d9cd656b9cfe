// A carrier's SMSC at the other end: npm's `smpp` as the server.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { new_number } from './aggregator.mjs';
import { Smsc, carrier_tree, smpp } from './smsc.mjs';
import { Gateway, run, sleep, until } from './trial.mjs';

async function house(own, sets) {
  const smsc = await Smsc.open();
  const gateway = await new Gateway({ root: carrier_tree(smsc.port, own), sets }).start();
  await smsc.bound();
  return { smsc, gateway };
}

const reply = async (smsc, number, count = 1) => {
  await until(`${count} replies`, 20_000, () => smsc.of(number).length >= count);
  return smsc.of(number)[count - 1];
};

test('a talk goes over SMPP, long replies in parts, Spanish with its accents', async () => {
  const { smsc, gateway } = await house();
  const ana = new_number();
  assert.equal(await smsc.deliver(ana, 'hi'), 0);
  assert.match(await reply(smsc, ana), /OK to text/);
  await smsc.text(ana, '1');
  await reply(smsc, ana, 2);
  await smsc.text(ana, 'shelter');
  await reply(smsc, ana, 3);
  await smsc.text(ana, 'fresno');
  assert.match(await reply(smsc, ana, 4), /Fresno/);

  const eva = new_number();
  await smsc.text(eva, { message: Buffer.from('necesito ayuda, señor', 'utf16le').swap16() }, { data_coding: 8 });
  assert.match(await reply(smsc, eva), /¿/);
  await gateway.stop();
  assert.ok([...smsc.binds].length === 0, 'it unbinds in order');
});

/// A person who has said that it is OK, and is asked what would help.
async function asked(smsc) {
  const number = new_number();
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  await smsc.text(number, '1');
  assert.match(await reply(smsc, number, 2), /What would help/);
  return number;
}
const udh = (total, n, ref = 0x2a) => Buffer.from([5, 0, 3, ref, total, n]);

test('texts in parts are joined, whatever their order, doubled or in two alphabets', async () => {
  const { smsc, gateway } = await house();
  const cut = ['my boss took my passport and there are nine of us in one room and i just need a shel', 'ter for tonight, somewhere that he does not know about, ple', 'ase'];
  for (const order of [[1, 2, 3], [3, 1, 2], [2, 2, 3, 1, 1]]) {
    const number = await asked(smsc);
    for (const n of order) assert.equal(await smsc.deliver(number, { udh: udh(3, n), message: cut[n - 1] }), 0);
    assert.match(await reply(smsc, number, 3), /What city/, 'the word that lies across two parts was read');
    await sleep(300);
    assert.equal(smsc.of(number).length, 3, 'one text, one reply');
  }
  // 16-bit references, and half a character in each of two parts, by sar_* elements.
  const number = await asked(smsc);
  const wide = (n) => Buffer.from([6, 8, 4, 1, 0x2a, 2, n]);
  await smsc.text(number, { udh: wide(2), message: 'ter' });
  await smsc.text(number, { udh: wide(1), message: 'shel' });
  assert.match(await reply(smsc, number, 3), /What city/);
  const other = await asked(smsc);
  const bytes = Buffer.from('🙏 shelter', 'utf16le').swap16();
  const sar = (n) => ({ data_coding: 8, sar_msg_ref_num: 7, sar_total_segments: 2, sar_segment_seqnum: n });
  await smsc.text(other, { message: bytes.subarray(0, 2) }, sar(1));
  await smsc.text(other, { message: bytes.subarray(2) }, sar(2));
  assert.match(await reply(smsc, other, 3), /What city/);
  await gateway.stop();
});

test('a part that never comes does not make the rest vanish', async () => {
  const { smsc, gateway } = await house();
  const number = new_number();
  assert.equal(await smsc.deliver(number, { udh: udh(2, 1, 9), message: 'i need help with ' }), 0);
  await sleep(500);
  assert.equal(smsc.of(number).length, 0);
  await gateway.ahead(25);
  assert.match(await reply(smsc, number), /OK to text/);
  assert.equal(await smsc.deliver(number, { udh: udh(2, 1, 9), message: 'i need help with ' }), 0);
  await sleep(300);
  assert.equal(smsc.of(number).length, 1, 'told again, it is known');
  await gateway.stop();
});

test('the same words twice are two texts once acknowledged, and one while they are not', async () => {
  const { smsc, gateway } = await house();
  const number = new_number();
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  await smsc.text(number, 'yes');
  await reply(smsc, number, 2);
  // Committed, but the line breaks before the SMSC has heard so: it says it again, and no second reply comes.
  const session = smsc.receiver();
  session.deliver_sm({ source_addr: number.slice(1), source_addr_ton: 1, destination_addr: '55501', short_message: 'shelter' });
  await until('it was committed', 10_000, () => smsc.of(number).length >= 3 || smsc.submitted.length >= 3);
  await gateway.kill();
  await gateway.begin();
  await smsc.bound();
  await smsc.text(number, 'shelter');
  await sleep(1000);
  assert.ok(smsc.of(number).length <= 4);
  await gateway.stop();
});

test('a text whose line breaks while it is being kept is the same text when it comes again', async () => {
  const { smsc, gateway } = await house();
  const number = new_number();
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  await smsc.text(number, 'yes');
  await reply(smsc, number, 2);
  const pid = await gateway.redis_pid();
  process.kill(pid, 'SIGSTOP');
  const broken = smsc.deliver(number, 'shelter');
  await sleep(200);
  smsc.drop();
  await assert.rejects(broken);
  await sleep(200);
  process.kill(pid, 'SIGCONT');
  await smsc.bound();
  await smsc.text(number, 'shelter');
  await reply(smsc, number, 3);
  await sleep(700);
  assert.equal(smsc.of(number).length, 3);
  await gateway.stop();
});

test('receipts, names and other short codes are never answered', async () => {
  const { smsc, gateway } = await house({ message_id: '{ taken: hex, told: decimal }' });
  smsc.write_id = (id) => Number(id).toString(16);
  const number = new_number();
  assert.equal(await smsc.receipt(number, 'id:0000000001 sub:001 dlvrd:001 submit date:2611250000 done date:2611250000 stat:DELIVRD err:000 text:hi'), 0);
  assert.equal(await smsc.deliver('BANK', 'your code is 1', { source_addr_ton: 5 }), 0);
  assert.equal(await smsc.deliver('77001', 'stop', { source_addr_ton: 3 }), 0);
  await sleep(500);
  assert.equal(smsc.submitted.length, 0);
  assert.equal(await gateway.metric('northstar_receipts_total', 'carrier'), 1);
  assert.equal(await gateway.metric('northstar_texts_not_answered_total', 'carrier'), 2);
  await gateway.stop();
});

test('what the SMSC will not take now is sent later, and nothing is sent again that it may have taken', async () => {
  const { smsc, gateway } = await house();
  let throttled = 3;
  smsc.mood = () => (throttled-- > 0 ? 'throttled' : 'take');
  const ana = new_number();
  await smsc.text(ana, 'hi');
  assert.match(await reply(smsc, ana), /OK to text/);
  await sleep(200);
  assert.equal(smsc.of(ana).length, 1);

  smsc.mood = () => 'opted_out';
  const eva = new_number();
  await smsc.text(eva, 'hi');
  await sleep(500);
  assert.equal(smsc.of(eva).length, 0);

  smsc.mood = () => 'silent';
  const lea = new_number();
  await smsc.text(lea, 'where can i sleep in fresno, i am 19');
  await until('it was taken', 5000, () => smsc.of(lea).length === 1);
  smsc.mood = () => 'take';
  await sleep(2000);
  assert.equal(smsc.of(lea).length, 1, 'not answered is not "not taken"');
  await gateway.stop();
});

test('malformed PDUs get what the specification says, and end nothing', async () => {
  const { smsc, gateway } = await house();
  const session = smsc.receiver();
  const answers = [];
  session.on('pdu', (pdu) => answers.push(pdu));
  session.socket.write(Buffer.from('0000001400000005000000000000002161626364', 'hex'));
  session.socket.write(Buffer.from('00000010000012340000000000000022', 'hex'));
  await until('two answers', 5000, () => answers.length >= 2);
  assert.equal(answers[0].command, 'deliver_sm_resp');
  assert.equal(answers[0].command_status, smpp.ESME_RINVCMDLEN);
  assert.equal(answers[1].command, 'generic_nack');
  const number = new_number();
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  session.socket.write(Buffer.from('ffffffff', 'hex'));
  await until('the line ended', 5000, () => !smsc.binds.has(session));
  await smsc.bound();
  await smsc.text(number, '1');
  await reply(smsc, number, 2);
  await gateway.stop();
});

test('a wrong password and an absent SMSC are told plainly, and other channels run on', async () => {
  const smsc = await Smsc.open();
  smsc.password = 'another';
  const gateway = await new Gateway({ root: carrier_tree(smsc.port) }).start();
  await until('it is told', 10_000, () => /the password is wrong/.test(gateway.log));
  assert.equal(await gateway.ready(), 200);
  const channels = () => run(['--config', path.join(gateway.root, 'config/northstar.yaml'), 'channels', '--set', `listen.operations=127.0.0.1:${gateway.operations}`]).out;
  assert.match(channels(), /carrier {2}\(smpp\)\n {2}state {5}0 of 1 binds stand; the SMSC refused the bind: the password is wrong/);
  smsc.password = 'secret';
  await smsc.bound();
  await until('the page says so', 5000, () => /1 of 1 binds stand\n/.test(channels()), 200);
  await gateway.stop();
});

test('Redis away: the SMSC is told to come again, and loses nothing', async () => {
  const { smsc, gateway } = await house();
  const number = new_number();
  const pid = await gateway.redis_pid();
  process.kill(pid, 'SIGSTOP');
  const status = await smsc.deliver(number, 'hi');
  assert.equal(status, 0x64, 'ESME_RX_T_APPN');
  process.kill(pid, 'SIGCONT');
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  await sleep(300);
  assert.equal(smsc.of(number).length, 1);
  await gateway.stop();
});

test('a receiver and a transmitter, several of each', async () => {
  const { smsc, gateway } = await house({ bind: 'pair', binds: 2 });
  await smsc.bound(4);
  const number = new_number();
  await smsc.text(number, 'hi');
  await reply(smsc, number);
  smsc.drop();
  await smsc.bound(4);
  await smsc.text(number, '1');
  await reply(smsc, number, 2);
  await gateway.stop();
});
