// Telnyx's column of the conformance table. Its own npm library only verifies, so Node's Ed25519 signs here;
// tests/unit/telnyx/requests.js shows that the library accepts what is signed this way.
import crypto from "node:crypto";

const seed = Buffer.alloc(32, 7);
const key = crypto.createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8",
});
const public_key = Buffer.from(crypto.createPublicKey(key).export({ format: "jwk" }).x, "base64url").toString("base64");
const api_key = "KEY0123456789ABCDEF_telnyx";

export const name = "telnyx";
export const inline = false;
export const environment = { TELNYX_API_KEY: api_key };
export const settings = (api) => ({
  type: "telnyx",
  public_url: "https://hooks.example.org/sms/telnyx",
  public_key,
  api_key_env: "TELNYX_API_KEY",
  api_base: api,
  allow_plain_http: true,
  receipts: true,
});

const seconds = (ago = 0) => String(Math.floor(Date.now() / 1000) - ago);
const sign = (timestamp, body) => crypto.sign(null, Buffer.from(`${timestamp}|${body}`), key).toString("base64");

function post(event_type, payload, path = "/sms/telnyx") {
  const body = JSON.stringify({
    data: { event_type, id: crypto.randomUUID(), occurred_at: new Date().toISOString(), payload: { ...payload, record_type: "message" }, record_type: "event" },
    meta: { attempt: 1, delivered_to: `https://hooks.example.org${path}` },
  });
  const timestamp = seconds();
  return {
    method: "POST",
    path,
    headers: { "content-type": "application/json", "telnyx-timestamp": timestamp, "telnyx-signature-ed25519": sign(timestamp, body) },
    body,
  };
}

const received = ({ from, to, body, id, media }, more = {}) =>
  post("message.received", {
    cc: [],
    completed_at: null,
    direction: "inbound",
    encoding: "GSM-7",
    errors: [],
    from: { carrier: "", line_type: "Wireless", phone_number: from },
    id,
    media: media ? [{ url: "https://media.example/1.jpg", content_type: "image/jpeg", size: 4, hash_sha256: "00" }] : [],
    messaging_profile_id: "740572b6-099c-44a1-89b9-6c92163bc68d",
    parts: 1,
    received_at: new Date().toISOString(),
    text: body,
    to: [{ carrier: "Telnyx", line_type: "Wireless", phone_number: to, status: "webhook_delivered" }],
    type: media ? "MMS" : "SMS",
    ...more,
  });

export const text = (message) => received(message);

export function spoiled(how, wanted) {
  const message = text(wanted);
  const headers = { ...message.headers };
  if (how === "changed") return { ...message, headers, body: message.body.replace('"event_type"', ' "event_type"') };
  if (how === "missing") delete headers["telnyx-signature-ed25519"];
  if (how === "wrong") headers["telnyx-signature-ed25519"] = crypto.randomBytes(64).toString("base64");
  if (how === "stale") {
    headers["telnyx-timestamp"] = seconds(600);
    headers["telnyx-signature-ed25519"] = sign(headers["telnyx-timestamp"], message.body);
  }
  return { ...message, headers };
}

export const replies = () => []; // they go out by the API

export const opted_out_notice = ({ from, to, id }) => received({ from, to, id, body: "STOP" }, { autoresponse_type: "STOP" });

export function receipt({ id, to, outcome }) {
  const errors = {
    delivered: [],
    undelivered: [{ code: "40008", title: "Undeliverable" }],
    filtered: [{ code: "40002", title: "Blocked as spam - temporary" }],
  }[outcome];
  const status = outcome === "delivered" ? "delivered" : "delivery_failed";
  return post("message.finalized", {
    direction: "outbound",
    errors,
    from: { phone_number: "55501" },
    id,
    to: [{ phone_number: to, status, carrier: "T-Mobile USA", line_type: "Wireless" }],
    type: "SMS",
  }, "/sms/telnyx/status");
}

export function read_send({ method, url, headers, body }) {
  if (method !== "POST" || new URL(url, "http://api").pathname !== "/v2/messages") return null;
  if (headers.authorization !== `Bearer ${api_key}` || headers["content-type"] !== "application/json") return null;
  const { to, from, text } = JSON.parse(body);
  return { to, from, text };
}

const failure = (status, code, title, detail = title) => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ errors: [{ code, title, detail }] }),
});

export function answer_send(mood, id) {
  switch (mood) {
    case "take":
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ data: { record_type: "message", direction: "outbound", id, type: "SMS", to: [{ status: "queued" }], errors: [] } }),
      };
    case "throttled": return failure(429, "10011", "Too many requests");
    case "broken": return failure(500, "10007", "Unexpected error");
    case "opted_out": return failure(400, "40300", "Blocked due to STOP message", "Messages cannot be sent due to an existing block rule.");
    case "unknown_number": return failure(400, "40310", "Invalid 'to' address");
    case "refused": return failure(400, "40322", "Blocked due to content");
    default: throw new Error(`no such mood: ${mood}`);
  }
}

export const wrong_credential = () => failure(401, "10009", "Authentication failed");
