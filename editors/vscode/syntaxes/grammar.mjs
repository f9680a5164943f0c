// The TextMate grammar: colours before, and without, the server. The words and blocks are those of lang/syntax/grammar.go;
// scope names are chosen so that the common themes give each kind of name a colour of its own, the same that the
// server's semantic tokens give it. Run with `npm run grammar`, which writes nurture.tmLanguage.json beside this file.
import { writeFileSync } from 'node:fs';

const re = String.raw;

// Words.
const NAME = re`[\p{L}_][\p{L}\p{Nd}_]*`;
const NAMES = re`${NAME}(?:\s*,\s*${NAME})*,?`;
const PATH = re`${NAME}(?:\.${NAME})?`;
const PATHS = re`${PATH}(?:\s*,\s*${PATH})*,?`;
const DECLARATIONS = 'contact|topics|roles|event|segment|score|offer|map|policy|handoff|measure|track|program|never|migrate|test|scenario';
const STATEMENTS = 'on|when|after|send|task|hand|goal|stage|enter|reenter|phase|priority|holdout|stop|resume|cap|window|skip|consent|expect|wait|at';
const OPERATORS = 'and|or|not|in|contains|startsWith|endsWith|matches';
const FUNCTIONS = 'known|sent|responded|count|last|since|until|lower|upper|trim|len|abs|min|max|round';
const TYPES = 'text|number|bool|date|timezone|time|email|topic|enum|set';

// Scopes.
const DECLARE = 'keyword.declaration';
const WORD = 'keyword.other.statement';
const RULE = 'keyword.other.rule';
const CHOICE = 'variable.other.enummember'; // one of a fixed set: phases, intents, days, reasons
const DOT = 'punctuation.accessor';
const COMMA = 'punctuation.separator';
const ROOT = 'variable.language'; // contact, event, score …: where a path begins
const FIELD = 'variable.other.property';
const EVENT = 'variable.other.event';
const OUTCOME = 'variable.other.event.outcome';
const TOPIC = 'variable.other.constant.topic';
const PROGRAM = 'entity.name.type.program';
const STAGE = 'entity.name.function.stage';

// A declaration in the first column ends whatever a broken file left open above it.
const NEXT_DECLARATION = re`(?=^(?:${DECLARATIONS})\b)`;

// Builders.
const scope = (name) => ({ name: `${name}.nurture` });
const captures = (...list) => Object.fromEntries(list.flatMap((c, i) => (c ? [[i + 1, typeof c === 'string' ? scope(c) : c]] : [])));
const include = (...names) => names.map((n) => ({ include: `#${n}` }));
const word = (match, name) => ({ match: re`\b(?:${match})\b`, ...scope(name) });
const phrase = (match, ...list) => ({ match, captures: captures(...list) });
const comma = { match: ',', ...scope(COMMA) };
const listOf = (name) => ({ patterns: [{ match: NAME, ...scope(name) }, comma] });
const events = { patterns: [...include('event-name'), comma] };
const any = (...patterns) => ({ patterns });

// braces is a block and what stands in it.
const braces = (...patterns) => ({
  begin: re`\{`,
  beginCaptures: { 0: scope('punctuation.section.block.begin') },
  end: re`(\})|${NEXT_DECLARATION}`,
  endCaptures: captures('punctuation.section.block.end'),
  patterns: [...include('comment'), ...patterns],
});

// declaration is a keyword of the file's level, its name where it has one, and its block.
const declaration = (keyword, name, block) => ({
  ...scope(`meta.${keyword}`),
  begin: name ? re`^\s*(${keyword})\b(?:\s+(${NAME}))?` : re`^\s*(${keyword})\b`,
  beginCaptures: captures(DECLARE, name),
  end: re`(?<=\})|$|${NEXT_DECLARATION}`,
  patterns: include('comment', 'string', block),
});

// condition is an expression behind a word: up to an arrow, a block, the line's end, or the next statement of a short block.
const condition = (begin, ...list) => ({
  begin,
  beginCaptures: captures(...list),
  end: re`${NEXT_DECLARATION}|(?=->|[{},]|\bmatch\b|//)|$|(?<=[\p{L}\p{Nd}_)\]"%])\s+(?=(?:${STATEMENTS})\b\s+(?!(?:${OPERATORS})\b)[^=<>!\s])(?<!\band\s+|\bor\s+|\bnot\s+)`,
  patterns: include('group', 'expression'),
});

