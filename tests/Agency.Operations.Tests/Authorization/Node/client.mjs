// An MCP client of the public TypeScript SDK, unmodified, that knows nothing but a server's address. It takes one command a line and answers with one line;
// whoever starts it plays the person and the browser.
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';

const address = new URL(process.argv[2]);
let registered, tokens, verifier, authorize, client, transport;
const provider = {
  redirectUrl: 'http://127.0.0.1:43215/callback',
  clientMetadata: {
    client_name: 'TypeScript client',
    redirect_uris: ['http://127.0.0.1:43215/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => 'the-state',
  clientInformation: () => registered,
  saveClientInformation: value => { registered = value; },
  tokens: () => tokens,
  saveTokens: value => { tokens = value; },
  redirectToAuthorization: url => { authorize = url.toString(); },
  saveCodeVerifier: value => { verifier = value; },
  codeVerifier: () => verifier,
};

const open = async () => {
  transport = new StreamableHTTPClientTransport(address, { authProvider: provider });
  client = new Client({ name: 'oauth-test', version: '1.0.0' });
  await client.connect(transport);
};

const commands = {
  async connect() {
    try {
      await open();
      return { connected: true };
    } catch (error) {
      if (error instanceof UnauthorizedError) return { authorize, client_id: registered.client_id };
      throw error;
    }
  },
  async finish({ code }) {
    await transport.finishAuth(code);
    await open();
    return { scope: tokens.scope, access_token: tokens.access_token, refresh_token: tokens.refresh_token };
  },
  async tools() {
    return { tools: (await client.listTools()).tools.map(tool => tool.name) };
  },
  async call({ name, args }) {
    const result = await client.callTool({ name, arguments: args });
    return { error: result.isError === true, structured: result.structuredContent, text: result.content?.[0]?.text };
  },
  // As if the access token had run out while nobody looked.
  async spoil() {
    tokens = { ...tokens, access_token: 'over' };
    return {};
  },
  async tokens() {
    return { access_token: tokens.access_token, refresh_token: tokens.refresh_token };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command.do](command);
  } catch (error) {
    answer = { failed: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);
