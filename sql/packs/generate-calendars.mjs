// Writes calendars.sql, the pack of business calendars: `make calendars`, or
//
//   npm install --no-save --ignore-scripts chinese-days holiday-calendar date-holidays
//   node sql/packs/generate-calendars.mjs > sql/packs/calendars.sql
//
// Sources: China, with its make-up workdays, from chinese-days and
// holiday-calendar (both MIT), which have to agree on every year that is
// written; all other countries from date-holidays (code ISC, data CC BY-SA 3.0,
// drawn from Wikipedia): the public holidays of the whole country.
// Nothing is fetched when the pack is loaded.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const Holidays = require('date-holidays');
const version = name => {
  const path = require.resolve(name).split(`node_modules/${name}/`)[0];
  return `${name} ${JSON.parse(readFileSync(join(path, 'node_modules', name, 'package.json'))).version}`;
};
const folder = name => join(require.resolve(name).split(`node_modules/${name}/`)[0], 'node_modules', name);

const FIRST_YEAR = 2021;

// known: the last year whose holidays are certain; where lunar calendars or
// yearly proclamations decide, that is the year which has been proclaimed.
const countries = {
  CN: { title: 'China', zone: 'Asia/Shanghai', known: 2026 },
  US: { title: 'United States (federal)', zone: 'America/New_York', known: 2027 },
  GB: { title: 'England and Wales', zone: 'Europe/London', known: 2027, region: ['GB', 'ENG'] },
  DE: { title: 'Germany (nationwide)', zone: 'Europe/Berlin', known: 2027 },
  ES: { title: 'Spain (nationwide)', zone: 'Europe/Madrid', known: 2027 },
  FR: { title: 'France', zone: 'Europe/Paris', known: 2027 },
  IT: { title: 'Italy', zone: 'Europe/Rome', known: 2027 },
  ID: { title: 'Indonesia', zone: 'Asia/Jakarta', known: 2026 },
  TH: { title: 'Thailand', zone: 'Asia/Bangkok', known: 2026 },
  VN: { title: 'Viet Nam', zone: 'Asia/Ho_Chi_Minh', known: 2026 },
  MY: { title: 'Malaysia (nationwide)', zone: 'Asia/Kuala_Lumpur', known: 2026 },
  PH: { title: 'Philippines', zone: 'Asia/Manila', known: 2026 },
  SG: { title: 'Singapore', zone: 'Asia/Singapore', known: 2026 },
  JP: { title: 'Japan', zone: 'Asia/Tokyo', known: 2026 },
};
const WHOLE_DAY = '00:00-24:00';
const OFFICE_HOURS = '09:00-18:00';

function fail(message) {
  console.error(`generate-calendars: ${message}`);
  process.exit(1);
}

const next = day => new Date(Date.parse(day) + 86400000).toISOString().slice(0, 10);
const inYears = (day, last) => day >= `${FIRST_YEAR}-01-01` && day <= `${last}-12-31`;

// China: Map from day to {name, works}, agreed upon by both packages.
function china(last) {
  const data = JSON.parse(readFileSync(join(folder('chinese-days'), 'dist/chinese-days.json')));
  const days = new Map();
  for (const [list, works] of [[data.holidays, false], [data.workdays, true]])
    for (const [day, text] of Object.entries(list))
      if (inYears(day, last)) days.set(day, { works, name: text.split(',')[1] + (works ? '补班' : '') });
  const other = new Map();
  for (let year = FIRST_YEAR - 1; year <= last; year++)
    for (const entry of JSON.parse(readFileSync(join(folder('holiday-calendar'), `data/CN/${year}.json`))).dates)
      if (inYears(entry.date, last)) other.set(entry.date, entry.type === 'transfer_workday');
  for (const day of new Set([...days.keys(), ...other.keys()]))
    if (days.get(day)?.works !== other.get(day))
      fail(`CN ${day}: chinese-days and holiday-calendar disagree`);
  for (const year of [2024, 2025, 2026])
    if (![...days].some(([day, { works }]) => works && day.startsWith(year)))
      fail(`CN ${year}: no make-up workdays`);
  return days;
}