const repository = {
  comment: any(
    {
      begin: '///',
      beginCaptures: { 0: scope('punctuation.definition.comment') },
      end: '$',
      ...scope('comment.line.documentation'),
      patterns: [{ match: '`[^`]*`', ...scope('markup.inline.raw') }],
    },
    { begin: '//', beginCaptures: { 0: scope('punctuation.definition.comment') }, end: '$', ...scope('comment.line.double-slash') },
  ),
  string: {
    begin: '"',
    beginCaptures: { 0: scope('punctuation.definition.string.begin') },
    end: '(")|$',
    endCaptures: captures('punctuation.definition.string.end'),
    ...scope('string.quoted.double'),
    patterns: [
      { match: re`\\(?:[ntr"'\\]|u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4})`, ...scope('constant.character.escape') },
      { match: re`\\.`, ...scope('invalid.illegal.escape') },
    ],
  },
  literal: any(
    { match: re`\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}\b`, ...scope('constant.numeric.datetime') },
    { match: re`\b\d{4}-\d{2}-\d{2}\b`, ...scope('constant.numeric.date') },
    { match: re`\b\d{2}:\d{2}\b`, ...scope('constant.numeric.time') },
    { match: re`\b\d[\d_]*(min|h|d|w|mo|y)\b`, ...scope('constant.numeric.duration'), captures: captures('keyword.other.unit') },
    { match: re`\b\d[\d_]*(?:\.\d+)?%`, ...scope('constant.numeric.percentage') },
    { match: re`\b\d[\d_]*(?:\.\d+)?\b`, ...scope('constant.numeric') },
    word('true|false|nil', 'constant.language'),
    { match: re`\.\.`, ...scope('keyword.operator.range') },
  ),
  'event-name': phrase(re`(${NAME})(?:(\.)(${NAME}))?`, EVENT, DOT, OUTCOME),

  // Conditions.
  group: any(
    { begin: re`\(`, end: re`\)|(?=[{}])|${NEXT_DECLARATION}`, patterns: include('group', 'expression') },
    { begin: re`\[`, end: re`\]|(?=[{}])|${NEXT_DECLARATION}`, patterns: include('group', 'expression') },
  ),
  expression: any(
    ...include('comment', 'string', 'literal'),
    word(OPERATORS, 'keyword.operator.wordlike'),
    { match: re`\b(?:${FUNCTIONS})\b(?=\s*\()`, ...scope('support.function') },
    phrase(re`\b(contact|event|score|offer|stage|program)(\.)(${NAME})?`, ROOT, DOT, FIELD),
    word('phase|completeness', ROOT),
    phrase(re`(${NAME})(\.)(${NAME})`, EVENT, DOT, OUTCOME),
    { match: re`==|!=|<=|>=|<|>|&&|\|\||[-+*/!]`, ...scope('keyword.operator') },
    comma,
    { match: NAME, ...scope('variable.other') },
  ),

  // Rules.
  target: phrase(
    re`(->)\s*(?:(done)\b|(${NAME})(\.)(${NAME})|(${NAME}))?`,
    'keyword.operator.arrow', 'constant.language', PROGRAM, DOT, STAGE, STAGE,
  ),
  rule: any(
    phrase(re`\b(on)\s+(${PATH})`, RULE, events),
    condition(re`\b(when|where)\b`, RULE),
    word('after', RULE),
    {
      begin: re`\b(match)\b(?:\s+(event|contact)(\.)(${NAME})|\s+(${NAME}))?`,
      beginCaptures: captures(RULE, ROOT, DOT, FIELD, 'variable.other'),
      end: re`(?<=\})|$|${NEXT_DECLARATION}`,
      patterns: include('comment', 'arms'),
    },
    ...include('target', 'actions'),
  ),
  arms: braces(...include('string', 'target', 'actions'), word('otherwise', RULE), comma, { match: NAME, ...scope(CHOICE) }),
  actions: braces(
    phrase(re`\b(set|forget)\b(?:\s+(contact)(\.)(${NAME}))?(?:\s*(=))?`, WORD, ROOT, DOT, FIELD, 'keyword.operator.assignment'),
    word('tag', WORD),
    ...include('group', 'expression'),
  ),
  // A condition that goes on in the next line, and what is being typed.
  loose: any(...include('group', 'expression')),

  // Declarations, in the order of the grammar.
  contact: declaration('contact', null, 'fields'),
  fields: braces({
    begin: `(${NAME})`,
    beginCaptures: captures(FIELD),
    end: re`$|(?=\})`,
    patterns: [
      ...include('comment', 'string'),
      phrase(re`\b(question)\b(?:\s+(light|medium|heavy)\b)?`, WORD, CHOICE),
      word('key|arrived|from|unknown', 'storage.modifier'),
      word(TYPES, 'support.type'),
    ],
  }),
  names: { ...scope('meta.names'), match: re`^\s*(topics|roles)\b(?:\s+(${NAMES}))?`, captures: captures(DECLARE, listOf('variable.other.constant')) },
  event: declaration('event', EVENT, 'event-fields'),
  'event-fields': braces(phrase(re`(${NAME})\s+(${TYPES})\b`, FIELD, 'support.type'), comma, { match: NAME, ...scope(FIELD) }, ...include('string')),
  segment: {
    ...scope('meta.segment'),
    begin: re`^\s*(segment)\b(?:\s+(${NAME}))?(?:\s*(=))?`,
    beginCaptures: captures(DECLARE, 'entity.name.type.segment', 'keyword.operator.assignment'),
    end: re`$|${NEXT_DECLARATION}`,
    patterns: include('loose'),
  },
  score: declaration('score', 'entity.name.type.score', 'score-body'),
  'score-body': braces(
    phrase(re`\b(halve)\b(?:\s+(every)\b)?`, WORD, WORD),
    { match: re`[-+]\d[\d_]*(?:\.\d+)?`, ...scope('constant.numeric.points') },
    phrase(re`\b(on)\s+(${PATH})`, RULE, events),
    condition(re`\b(when|where)\b`, RULE),
    ...include('loose'),
  ),
  offer: declaration('offer', 'entity.name.class.offer', 'offer-body'),
  'offer-body': braces(
    phrase(re`\b(kind|intent|channel)\b(?:\s+(${NAME}))?`, WORD, CHOICE),
    phrase(re`\b(topic)\b(?:\s+(${NAME}))?`, WORD, TOPIC),
    phrase(re`\b(for)\b(?:\s+(${NAMES}))?`, WORD, listOf(CHOICE)),
    phrase(re`\b(response)\b(?:\s+(${PATHS}))?`, WORD, events),
    phrase(re`\b(repeat)\b(?:\s+(after)\b)?`, WORD, WORD),
    word('content|subject|asks|published|expires|cost|transactional', WORD),
    ...include('string', 'literal'),
  ),
  map: declaration('map', 'entity.name.type.map', 'map-body'),
  'map-body': braces(
    phrase(re`^\s*(topic)(?=\s*\|)`, WORD),
    phrase(re`^\s*(${NAME})(?=\s*\|)`, TOPIC),
    { match: re`\|`, ...scope('punctuation.separator.column') },
    { match: '-', ...scope('constant.language.gap') },
    word('otherwise', RULE),
    comma,
    { match: NAME, ...scope('variable.other') },
  ),
  policy: declaration('policy', null, 'policy-body'),
  'policy-body': braces(
    phrase(re`\b(timezone)\b(?:\s+(contact)(\.)(${NAME}))?`, WORD, ROOT, DOT, FIELD),
    word('else|window|skip|consent|cap|per', WORD),
    word('weekdays|everyday|mon|tue|wed|thu|fri|sat|sun', CHOICE),
    condition(re`\b(for)\b`, WORD),
    condition(re`\b(when|where)\b`, RULE),
    phrase(re`\b(stop|resume)\b(?:\s+(on)\b(?:\s+(${PATHS}))?)?`, WORD, WORD, events),
    ...include('loose'),
  ),
  handoff: declaration('handoff', 'entity.name.type.handoff', 'handoff-body'),
  'handoff-body': braces(
    phrase(re`\b(channel)\b(?:\s+(${NAME}))?`, WORD, CHOICE),
    phrase(re`\b(outcomes)\b(?:\s+(${NAMES}))?`, WORD, listOf(OUTCOME)),
    phrase(re`\b(accept)\b(?:\s+(within)\b)?`, WORD, WORD),
    word('brief', WORD),
    ...include('string', 'literal'),
    comma,
    { match: NAME, ...scope(OUTCOME) },
  ),
  measure: declaration('measure', null, 'measure-body'),
  'measure-body': braces(
    phrase(re`\b(cost)\b(?:\s+(contact)(\.)(${NAME}))?`, WORD, ROOT, DOT, FIELD),
    phrase(re`\b(revenue)\b(?:\s+(${NAME})(\.)(${NAME}))?`, WORD, EVENT, DOT, FIELD),
  ),
  track: declaration('track', 'entity.name.namespace.track', 'track-body'),
  'track-body': braces(...include('rule', 'loose')),
  program: declaration('program', PROGRAM, 'program-body'),
  'program-body': braces(
    {
      begin: re`\b(stage)\b(?!\.)(?:\s+(${NAME}))?`,
      beginCaptures: captures(WORD, STAGE),
      end: re`(?<=\})|$|(?=\})|${NEXT_DECLARATION}`,
      patterns: include('comment', 'stage-body'),
    },
    phrase(re`\b(phase)\s+(?!(?:${OPERATORS})\b)(${NAME})`, WORD, CHOICE),
    phrase(re`\b(track)\s+(${NAME})`, WORD, 'entity.name.namespace.track'),
    phrase(re`\b(goal)\b(?:\s+(${PATH}))?`, WORD, events),
    phrase(re`\b(reenter)\b(?:\s+(never|always|after)\b)?`, WORD, WORD),
    condition(re`\b(enter)\b(?:\s+(when)\b)?`, WORD, RULE),
    word('priority|holdout|within|target', WORD),
    ...include('rule', 'loose'),
  ),
  'stage-body': braces(
    phrase(re`\b(send)\s+(from)\b(?:\s+(${NAME}))?`, WORD, WORD, 'entity.name.type.map'),
    phrase(re`\b(send)\b(?:\s+(${NAMES}))?`, WORD, listOf('variable.other')),
    phrase(re`\b(pick)\b(?:\s+(ordered|explore|interest|latest)\b)?`, WORD, CHOICE),
    phrase(re`\b(hand)\b(?:\s+(to)\b(?:\s+(${NAME}))?)?`, WORD, WORD, 'entity.name.type.handoff'),
    phrase(re`\b(to)\s+(${NAME})`, WORD, 'variable.other.constant.role'),
    phrase(re`\b(in)\b(?=\s+\d)`, WORD),
    word('task|every|within', WORD),
    ...include('rule', 'loose'),
  ),
  never: { ...scope('meta.never'), begin: re`^\s*(never)\b`, beginCaptures: captures(DECLARE), end: re`$|${NEXT_DECLARATION}`, patterns: [...include('comment', 'string'), condition(re`\b(when)\b`, RULE)] },
  migrate: { ...scope('meta.migrate'), match: re`^\s*(migrate)\b(?:\s+(${NAME})(\.)(${NAME}))?`, captures: captures(DECLARE, PROGRAM, DOT, STAGE) },
  test: declaration('test', null, 'test-body'),
  values: braces(...include('string', 'literal'), phrase(re`(${NAME})\s*(=)`, FIELD, 'keyword.operator.assignment'), comma, { match: NAME, ...scope('variable.other') }),
  'test-body': braces(
    ...include('values'),
    phrase(re`\b(contact)\b(?=\s*\{)`, WORD),
    phrase(re`\b(at|wait)\b(?=\s+\d)`, WORD),
    phrase(
      re`\b(expect)\s+(?:(not)\s+)?(in)\b(?:\s+(?:(${NAME})(\.)(${NAME})|(${NAME})))?`,
      WORD, 'keyword.operator.wordlike', WORD, PROGRAM, DOT, STAGE, STAGE,
    ),
    phrase(re`\b(expect)\s+(?:(not)\s+)?(held|refused|asked|handed)\s+(?!(?:${OPERATORS})\b)(${NAME})`, WORD, 'keyword.operator.wordlike', WORD, CHOICE),
    condition(re`\b(expect)\b`, WORD),
    ...include('string', 'literal', 'event-name'),
  ),
  scenario: declaration('scenario', 'entity.name.namespace.scenario', 'scenario-body'),
  'scenario-body': braces(
    {
      begin: re`\b(contacts)\b`,
      beginCaptures: captures(WORD),
      end: re`(?<=\})|$|(?=\})|${NEXT_DECLARATION}`,
      patterns: include('comment', 'literal', 'shares'),
    },
    condition(re`\b(where)\b`, RULE),
    word('per|within', WORD),
    ...include('values', 'literal', 'event-name'),
  ),
  shares: braces(...include('string', 'literal'), comma, { match: NAME, ...scope(FIELD) }),
};

const grammar = {
  name: 'nurture',
  scopeName: 'source.nurture',
  patterns: include(
    'comment', 'contact', 'names', 'event', 'segment', 'score', 'offer', 'map', 'policy', 'handoff', 'measure', 'track',
    'program', 'never', 'migrate', 'test', 'scenario', 'target', 'string',
  ),
  repository,
};

writeFileSync(new URL('nurture.tmLanguage.json', import.meta.url), JSON.stringify(grammar, null, 1) + '\n');
