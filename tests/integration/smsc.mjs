// Stands where a carrier stands: an SMSC on npm's `smpp`, with the ways of real ones. It keeps every text that was
// submitted to it, and hands texts over as a phone would have sent them.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { binary, finally_, settings_tree, until } from './trial.mjs';

const peers = process.env.NODE_PEERS ?? path.join(path.dirname(binary), 'node');
export const smpp = createRequire(path.join(peers, 'package.json'))('smpp');

/// Settings with a channel `carrier` that binds to this port.
export function carrier_tree(port, own = {}) {
  const root = settings_tree({ channels: { main: {} } });
  fs.mkdirSync(path.join(root, 'secrets'));
  fs.writeFileSync(path.join(root, 'secrets/carrier'), 'secret\n');
  const settings = { type: 'smpp', host: '127.0.0.1', port, system_id: 'northstar', password_file: path.join(root, 'secrets/carrier'),
                     rate: 1000, window: 50, service: '"55501"', ...own };
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${value}\n`).join('');
  fs.appendFileSync(path.join(root, 'config/northstar.yaml'), `  carrier:\n${lines}`);
  return root;
}

export class Smsc {
  binds = new Set();
  phones = new Map();              ///< number -> texts, long ones joined
  submitted = [];                  ///< every submit_sm, in order
  mood = () => 'take';             ///< take | throttled | broken | refused | opted_out | silent | drop | take_and_drop
  ids = 0;
  password = 'secret';
  parts = new Map();

  static async open({ port = 0 } = {}) {
    const smsc = new Smsc();
    smsc.server = smpp.createServer({}, (session) => smsc.#serve(session));
    await new Promise((done) => smsc.server.listen(port, '127.0.0.1', done));
    smsc.port = smsc.server.address().port;
    finally_(() => smsc.close());
    return smsc;
  }
  close() {
    this.server.close();
    this.drop();
  }
  /// The line breaks.
  drop() {
    for (const session of this.binds) session.destroy();
  }
  of(number) {
    if (!this.phones.has(number)) this.phones.set(number, []);
    return this.phones.get(number);
  }

  #serve(session) {
    session.setMaxListeners(0);
    session.on('error', () => {});
    session.on('close', () => this.binds.delete(session));
    for (const kind of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) {
      session.on(kind, (pdu) => {
        if (pdu.password !== this.password) {
          session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
          return session.close();
        }
        session.kind = kind;
        session.system_id = pdu.system_id;
        session.send(pdu.response({ system_id: 'smsc' }));
        this.binds.add(session);
      });
    }
    session.on('enquire_link', (pdu) => this.deaf || session.send(pdu.response()));
    session.on('unbind', (pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu) => this.#take(session, pdu));
  }

  #take(session, pdu) {
    const mood = this.mood(pdu);
    if (mood === 'drop') return session.destroy();
    if (mood === 'throttled') return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    if (mood === 'broken') return session.send(pdu.response({ command_status: smpp.ESME_RSYSERR }));
    if (mood === 'refused') return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    if (mood === 'opted_out') return session.send(pdu.response({ command_status: 1025 }));
    const id = String(++this.ids);
    this.submitted.push({ id, to: pdu.destination_addr, at: Date.now(), pdu });
    this.#reached(pdu);
    if (mood === 'silent') return;
    if (mood === 'take_and_drop') return session.destroy();
    session.send(pdu.response({ message_id: this.write_id ? this.write_id(id) : id }));
  }

  #reached(pdu) {
    const number = '+' + pdu.destination_addr.replace(/^\+/, '');
    const { message, udh } = pdu.short_message;
    let text = typeof message === 'string' ? message : message.toString('utf8');
    const header = Array.isArray(udh) ? udh[0] : udh;
    if (header) {
      const [, , ref, total, at] = header.length === 5 ? header : [0, 0, ...header.subarray(-3)];
      const key = `${number}/${ref}/${total}`;
      const set = this.parts.get(key) ?? new Map();
      set.set(at, text);
      this.parts.set(key, set);
      if (set.size < total) return;
      this.parts.delete(key);
      text = [...set].sort((a, b) => a[0] - b[0]).map((one) => one[1]).join('');
    }
    this.of(number).push(text);
  }

  receiver() {
    return [...this.binds].find((session) => session.kind !== 'bind_transmitter');
  }
  bound(count = 1) {
    return until(`${count} binds`, 20_000, () => this.binds.size >= count);
  }

  /// One deliver_sm; gives the status it was answered with. Throws when the line broke before.
  deliver(from, message, more = {}) {
    const session = this.receiver();
    if (!session) return Promise.reject(new Error('no bind'));
    return new Promise((done, failed) => {
      const gone = () => failed(new Error('the line broke'));
      session.once('close', gone);
      session.deliver_sm({ source_addr: from.replace('+', ''), source_addr_ton: 1, source_addr_npi: 1, destination_addr: '55501',
                           short_message: message, ...more }, (answer) => {
        session.off('close', gone);
        done(answer.command_status);
      });
    });
  }
  /// As carriers do: again until it is taken, waiting for it `patience` ms at a time.
  async text(from, message, more, state = {}) {
    while (!state.over) {
      try {
        const status = await this.deliver(from, message, more);
        if (status === 0) return;
      } catch {}
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  receipt(from, words, more = {}) {
    return this.deliver(from, words, { esm_class: 4, ...more });
  }
}
