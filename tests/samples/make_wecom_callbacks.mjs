// Makes wecom-callbacks.json: messages sealed by the official npm package `@wecom/crypto`
// (1.0.1, MIT), in the lengths 0 to 70 and a few longer ones, with made-up secrets.
//
// Run once, in a folder where `npm install @wecom/crypto@1.0.1` was run (node 20):
//     node make_wecom_callbacks.mjs > wecom-callbacks.json
//
// With a file of envelopes as argument (JSON: [{encrypted, message}, …], sealed by our own code
// with the same secrets) it says instead how many of them the official package opens rightly.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { decrypt, encrypt, getSignature } = createRequire(join(process.cwd(), "x"))("@wecom/crypto");

const secrets = {
  token: "QDG6eKwechatCrypto",
  aes_key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  corp_id: "ww5823bf96d3bd56c7",
};

const words = "松江路口 stall 2个，已劝离。🚲";

/** A message of exactly so many bytes, Chinese wherever it fits. */
function message(length) {
  let text = "";
  for (const sign of words.repeat(Math.ceil(length / 10) + 1)) {
    if (Buffer.byteLength(text + sign) > length) break;
    text += sign;
  }
  return text + "x".repeat(length - Buffer.byteLength(text));
}

const file = process.argv[2];
if (file) {
  const given = JSON.parse(readFileSync(file, "utf8"));
  const good = given.filter(({ encrypted, message }) => {
    const opened = decrypt(secrets.aes_key, encrypted);
    return opened.message === message && opened.id === secrets.corp_id;
  });
  console.log(`${good.length} of ${given.length} opened rightly`);
  process.exit(good.length === given.length ? 0 : 1);
}

const lengths = [...Array(71).keys(), 200, 1000, 4096, 20000];
const sealed = lengths.map((length) => {
  const random = Buffer.from(Array.from({ length: 16 }, (_, i) => (length * 7 + i * 13) % 256));
  const timestamp = String(1409659589 + length);
  const nonce = String(263014780 + length);
  const text = message(length);
  const encrypted = encrypt(secrets.aes_key, text, secrets.corp_id, random);
  const signature = getSignature(secrets.token, timestamp, nonce, encrypted);
  return { message: text, random: random.toString("hex"), timestamp, nonce, encrypted, signature };
});
const rows = sealed.map((row) => JSON.stringify(row)).join(",\n");
process.stdout.write(`{"secrets": ${JSON.stringify(secrets)},\n"sealed": [\n${rows}\n]}\n`);
