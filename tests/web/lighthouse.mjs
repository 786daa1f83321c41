/* node lighthouse.mjs CHROMIUM ADDRESS...: prints, as JSON, what each page
   scores, and which audits of a weight keep it from 100. */
import * as launcher from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const onlyCategories = ["accessibility", "best-practices", "seo"];
const chrome = await launcher.launch({
  chromePath,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const results = {};
for (const address of addresses) {
  const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories, logLevel: "error" });
  results[address] = Object.fromEntries(
    onlyCategories.map((name) => {
      const { score, auditRefs } = lhr.categories[name];
      const missed = auditRefs
        .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
        .map(({ id }) => id);
      return [name, { score: Math.round(100 * score), missed }];
    }),
  );
}
console.log(JSON.stringify(results));
await chrome.kill();
