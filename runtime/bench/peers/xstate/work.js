// Plays the work of runtime/bench with XState, and prints a line of a Go benchmark: an actor a contact, in memory. What is
// due, and when, a loop works out, so that XState is spared all timers; the machine takes each event, and says by its
// state where the contact goes on.
import { assign, createActor, createMachine } from 'xstate'

// The work, as runtime/bench/w1_test.go defines it, in minutes.
const day = 1440
const horizon = 364 * day
const decisionsOf = { 200: 2_581, 2_000: 27_980, 20_000: 278_387, 100_000: 1_397_368 }

function answered(contact, touch) {
  let x = (contact * 64 + touch) >>> 0
  for (let round = 0; round < 2; round++) x = Math.imul((x ^ (x >>> 16)) >>> 0, 0x45d9f3b) >>> 0
  return ((x ^ (x >>> 16)) >>> 0) % 100 < 8
}

const touch = { actions: assign({ touches: ({ context }) => context.touches + 1 }) }
const answer = { target: 'handed' }
const machine = createMachine({
  initial: 'targeted',
  context: { touches: 0 },
  states: {
    targeted: { on: { touch, answer, patience: { target: 'longTerm', guard: ({ event }) => event.days >= 30 } } },
    longTerm: { on: { touch, answer } },
    handed: { type: 'final' },
  },
})

// play takes one contact through the year, and gives the number of its decisions.
function play(contact) {
  const actor = createActor(machine).start()
  let now = Math.imul(contact, 7919) >>> 0
  now %= 7 * day
  let since = now
  for (let decisions = 0; ; decisions++) {
    const state = actor.getSnapshot()
    if (state.status === 'done') return decisions
    const { touches } = state.context
    const ends = since + 30 * day
    let what = 'touch'
    let due = now + 7 * day
    if (touches > 0 && answered(contact, touches - 1) && now !== since && now + day < horizon) {
      what = 'answer'
      due = now + day
    } else if (state.value === 'targeted' && ends <= due) {
      what = 'patience'
      due = ends
    }
    if (due >= horizon) return decisions
    now = due
    if (what === 'patience') since = now
    actor.send({ type: what, days: 30 })
  }
}

function playAll(contacts) {
  let decisions = 0
  for (let contact = 0; contact < contacts; contact++) decisions += play(contact)
  if (decisions !== decisionsOf[contacts]) {
    throw new Error(`${contacts} contacts came to ${decisions} decisions, not ${decisionsOf[contacts]}`)
  }
  return decisions
}

playAll(2_000) // so that what is measured is compiled

const contacts = 20_000
const began = performance.now()
const decisions = playAll(contacts)
const took = performance.now() - began
console.log(`BenchmarkW1/${contacts}/xstate 1 ${Math.round(took * 1e6)} ns/op ${Math.round(decisions / (took / 1e3))} decisions/s`)