function elsewhere(country, last) {
  const days = new Map();
  const holidays = new Holidays(...(countries[country].region ?? [country]));
  for (let year = FIRST_YEAR; year <= last; year++)
    for (const holiday of holidays.getHolidays(year).filter(h => h.type === 'public')) {
      let day = holiday.date.slice(0, 10);
      for (let n = Math.round((holiday.end - holiday.start) / 86400000); n > 0; n--, day = next(day))
        if (inYears(day, last) && !days.has(day)) days.set(day, { works: false, name: holiday.name });
    }
  return days;
}

// [first, last, value] for days that follow each other with the same value
function runs(days, value) {
  const result = [];
  for (const day of [...days.keys()].sort()) {
    const last = result.at(-1);
    if (last && next(last[1]) === day && last[2] === value(day)) last[1] = day;
    else result.push([day, day, value(day)]);
  }
  return result;
}

const quote = text => `'${text.replaceAll("'", "''")}'`;
const range = ([first, last]) => (first === last ? first : `${first}..${last}`);

function calendarText(country, days, hours) {
  const { zone, known } = countries[country];
  const all = runs(days, day => days.get(day).works);
  const dates = works => all.filter(run => run[2] === works).map(range).join(',');
  return [`zone ${zone}`, `mon-fri ${hours}`, `off ${dates(false)}`,
    ...(dates(true) ? [`on ${dates(true)} ${hours}`] : []), `known until ${known}-12-31`].join('; ');
}

const out = [`-- Business calendars of ${Object.keys(countries).length} countries: for each a calendar of whole working days, such as CN, and
-- one of office hours (${OFFICE_HOURS}, local time), such as "CN office".  Rows that are there stay.
-- Generated by generate-calendars.mjs; do not edit.
--
-- China, with make-up workdays: ${version('chinese-days')} and ${version('holiday-calendar')}, both MIT, which agree.
-- All others: ${version('date-holidays')}, data CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/), drawn from Wikipedia;
-- the calendars of these countries are under the same licence.
`];
const source = {
  CN: `${version('chinese-days')} and ${version('holiday-calendar')} (MIT)`,
  other: `${version('date-holidays')} (data CC BY-SA 3.0)`,
};
const calendars = [];
const holidays = [];
for (const [country, { title, known }] of Object.entries(countries)) {
  const days = country === 'CN' ? china(known) : elsewhere(country, known);
  const named = { [country]: [WHOLE_DAY, 'whole working days'], [`${country} office`]: [OFFICE_HOURS, 'office hours'] };
  for (const [name, [hours, what]] of Object.entries(named))
    calendars.push(`    (${quote(name)}, ${quote(calendarText(country, days, hours))},\n     ` +
      `${quote(`${title}, ${what}`)}, ${quote(source[country] ?? source.other)})`);
  const key = day => JSON.stringify(days.get(day));
  for (const [first, last, value] of runs(days, key)) {
    const { works, name } = JSON.parse(value);
    holidays.push(`    (${quote(country)}, ${quote(first)}, ${quote(last)}, ${works}, ${quote(name)})`);
  }
}
out.push(`INSERT INTO aftersale.calendar (name, calendar, title, source) VALUES\n${calendars.join(',\n')}\nON CONFLICT DO NOTHING;\n`);
out.push(`INSERT INTO aftersale.holiday (calendar, day, works, name)
SELECT pg_catalog.concat(v.country, kind), v.first_day::date + n, v.works, v.name
FROM (VALUES\n${holidays.join(',\n')}
) AS v(country, first_day, last_day, works, name),
    pg_catalog.generate_series(0, v.last_day::date - v.first_day::date) AS n,
    pg_catalog.unnest(ARRAY['', ' office']) AS kind
ON CONFLICT DO NOTHING;`);
console.log(out.join('\n'));
