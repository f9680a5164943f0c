package plan

import (
	"nurture/lang/check"
	"nurture/lang/compile"
	"nurture/runtime"
	"nurture/runtime/engine"
)

// letters learns which offers of the two versions say the same to whoever gets them: those of one content file, and those
// whose files have the same text and subject, whatever they are called. An offer of the same name is the same offer.
func (c *comparison) letters(o *Options) {
	c.same = map[string][]int{}
	for i, offer := range o.Running.Program.Playbook.Offers {
		for _, said := range sayings(o.Running, offer) {
			c.same[said] = append(c.same[said], i)
		}
	}
	for _, offer := range o.Next.Program.Playbook.Offers {
		c.says = append(c.says, sayings(o.Next, offer))
	}
}

// sayings are names of what an offer says.
func sayings(v *Version, offer *check.Offer) (all []string) {
	if offer.Content != "" {
		all = append(all, offer.Channel+"\n"+offer.Subject+"\n"+offer.Content)
	}
	if text := v.Files[offer.Content]; text != "" {
		all = append(all, offer.Channel+"\n"+offer.Subject+"\n\n"+text)
	}
	return all
}

// repeated counts what goes out and went out before: another offer that says the same, or the same one again where its
// `repeat` has changed and it would not go out so often.
func (c *comparison) repeated(t *tally, key string, was, is *runtime.Future) {
	if len(is.Mails) == 0 {
		return
	}
	sent := map[int]bool{} // by offer of the playbook that runs
	for _, s := range was.State.Sends {
		if s.At < c.at && !s.Unsent {
			sent[int(s.Offer)] = true
		}
	}
	now, then := often(was.Mails), often(is.Mails)
	for offer, n := range then {
		next := &c.next.Offers[offer]
		had := map[string]bool{}
		for _, said := range c.says[offer] {
			for _, old := range c.same[said] {
				if before := c.running.Offers[old].Name; before != next.Name && sent[old] && !had[before] {
					had[before] = true
					note(t.repeats, next.Name+", sent before as "+before, key)
				}
			}
		}
		as := c.running.OfferIndex(next.Name)
		if as == compile.None || n <= now[as] || !sent[as] && n == 1 {
			continue
		}
		switch running := &c.running.Offers[as]; {
		case !running.CanRepeat:
			note(t.repeats, next.Name+", which is not sent twice now", key)
		case running.Repeat != next.Repeat:
			note(t.repeats, next.Name+", which is not sent so soon again now", key)
		}
	}
}

// often counts messages by offer.
func often(mails []engine.Out) map[int]int {
	n := map[int]int{}
	for i := range mails {
		n[int(mails[i].Offer)]++
	}
	return n
}
