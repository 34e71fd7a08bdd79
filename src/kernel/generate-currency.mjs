// Writes currency_table.h: the minor units of ISO 4217.
//
//   npm install --no-save currency-codes && node src/kernel/generate-currency.mjs > src/kernel/currency_table.h
//
// Source: list one of ISO 4217, as package currency-codes carries it (the XML of
// the standard's maintainer; its data.js turns "N.A." into 0, so the XML is read).
// Checked against data.js and against Node's Intl data, which know the
// currencies of today:
//  - a code that Intl says the standard has gained since the list was published
//    is taken over from Intl;
//  - Intl follows the money in use, the standard the money of account: where
//    Intl says 0 although the standard has a minor unit, the standard holds.
//    Any other disagreement stops the generator.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const list = require('currency-codes/data');
const xml = readFileSync(require.resolve('currency-codes/iso-4217-list-one.xml'), 'utf8');
const packageVersion = require('currency-codes/package.json').version;
const published = /<ISO_4217 Pblshd="([\d-]+)"/.exec(xml)[1];

// Codes of the standard younger than the published list; an entry that the list
// has meanwhile gained stops the generator, to be removed here.
const younger = ['XCG'];

function fail(message) {
  console.error(`generate-currency: ${message}`);
  process.exit(1);
}

const NO_MINOR_UNIT = -2;       // AS_CURRENCY_NO_MINOR_UNIT
const digits = new Map();
for (const [, entry] of xml.matchAll(/<CcyNtry>([\s\S]*?)<\/CcyNtry>/g)) {
  const code = /<Ccy>([A-Z]{3})<\/Ccy>/.exec(entry)?.[1];
  if (code === undefined) continue;     // a territory without a currency of its own
  const unit = /<CcyMnrUnts>([^<]*)<\/CcyMnrUnts>/.exec(entry)?.[1];
  const value = unit === 'N.A.' ? NO_MINOR_UNIT : /^\d$/.test(unit) ? Number(unit) : fail(`${code}: minor unit "${unit}"`);
  if (digits.has(code) && digits.get(code) !== value) fail(`${code}: two different minor units`);
  digits.set(code, value);
}

if (list.length !== digits.size) fail(`data.js has ${list.length} codes, the XML ${digits.size}`);
for (const { code, digits: value } of list) {
  if (!digits.has(code)) fail(`${code} is in data.js, not in the XML`);
  if (value !== Math.max(0, digits.get(code))) fail(`${code}: data.js says ${value}, the XML ${digits.get(code)}`);
}

const intl = new Set(Intl.supportedValuesOf('currency'));
const intlDigits = (currency) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
for (const code of younger) {
  if (digits.has(code)) fail(`${code} is in the list now: remove it from "younger"`);
  if (!intl.has(code)) fail(`${code} is not known to Intl`);
  digits.set(code, intlDigits(code));
}
const kept = [];
for (const [code, value] of digits) {
  if (!intl.has(code) || value === NO_MINOR_UNIT || intlDigits(code) === value) continue;
  if (intlDigits(code) !== 0) fail(`${code}: the standard says ${value}, Intl ${intlDigits(code)}`);
  kept.push(code);
}
for (const [code, value] of digits)
  if (value > 4) fail(`${code}: ${value} digits, AS_CURRENCY_MAX_DIGITS is 4`);

const wrapped = (words, start) => {
  const lines = [start];
  for (const word of words) {
    if ((lines.at(-1) + ' ' + word).length > 76) lines.push(' *	');
    lines[lines.length - 1] += (lines.at(-1).endsWith('\t') ? '' : ' ') + word;
  }
  return lines.join('\n');
};
const rows = [...digits].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, value]) => `\t{"${code}", ${value}}`);
process.stdout.write(`/*
 * currency_table.h
 *		Minor units of ISO 4217; written by generate-currency.mjs, do not edit.
 *
 * From list one of ISO 4217 published ${published}, in npm package
 * currency-codes ${packageVersion} (MIT licence), and Intl of ICU ${process.versions.icu}.
${wrapped(younger.sort(), ' * Younger than the list, from Intl:')}
${wrapped(kept.sort(), ' * Kept as the standard has it, though little used:')}
 *
 * {code, decimals}, sorted by code; ${NO_MINOR_UNIT}: the standard says "not applicable".
 */
${rows.join(',\n')}
`);
