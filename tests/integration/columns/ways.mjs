// A column of the conformance table, as its rows see it: texts go in, texts come to phones, moods change, receipts come.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { new_sid } from '../aggregator.mjs';
import { Smsc, smpp } from '../smsc.mjs';
import { finally_, folder, request } from '../trial.mjs';

export const kService = '55501';
const e164 = (number) => (number.startsWith('+') ? number : `+${number}`);

/// What every way keeps: what reached which phone, and how often a send to it was tried.
class Way {
  mood = () => 'take';  ///< take | throttled | broken | opted_out | unknown_number | refused | take_and_drop | wrong_credential
  phones = new Map();
  tries = new Map();
  of(number) {
    if (!this.phones.has(number)) this.phones.set(number, []);
    return this.phones.get(number);
  }
  tried(number) {
    return this.tries.get(number) ?? 0;
  }
  reached(number, text) {
    this.of(number).push({ text, at: Date.now() });
  }
  texts(number) {
    return this.of(number).map(({ text }) => text);
  }
}

/// An aggregator by HTTP: its column file says how it signs, sends and answers.
export class HttpWay extends Way {
  constructor(column) {
    super();
    this.column = column;
    this.name = column.name;
  }
  async open() {
    Object.assign(process.env, this.column.environment);
    this.server = http.createServer((call, answer) => {
      const parts = [];
      call.on('data', (part) => parts.push(part)).on('end', () => this.#serve(call, Buffer.concat(parts).toString('utf8'), answer));
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    finally_(() => (this.server.close(), this.server.closeAllConnections?.()));
    const settings = this.column.settings(`http://127.0.0.1:${this.server.address().port}`);
    return this.column.inline ? { ...settings, reply: 'api' } : settings;
  }
  #serve(call, body, answer) {
    const give = ({ status, headers = { 'Content-Type': 'application/json' }, body: said = '' }) => answer.writeHead(status, headers).end(said);
    const other = this.column.answer_other?.({ method: call.method, url: call.url, headers: call.headers, body });
    if (other) return give(other);
    const send = this.column.read_send({ method: call.method, url: call.url, headers: call.headers, body });
    if (!send) return give(this.column.wrong_credential());
    const number = e164(send.to);
    if (send.ask) return give(this.column.answer_ask(this.of(number)));
    this.tries.set(number, this.tried(number) + 1);
    const mood = this.mood(number);
    if (mood === 'wrong_credential') return give(this.column.wrong_credential());
    if (mood === 'take' || mood === 'take_and_drop') this.reached(number, send.text);
    if (mood === 'take_and_drop') return call.socket.destroy();
    give(this.column.answer_send(mood, new_sid()));
  }
  async #ask(call) {
    const sized = { ...call, headers: { ...call.headers, ...(call.body && { 'Content-Length': Buffer.byteLength(call.body) }) } };
    const answer = await request({ port: this.port, ...sized });
    return answer;
  }
  /// taken | refused | later
  async text({ from, body, id = new_sid(), media = false }) {
    const { status } = await this.#ask(this.column.text({ from, to: kService, body, id, media }));
    return status < 300 ? 'taken' : status >= 500 ? 'later' : 'refused';
  }
  /// The status; nothing where there is no such thing.
  async spoiled(how, from) {
    const call = this.column.spoiled(how, { from, to: kService, body: 'hi', id: new_sid(), media: false });
    return call && (await this.#ask(call)).status;
  }
  async opted_out_notice(from) {
    const call = this.column.opted_out_notice?.({ from, to: kService, id: new_sid() });
    return call && (await this.#ask(call)).status;
  }
  async receipt(to, outcome, { forged = false } = {}) {
    const call = this.column.receipt?.({ id: new_sid(), to, outcome });
    if (!call) return null;
    if (forged) {
      call.headers = { 'Content-Type': call.headers?.['Content-Type'] ?? 'application/json' };
      call.path = call.path.replace(/((?:secret|proof)=)[^&]*/, '$1wrong');
    }
    return (await this.#ask(call)).status;
  }
}

/// A carrier by SMPP.
export class SmppWay extends Way {
  name = 'smpp';
  async open() {
    this.smsc = await Smsc.open();
    this.smsc.mood = (pdu) => {
      const number = e164(pdu.destination_addr);
      this.tries.set(number, this.tried(number) + 1);
      const mood = this.mood(number);
      return mood === 'unknown_number' ? 'refused' : mood;
    };
    const secret = path.join(folder(), 'secret');
    fs.writeFileSync(secret, 'secret\n');
    return { type: 'smpp', host: '127.0.0.1', port: this.smsc.port, system_id: 'northstar', password_file: secret, rate: 1000, window: 50,
             service: kService, opted_out: ['1025'] };
  }
  of(number) {
    return this.smsc.of(number).map((text) => ({ text }));
  }
  async text({ from, body, media = false, id }) {
    await this.smsc.bound();
    const status = await this.smsc.deliver(from, body, media ? { data_coding: 4, short_message: Buffer.from([1, 2, 3]) } : {});
    return status === 0 ? 'taken' : status === smpp.ESME_RX_T_APPN ? 'later' : 'refused';
  }
  spoiled() {
    return null;
  }
  opted_out_notice() {
    return null;
  }
  async receipt(to, outcome, { forged = false } = {}) {
    if (forged || outcome === 'filtered') return null;
    const stat = outcome === 'delivered' ? 'DELIVRD' : 'UNDELIV';
    const status = await this.smsc.receipt(to, `id:77 sub:001 dlvrd:001 submit date:2611250000 done date:2611250000 stat:${stat} err:000 text:`);
    return status === 0 ? 200 : 500;
  }
}
