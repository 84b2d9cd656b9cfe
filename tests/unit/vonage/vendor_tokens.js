// Webhooks as Vonage signs them, and what Vonage's own library says of the tokens. One JSON object a line. Seeded, so that
// a failure can be looked at again.
//   vendor_tokens.js sign COUNT SEED NOW     random webhooks with HS256 tokens
//   vendor_tokens.js trick NOW KEY_FILE      tokens signed in other ways: with RS256 by the vendor's library, and not at all
//   vendor_tokens.js verify TOKEN KEY_FILE   whether the vendor's library takes an application token of ours
//   vendor_tokens.js older COUNT SEED NOW    the SMS API's signature, by the steps of the vendor's page
const fs = require("fs");
const crypto = require("crypto");
const { sign } = require("jsonwebtoken");
const { tokenGenerate, verifySignature } = require("@vonage/jwt");

const [, , mode, ...rest] = process.argv;
let state = Number(rest[1]) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};
const pick = (list) => list[random(list.length)];
const letters = (length) => Array.from({ length }, () => pick([..."0123456789abcdef"])).join("");
const words = ["", " ", "help", "  padded  ", "ñandú", "助けて", "😀👍🏽", "a&b=c+d%_", "line\nbreak", "\u00a0", "مساعدة",
               '"quoted" \\', "\u0000"];
const sha256 = (text) => crypto.createHash("sha256").update(text).digest("hex");
const say = (row) => console.log(JSON.stringify(row));

if (mode === "sign") {
  for (let i = 0; i < Number(rest[0]); ++i) {
    const secret = letters(1 + random(80)), api_key = letters(8), application_id = letters(32);
    const text = { channel: "sms", message_uuid: letters(32), to: "55501", from: "1619555" + letters(4), message_type: "text",
                   text: pick(words) };
    const body = random(10) === 0 ? "" : JSON.stringify(text, null, random(3));
    const now = Number(rest[2]);
    const claims = { iat: now - 300 + random(601), jti: letters(32), iss: "Vonage", payload_hash: sha256(body), api_key };
    const by_application = random(2) === 0;
    if (by_application) claims.application_id = application_id;
    if (random(3) === 0) claims.exp = now + 60 + random(900);
    const token = sign(claims, secret, { algorithm: "HS256" });
    say({ secret, api_key, application_id: by_application ? application_id : "", body, token, vendor: verifySignature(token, secret) });
  }
} else if (mode === "trick") {
  const now = Number(rest[0]), pem = fs.readFileSync(rest[1], "utf8"), body = '{"text":"help"}';
  const public_pem = crypto.createPublicKey(pem).export({ type: "spki", format: "pem" });
  const claims = { iat: now, jti: "j", iss: "Vonage", payload_hash: sha256(body), api_key: "a1b2c3d4" };
  const rs256 = tokenGenerate("app", pem, { ...claims, issued_at: now });
  const good = sign(claims, "secret", { algorithm: "HS256" });
  const stale = sign({ ...claims, iat: now - 301 }, "secret", { algorithm: "HS256" });
  const other = sign({ ...claims, api_key: "other" }, "secret", { algorithm: "HS256" });
  const changed = sign({ ...claims, payload_hash: sha256(body + " ") }, "secret", { algorithm: "HS256" });
  const row = (what, token, secret) => say({ what, token, secret, body, vendor: verifySignature(token, secret) });
  row("right", good, "secret");
  row("an RS256 token checked with its public key", rs256, public_pem);
  row("not signed", sign(claims, "", { algorithm: "none" }), "secret");
  row("HS512", sign(claims, "secret", { algorithm: "HS512" }), "secret");
  row("old", stale, "secret");
  row("another account", other, "secret");
  row("another body", changed, "secret");
} else if (mode === "verify") {
  const token = rest[0], [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  say({ vendor: verifySignature(token, fs.readFileSync(rest[1], "utf8")), header, claims });
} else if (mode === "older") {
  for (let i = 0; i < Number(rest[0]); ++i) {
    const method = pick(["md5hash", "md5", "sha1", "sha256", "sha512"]), secret = letters(1 + random(60));
    const fields = { msisdn: "1619555" + letters(4), to: "55501", messageId: letters(16), text: pick(words), type: "unicode",
                     keyword: pick(words), "api-key": "a1b2c3d4", "message-timestamp": "2026-11-24 23:05:08", timestamp: rest[2],
                     nonce: letters(32) };
    if (random(3) === 0)
      Object.assign(fields, { concat: "true", "concat-ref": String(random(256)), "concat-total": "3", "concat-part": "1" });
    const line = Object.keys(fields).sort().map((name) => `&${name}=${fields[name].replace(/[&=]/g, "_")}`).join("");
    const sig = method === "md5hash" ? crypto.createHash("md5").update(line + secret).digest("hex")
                                     : crypto.createHmac(method, secret).update(line).digest("hex").toUpperCase();
    say({ method, secret, form: new URLSearchParams({ ...fields, sig }).toString() });
  }
}
