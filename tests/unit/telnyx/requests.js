// Signs random webhook requests with Node's own Ed25519 and asks Telnyx's own library about each, and about spoiled
// copies of it. One JSON object a line: public_key, timestamp, signature, body, how it was spoiled, and the library's verdict.
const crypto = require("node:crypto");
const { Telnyx } = require("telnyx");

let state = Number(process.argv[3] ?? 1) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};
const pick = (list) => list[random(list.length)];
const texts = ["", " ", "help", "  padded  ", "ñandú", "助けて", "😀👍🏽", "a&b=c+d%|", "line\nbreak\r\n", "\u00a0\u2028", '"}', "مساعدة", "x".repeat(3000)];

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
function with_s_plus_order(base64) {
  const bytes = Buffer.from(base64, "base64");
  let s = 0n;
  for (let i = 63; i >= 32; --i) s = s * 256n + BigInt(bytes[i]);
  s += ORDER;
  for (let i = 32; i < 64; ++i, s /= 256n) bytes[i] = Number(s % 256n);
  return bytes.toString("base64");
}

async function verdict(row) {
  const client = new Telnyx({ apiKey: "KEY", publicKey: row.public_key });
  const headers = { "Telnyx-Signature-Ed25519": row.signature, "Telnyx-Timestamp": row.timestamp };
  try {
    const event = await client.webhooks.unwrap(row.body, { headers });
    return event.data.event_type === "message.received";
  } catch {
    return false;
  }
}

(async () => {
  for (let i = 0; i < Number(process.argv[2] ?? 50); ++i) {
    const seed = Buffer.from(Array.from({ length: 32 }, () => random(256)));
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const key = crypto.createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const public_key = Buffer.from(crypto.createPublicKey(key).export({ format: "jwk" }).x, "base64url").toString("base64");
    const body = JSON.stringify({ data: { event_type: "message.received", payload: { id: "m" + i, text: pick(texts) } } }, null, pick([0, 0, 2]));
    const sign = (timestamp, bytes = body) => crypto.sign(null, Buffer.from(`${timestamp}|${bytes}`), key).toString("base64");
    const seconds = Math.floor(Date.now() / 1000) + pick([0, 0, -1, 1, -280, 280]);
    const timestamp = String(seconds), signature = sign(timestamp);
    const right = { public_key, timestamp, signature, body };
    const rows = { none: right, changed: { ...right, body: body + " " }, later: { ...right, timestamp: String(seconds + 1) } };
    rows.stale = { ...right, timestamp: String(seconds - 700), signature: sign(seconds - 700) };
    rows.early = { ...right, timestamp: String(seconds + 700), signature: sign(seconds + 700) };
    rows.plus = { ...right, timestamp: "+" + timestamp, signature: sign("+" + timestamp) };
    rows.point = { ...right, timestamp: timestamp + ".0", signature: sign(timestamp + ".0") };
    rows.order = { ...right, signature: with_s_plus_order(signature) };
    rows.cut = { ...right, signature: signature.slice(0, -2) };
    rows.short = { ...right, signature: Buffer.from(signature, "base64").subarray(0, 63).toString("base64") };
    rows.url = { ...right, signature: Buffer.from(signature, "base64").toString("base64url") };
    rows.separator = { ...right, signature: crypto.sign(null, Buffer.from(`${timestamp}.${body}`), key).toString("base64") };
    rows.missing = { ...right, signature: "" };
    for (const [spoiled, row] of Object.entries(rows)) console.log(JSON.stringify({ ...row, spoiled, vendor: await verdict(row) }));
  }
})();
