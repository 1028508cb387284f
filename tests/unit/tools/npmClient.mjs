/** What a script gets as npm: hands the call to the test, see npmStandIn.ts. Plain JavaScript, which is quick to start. */
import { connect } from "node:net";

const [, , port, ...args] = process.argv;
const socket = connect(Number(port), "127.0.0.1");
socket.end(JSON.stringify({ args, repository: process.cwd(), path: process.env.PATH, now: process.env.NOW }));
let answer = "";
for await (const part of socket.setEncoding("utf8")) answer += part;
const { code, stdout, stderr } = JSON.parse(answer);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
