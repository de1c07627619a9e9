// Records what the official SDK puts on the wire, for tests/transports/wecom/test_robot_frames.py.
//
//   npm install @wecom/aibot-node-sdk ws     (any folder; needs no account, talks to itself only)
//   node make_wecom_robot_frames.mjs > wecom-robot-frames.json
//
// A server on this machine takes the frames down and answers as the platform would.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const require = createRequire(pathToFileURL(path.join(process.cwd(), "here.js")));
const { WSClient } = require("@wecom/aibot-node-sdk");
const { WebSocketServer } = require("ws");
const { version } = require("@wecom/aibot-node-sdk/package.json");

const frames = [];
let act = "subscribe";
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
await new Promise((done) => server.once("listening", done));
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const text = data.toString();
    const frame = JSON.parse(text);
    if (frame.cmd === "ping" && frames.some((known) => known.act === "ping")) return;
    frames.push({ act: frame.cmd === "ping" ? "ping" : act, text });
    const body = {};
    if (frame.cmd === "aibot_upload_media_init") body.upload_id = "UPLOAD";
    if (frame.cmd === "aibot_upload_media_finish") Object.assign(body, { type: "file", media_id: "MEDIA", created_at: "1780000000" });
    socket.send(JSON.stringify({ headers: frame.headers, body, errcode: 0, errmsg: "ok" }));
  });
});

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = new WSClient({
  botId: "BOT", secret: "SECRET", wsUrl: `ws://127.0.0.1:${server.address().port}`,
  heartbeatInterval: 100, logger: quiet,
});
await new Promise((done) => { client.once("authenticated", done); client.connect(); });

const from = { headers: { req_id: "CALLBACK" } };
const card = {
  card_type: "button_interaction",
  main_title: { title: "已收 · 松江路 · 占道经营" },
  sub_title_text: "1 张照片，16:38 收到。",
  button_list: [{ text: "改点位", style: 1, key: "v1:a" }, { text: "撤回", style: 2, key: "v1:b" }],
  task_id: "TASK",
};
const say = async (name, deed) => { act = name; await deed(); };

await say("stream", () => client.replyStream(from, "STREAM", "已收 · **松江路**\n\"第 2 次\"", true));
await say("stream unfinished", () => client.replyStream(from, "STREAM", "在查", false));
await say("answer card", () => client.replyTemplateCard(from, card));
await say("answer image", () => client.replyMedia(from, "image", "MEDIA"));
await say("welcome text", () => client.replyWelcome(from, { msgtype: "text", text: { content: "您好" } }));
await say("welcome card", () => client.replyWelcome(from, { msgtype: "template_card", template_card: card }));
await say("update card", () => client.updateTemplateCard(from, card));
await say("update card for one", () => client.updateTemplateCard(from, card, ["zhangjianguo"]));
await say("send markdown", () => client.sendMessage("zhangjianguo", { msgtype: "markdown", markdown: { content: "还差 1 次" } }));
await say("send card", () => client.sendMessage("zhangjianguo", { msgtype: "template_card", template_card: card }));
await say("send file", () => client.sendMediaMessage("GROUP", "file", "MEDIA"));
const bytes = Buffer.alloc(512 * 1024 + 3, 7);
await say("upload", () => client.uploadMedia(bytes, { type: "file", filename: "周报 6月.xlsx" }));
await new Promise((done) => setTimeout(done, 150));
client.disconnect();
server.close();

// The long chunk is shown by its length: what it holds is 512 KiB of the byte 7.
for (const one of frames) {
  const frame = JSON.parse(one.text);
  const data = frame.body?.base64_data;
  if (data && data.length > 100) one.text = one.text.replace(data, `<${data.length}>`);
}
process.stdout.write(JSON.stringify({ sdk: `@wecom/aibot-node-sdk ${version}`, frames }, null, 1) + "\n");
