// It reads its settings from variables, so it needs nothing of gitseal: `npm start` sets them.
import http from "node:http";

// Takes a setting out of the environment, so that no program which this one starts inherits it.
function setting(name) {
  const value = process.env[name];
  delete process.env[name];
  if (value === undefined) {
    console.error(`${name} is not set: start the shop with npm start`);
    process.exit(1);
  }
  return value;
}

const databaseUrl = setting("DATABASE_URL");
const sessionSecret = setting("SESSION_SECRET");
const port = process.env.PORT ?? "8080";

const server = http.createServer((_request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ database: new URL(databaseUrl).hostname, sessions: sessionSecret.length > 0 }));
});
server.listen(Number(port), "127.0.0.1", () => console.log(`the shop is up on port ${port}`));

// gitseal hands on the signal that ends it.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
